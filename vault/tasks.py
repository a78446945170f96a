"""Celery's way in: one line a task."""

from celery import shared_task

from . import answers


@shared_task
def purge_answers():
    """Remove what the API kept for a day; see ``answers.purge_answers``."""
    return answers.purge_answers()
