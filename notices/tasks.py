from celery import shared_task

from . import services


@shared_task
def deliver():
    """A minute's delivery; state is in the outbox only."""
    return services.deliver()
