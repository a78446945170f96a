from celery import shared_task

from insights import counting
from insights.services import jobs


@shared_task
def sweep():
    """A minute's counting of the stations that changed; what is to be counted is in the database only."""
    return counting.sweep()


@shared_task
def count_all_soon():
    """The night's count of everything, done by the minutes that follow."""
    return counting.count_all_soon()


@shared_task
def work_off_ledgers():
    """Make the long ledgers that are ordered; see ``jobs.work_off``."""
    return jobs.work_off()
