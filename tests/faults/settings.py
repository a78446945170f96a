"""The portal's settings with a second for what is due every minute, and pages that find their files where they lie."""

from liaison.settings import *  # noqa: F403
from liaison.settings import CELERY_BEAT_SCHEDULE, STORAGES

CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": 1} if entry["schedule"] == 60 else entry for name, entry in CELERY_BEAT_SCHEDULE.items()
}
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
