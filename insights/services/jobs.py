"""Ledgers too long for a request: ordered in one, made by a worker, kept for seven days.

A job is taken by a lease, which its worker renews while it writes: two workers never make the same one, and where one is
killed the next takes the job anew when the lease has run out. State is in the database only.
"""

import datetime as dt
import logging
import tempfile
from contextlib import contextmanager
from time import monotonic

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from insights.errors import LedgerError
from insights.ledgers import BY_KEY, may_take
from insights.models import LedgerJob
from insights.permissions import rights_of
from insights.services.taking import file_name, record, said, write
from notices.tasks import ring
from papers.errors import FilterError
from papers.sheets import Ledger, Sheet

log = logging.getLogger(__name__)

TASK = "insights.tasks.work_off_ledgers"
LEASE = dt.timedelta(minutes=3)  # default: longer than COPY takes for a million rows
LONGEST_STATEMENT = LEASE - dt.timedelta(seconds=10)
MOST_TRIES = 3
LONGEST_SECONDS = 40  # default: after so long a run begins nothing more, and leaves it to the next beat
KEPT_DAYS = 7  # default
A_SWEEP = 100  # jobs removed at a time


@transaction.atomic
def order(ledger: Ledger, kind: str, sheet: Sheet, *, user, asked) -> LedgerJob:
    """Order a ledger; who has already ordered the same and waits for it gets that job."""
    # Two presses of one button are one order.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    same = {"ledger": ledger.key, "kind": kind, "asked": asked.urlencode(), "made_by": user}
    waiting = LedgerJob.objects.unfinished().filter(**same).first()
    if waiting is not None:
        return waiting
    job = LedgerJob.objects.create(**same, title=sheet.title, filters=said(sheet), made_at=timezone.now())
    transaction.on_commit(lambda: ring(TASK), robust=True)
    return job


@transaction.atomic
def retry(*, job: LedgerJob) -> None:
    """Let a job that failed be made anew. Raises ``LedgerError`` when it has not failed."""
    job = LedgerJob.objects.select_for_update().get(pk=job.pk)
    if not job.failed_why:
        raise LedgerError(_("这份台账没有失败，不用重试。"))
    job.failed_why, job.tries, job.taken_until = "", 0, None
    job.save(update_fields=["failed_why", "tries", "taken_until"])
    transaction.on_commit(lambda: ring(TASK), robust=True)


def work_off() -> int:
    """Make what is ordered and free, one after another; return how many. Then remove what is older than seven days."""
    until, made = monotonic() + LONGEST_SECONDS, 0
    while monotonic() < until and (job := _take()):
        _make(job)
        made += 1
    remove_old()
    return made


@transaction.atomic
def _take():
    """Lease the oldest free job; None when there is none. One that was taken too often has failed."""
    at = timezone.now()
    free = LedgerJob.objects.free(at).select_for_update(skip_locked=True)
    while job := free.order_by("pk").first():
        if job.tries < MOST_TRIES:
            job.tries += 1
            job.taken_until = at + LEASE
            job.save(update_fields=["tries", "taken_until"])
            return job
        job.failed_why = _("做了%(n)s次都中断了。请缩小范围再试。") % {"n": MOST_TRIES}
        job.save(update_fields=["failed_why"])
    return None


def _make(job):
    try:
        _write(job)
    except (LedgerError, FilterError) as refusal:
        _update(job, failed_why=str(refusal))
    except OverflowError:
        _update(job, failed_why=_("超过Excel一张表能容纳的行数。请缩小范围，或导出CSV。"))
    except Exception:
        # Whatever it is, it must not hold up the jobs behind it.
        log.exception("ledger job %s failed after %s rows", job.pk, job.done)
        words = _("制作时出错。请重试；仍不成功时请把任务编号%(pk)s告诉系统管理员。") % {"pk": job.pk}
        _update(job, failed_why=words)


def _write(job):
    user, ledger, asked = job.made_by, BY_KEY[job.ledger], QueryDict(job.asked)
    if not may_take(user, ledger):
        raise LedgerError(_("您的授权已经变化，不能再导出这份台账。"))
    sheet, rights = ledger.ask(user, asked), rights_of(user)
    total = sheet.rows.order_by().count() if sheet.is_queried else len(sheet.rows)
    _update(job, total=total, done=0, rights=rights)
    with tempfile.TemporaryFile() as file, _patience():
        rows = write(ledger, job.kind, sheet, file, user=user, asked=asked, done=lambda done: _progress(job, done))
        file.seek(0)
        name = default_storage.save(LedgerJob.file.field.generate_filename(job, ""), File(file))
    if not _update(job, file=name, total=rows, done=rows, finished_at=timezone.now()):
        default_storage.delete(name)


@contextmanager
def _patience():
    """Let a statement take as long as a lease, which a page's statements may not."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", [int(LONGEST_STATEMENT.total_seconds() * 1000)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


def _progress(job, done):
    _update(job, done=done, taken_until=timezone.now() + LEASE)


def _update(job, **facts):
    """Write to a job as long as it is still ours; whether it was. A lease that ran out may have gone to another worker."""
    return LedgerJob.objects.filter(pk=job.pk, tries=job.tries, finished_at=None).update(**facts)


def open_file(*, job: LedgerJob, user):
    """Return the finished file and its name to the one who ordered it, and put that on record.

    Raises ``LedgerError`` where a right under which its rows were read is no longer theirs, or the file is gone.
    """
    if not set(job.rights) <= set(rights_of(user)) or not may_take(user, BY_KEY[job.ledger]):
        raise LedgerError(_("做这份台账以后您的授权有变化，不能再下载。请按现在的授权重新导出。"))
    try:
        file = job.file.open()
    except (FileNotFoundError, ValueError):
        raise LedgerError(_("文件已经删除，请重新导出。")) from None
    facts = {"ledger": job.ledger, "kind": job.kind, "title": job.title, "asked": job.asked, "filters": job.filters}
    record(user=user, rows=job.total, **facts)
    return file, file_name(job.title, job.kind)


def remove_old() -> int:
    """Remove jobs older than seven days with their files, and return how many.

    Files first: who is stopped in between finds the rest at the next run.
    """
    old = list(LedgerJob.objects.filter(made_at__lt=timezone.now() - dt.timedelta(days=KEPT_DAYS))[:A_SWEEP])
    for job in old:
        if job.file:
            default_storage.delete(job.file.name)
        job.delete()
    return len(old)
