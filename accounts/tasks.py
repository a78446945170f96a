from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from . import leaving, services, sign_ins


@shared_task
def purge_attempts():
    """Forget counts of tries whose windows are long over; none is longer than a day."""
    return services.purge_attempts(timezone.now() - timedelta(days=2))


@shared_task
def purge_sign_ins():
    """Forget sessions that ended by themselves."""
    return sign_ins.purge()


@shared_task
def close_accounts():
    """Switch off the accounts of those whose last day is over."""
    return leaving.close_accounts()
