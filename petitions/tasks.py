"""Celery's way in: one line a task."""

from celery import shared_task

from petitions import services
from petitions.services import by_phone, programs


@shared_task
def sweep():
    """Do what has run out; see ``services.sweep``."""
    services.sweep()


@shared_task
def tell_programs():
    """Tell other systems what happened; see ``programs.tell_programs``."""
    programs.tell_programs()


@shared_task
def send_codes():
    """Send the codes that wait; see ``by_phone.send_codes``."""
    by_phone.send_codes()
