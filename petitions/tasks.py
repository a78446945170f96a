"""Celery's way in: one line a task."""

from celery import shared_task

from petitions import services


@shared_task
def sweep():
    """Do what has run out; see ``services.sweep``."""
    services.sweep()
