"""Celery's way in: one line a task."""

from celery import shared_task

from portal.retention import KINDS
from vault.retention import retain as remove_what_is_due


@shared_task
def retain():
    """Remove personal data whose time is over; see ``vault.retention.retain``."""
    remove_what_is_due(KINDS)
