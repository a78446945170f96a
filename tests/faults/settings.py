"""The portal's settings with a beat of one second, for real workers and beats."""

from liaison.settings import *  # noqa: F403
from liaison.settings import CELERY_BEAT_SCHEDULE

CELERY_BEAT_SCHEDULE = {name: entry | {"schedule": 1} for name, entry in CELERY_BEAT_SCHEDULE.items()}
