from celery import shared_task

from programmes import services


@shared_task
def sweep():
    """A minute's sweep over meetings that are due and findings that became items."""
    return services.sweep()
