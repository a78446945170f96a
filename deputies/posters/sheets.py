"""What stands on a poster, as plain data for the template; only what is public anyway, no deputy's phone."""

import base64
import datetime as dt
import io
import logging
from itertools import groupby

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from PIL import Image

from deputies.models import Deputy, Mandate, Membership, Plan, Reception
from papers.typesetting import qr_svg, typeset
from stations.models import Station
from workdays.rhythm import WEEKDAYS, spoken_rhythm

log = logging.getLogger(__name__)

TEMPLATE = "deputies/typst/poster.typ"
# A poster is read in passing (defaults): what is more is found through the code.
DAYS_SHOWN = 4
RHYTHMS_SHOWN = 2
NAMES_SHOWN = 48
NAMES_A_DAY = 4
STATIONS_SHOWN = 3
SEATS_SHOWN = 4
LONGEST_CALLED = 8  # characters of "…代表" that stay in one line beside the code
PORTRAIT_PIXELS = (600, 840)  # 36 × 50 mm on A4 at 420 dpi
PORTRAIT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 700" width="500" height="700">'
    '<image href="data:image/jpeg;base64,%s" width="500" height="700" preserveAspectRatio="xMidYMid slice"/></svg>'
)


def station_poster(station: Station, *, size: str, on: dt.date | None = None) -> bytes:
    """The poster of a station as a PDF of one page. ``size`` is a ``PosterJob.Size``, ``on`` the Beijing date of printing."""
    return draw(station_sheets(Station.objects.filter(pk=station.pk), on or timezone.localdate()), size)


def deputy_poster(deputy: Deputy, *, size: str, on: dt.date | None = None) -> bytes:
    """The poster of a deputy as a PDF of one page; arguments as for a station's."""
    return draw(deputy_sheets(Deputy.objects.filter(pk=deputy.pk), on or timezone.localdate()), size)


def draw(sheets: list[dict], size: str) -> bytes:
    """Set sheets as one PDF, a page each. Raises ``papers.errors.TypesettingError``."""
    title = sheets[0]["name"] if len(sheets) == 1 else _("人大代表联络站海报")
    return typeset(TEMPLATE, {"title": title, "size": size, "sheets": sheets})


def station_sheets(stations: QuerySet[Station], on: dt.date) -> list[dict]:
    """The sheets of stations, in the order of the queryset; five queries, however many they are."""
    in_force = Mandate.objects.in_force(on).filter(deputy=OuterRef("deputy"))
    in_office = Membership.objects.on(on).filter(Exists(in_force)).select_related("deputy")
    seats = Prefetch("deputy__mandates", Mandate.objects.in_force(on), to_attr="seats")
    along = stations.with_places().prefetch_related(
        Prefetch("memberships", in_office.order_by("deputy__code").prefetch_related(seats), to_attr="grouped"),
        Prefetch("receptions", _coming(on).prefetch_related("deputies"), to_attr="coming"),
        Prefetch("plans", Plan.objects.filter(starts_on__lte=on, ends_on__gte=on), to_attr="running"),
    )
    return [_station_sheet(station, on) for station in along]


def deputy_sheets(deputies: QuerySet[Deputy], on: dt.date) -> list[dict]:
    """The sheets of deputies, in the order of the queryset; four queries, however many they are."""
    own = Membership.objects.on(on).filter(station__active=True).order_by("starts_on", "station__code")
    along = deputies.select_related("region__parent__parent__parent").prefetch_related(
        Prefetch("mandates", Mandate.objects.in_force(on), to_attr="seats"),
        Prefetch("memberships", own.select_related("station__region__parent__parent__parent"), to_attr="grouped"),
        Prefetch("receptions", _coming(on), to_attr="coming"),
    )
    return [_deputy_sheet(deputy, on) for deputy in along]


def _coming(on):
    return Reception.objects.published().standing().upcoming(on).select_related("station")


def _station_sheet(station, on):
    deputies = list({member.deputy_id: member.deputy for member in station.grouped}.values())
    shown = sorted(deputies, key=lambda deputy: deputy.seats[0].level)[:NAMES_SHOWN]
    levels = groupby(shown, key=lambda deputy: deputy.seats[0].get_level_display())
    more = _("以上为部分代表，全站共有%(count)s名。") % {"count": len(deputies)}
    return {
        **_common(station, f"?station={station.code}", on, _whom),
        **_visit(station),
        "kind": "station",
        "place": station.region.full_name,
        "rhythm": "；".join(dict.fromkeys(_rhythm(plan) for plan in station.running[:RHYTHMS_SHOWN])),
        "levels": [{"name": name, "names": [deputy.name for deputy in those]} for name, those in levels],
        "more_deputies": more if len(deputies) > len(shown) else "",
    }


def _deputy_sheet(deputy, on):
    stations = list({member.station_id: member.station for member in deputy.grouped}.values())
    region = deputy.region or (stations[0].region if stations else None)
    called = deputy.name if deputy.name.endswith(_("代表")) else _("%(name)s代表") % {"name": deputy.name}
    return {
        **_common(deputy, f"?deputy={deputy.code}", on, _where),
        "kind": "deputy",
        "name": deputy.name,
        "called": called if len(called) <= LONGEST_CALLED else _("这位代表"),
        "place": region.full_name if region else "",
        "rhythm": "",
        "seats": [
            {"level": seat.get_level_display(), "of": f"{seat.constituency}　{seat.term}"}
            for seat in deputy.seats[:SEATS_SHOWN]
        ],
        "stations": [_visit(station) for station in stations[:STATIONS_SHOWN]],
        "portrait": _portrait(deputy),
    }


def _common(owner, query, on, beside):
    """What both kinds share; ``beside`` says what a day tells of itself: whom one meets, or where."""
    form = f"{settings.SITE_URL}{reverse('petitions:new')}{query}"
    return {
        "code": owner.code,
        "form": form,
        "qr": qr_svg(form),
        "site": settings.SITE_URL.partition("://")[2],
        "printed": date_format(on, "Y年n月j日"),
        "days": [_day(reception, beside) for reception in owner.coming[:DAYS_SHOWN]],
        "more_days": len(owner.coming) > DAYS_SHOWN,
    }


def _visit(station):
    return {"name": station.name, "address": station.address, "hours": station.hours, "phone": station.phone}


def _day(reception, beside):
    return {
        "date": date_format(reception.date, "Y年n月j日"),
        "weekday": str(WEEKDAYS[reception.date.weekday()]),
        "hours": _hours(reception),
        "beside": beside(reception),
    }


def _whom(reception):
    names = [deputy.name for deputy in reception.deputies.all()]
    shown = "、".join(names[:NAMES_A_DAY])
    if len(names) <= NAMES_A_DAY:
        return shown
    return _("%(names)s等%(count)s人") % {"names": shown, "count": len(names)}


def _where(reception):
    return reception.station.name


def _rhythm(plan):
    return f"{spoken_rhythm(plan)} {_hours(plan)}"


def _hours(row):
    return "–".join(f"{time.hour}:{time.minute:02}" for time in (row.starts, row.ends))


def _portrait(deputy):
    """The portrait in the size of print as SVG text, since a template takes no bytes; empty where there is none."""
    if not deputy.portrait:
        return ""
    printed = io.BytesIO()
    try:
        with deputy.portrait.open() as file, Image.open(file) as picture:
            picture.thumbnail(PORTRAIT_PIXELS)
            picture.convert("RGB").save(printed, "JPEG", quality=88)
    except OSError as error:
        log.warning("the portrait of %s cannot be read: %s", deputy.code, error)
        return ""
    return PORTRAIT % base64.b64encode(printed.getvalue()).decode()
