"""Celery's way in: one line a task."""

from celery import shared_task

from deputies import posters, services


@shared_task
def sweep():
    """Ask for summaries, remind, warn; see ``services.sweep``."""
    return services.sweep()


@shared_task
def work_off_posters():
    """Make the posters that are ordered; see ``posters.work_off``."""
    return posters.work_off()
