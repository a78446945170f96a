"""The Celery application; tasks live in each app's tasks.py."""

import logging.config
import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")

app = Celery("liaison")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_like_the_web(**kwargs):
    """Being connected here keeps Celery from putting up a log format of its own."""
    logging.config.dictConfig(settings.LOGGING)
