from celery import shared_task

from . import services


@shared_task
def sweep():
    """A minute's sweep; state is on the clocks only."""
    return services.sweep()
