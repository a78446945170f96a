"""The portal's settings for the long trial: a beat that is due twelve times a minute, and letters that become files."""

import os
from pathlib import Path

from liaison.settings import *  # noqa: F403
from liaison.settings import CELERY_BEAT_SCHEDULE
from tests.faults.long.clock import follow

if "CLOCK_FILE" in os.environ:
    follow(Path(os.environ["CLOCK_FILE"]))
CELERY_BEAT_SCHEDULE = {
    name: entry | ({"schedule": 5} if entry["schedule"] == 60 else {}) for name, entry in CELERY_BEAT_SCHEDULE.items()
} | {"custody-seal": CELERY_BEAT_SCHEDULE["custody-seal"] | {"schedule": 20}}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
