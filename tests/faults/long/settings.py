"""The portal's settings for the long trial: a beat that is due twelve times a minute, and letters that become files."""

from liaison.settings import *  # noqa: F403
from liaison.settings import CELERY_BEAT_SCHEDULE

CELERY_BEAT_SCHEDULE = {
    name: entry | ({"schedule": 5} if entry["schedule"] == 60 else {}) for name, entry in CELERY_BEAT_SCHEDULE.items()
} | {"custody-seal": CELERY_BEAT_SCHEDULE["custody-seal"] | {"schedule": 20}}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
