"""Celery's way in: one line a task."""

from celery import shared_task

from deputies import services


@shared_task
def sweep():
    """Ask for summaries, remind, warn; see ``services.sweep``."""
    return services.sweep()
