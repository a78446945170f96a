"""Posters of stations and deputies: what stands on them, and making those of a whole place."""

from deputies.posters.jobs import codes_of, join, make, order, retry, work_off
from deputies.posters.sheets import deputy_poster, station_poster

__all__ = ["codes_of", "deputy_poster", "join", "make", "order", "retry", "station_poster", "work_off"]
