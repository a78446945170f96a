"""All posters of a place as one file: ordered in a request, made by a worker in short steps.

A step holds the job's row for ten posters at most and leaves a part behind, so that several workers never do the same
ten, and one that is killed loses these ten only: whoever comes next goes on from the last part.
"""

import datetime as dt
import io
import logging
from collections.abc import Iterator
from time import monotonic

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.errors import ReceptionError
from deputies.models import Deputy, Membership, PosterJob
from deputies.posters.sheets import deputy_sheets, draw, station_sheets
from notices.tasks import ring
from stations.models import Region, Station

log = logging.getLogger(__name__)

TASK = "deputies.tasks.work_off_posters"
A_STEP = 10  # posters
LONGEST_SECONDS = 40  # default: a run ends before the next beat
KEPT_DAYS = 30  # default: posters show dates, and are made anew in a minute
STATION, DEPUTY = "station:", "deputy:"


def codes_of(region: Region, on: dt.date) -> list[str]:
    """Whose posters hang in a place: active stations within, then the deputies in office grouped there, by code."""
    stations = Station.objects.active().within(region)
    grouped = Membership.objects.on(on).filter(station__in=stations)
    deputies = Deputy.objects.in_office(on).filter(pk__in=grouped.values("deputy"))
    return [
        *(STATION + code for code in stations.order_by("region_id", "tier", "code").values_list("code", flat=True)),
        *(DEPUTY + code for code in deputies.order_by("code").values_list("code", flat=True)),
    ]


@transaction.atomic
def order(*, region: Region, size: str, actor) -> PosterJob:
    """Order all posters of a place in a ``PosterJob.Size``; who has already ordered the same and waits gets that job.

    Raises ``ReceptionError`` where there is nothing to print.
    """
    # Two presses of one button are one order.
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    waiting = PosterJob.objects.unfinished().filter(region=region, size=size, made_by=actor).first()
    if waiting is not None:
        return waiting
    codes = codes_of(region, timezone.localdate())
    if not codes:
        raise ReceptionError(_("%(place)s还没有在用的联络站，没有可以印的海报。") % {"place": region})
    job = PosterJob.objects.create(region=region, size=size, made_by=actor, codes=codes, total=len(codes))
    transaction.on_commit(lambda: ring(TASK), robust=True)
    return job


@transaction.atomic
def retry(*, job: PosterJob) -> None:
    """Let a job that failed go on from its last part. Raises ``ReceptionError`` when it has not failed."""
    job = PosterJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not job.failed_why:
        raise ReceptionError(_("已经有人重试了这份海报。"))
    job.failed_why = ""
    job.save(update_fields=["failed_why"])
    transaction.on_commit(lambda: ring(TASK), robust=True)


def work_off(at: dt.datetime | None = None) -> int:
    """Make what is ordered and not finished, step by step; return the number of steps done.

    Ends after 40 seconds at most, and the next run goes on. Then removes what is older than 30 days.
    """
    at = at or timezone.now()
    until = monotonic() + LONGEST_SECONDS
    steps = 0
    while monotonic() < until and _step(at):
        steps += 1
    _remove_old(at)
    return steps


@transaction.atomic
def _step(at):
    """Do the next ten posters of the oldest job that nobody works at, or join its parts; False when there is none."""
    waiting = PosterJob.objects.unfinished().select_for_update(of=("self",), skip_locked=True)
    job = waiting.order_by("pk").first()
    if job is None:
        return False
    try:
        with transaction.atomic():
            if job.done < job.total:
                _make_part(job, timezone.localdate(job.made_at))
            else:
                _join(job, at)
    except Exception:
        # Whatever it is, it must not hold up the jobs behind it.
        log.exception("poster job %s failed after %s of %s", job.pk, job.done, job.total)
        failed = _("做到第%(number)s张时出错，没有做完。请重试；仍不成功时请把任务编号%(pk)s告诉系统管理员。")
        job.failed_why = failed % {"number": min(job.done + 1, job.total), "pk": job.pk}
        job.save(update_fields=["failed_why"])
    return True


def _make_part(job, on):
    codes = job.codes[job.done : job.done + A_STEP]
    if pdf := draw_codes(codes, job.size, on):
        _keep(_part(job, job.done), pdf)
    job.done += len(codes)
    job.save(update_fields=["done"])


def draw_codes(codes: list[str], size: str, on: dt.date) -> bytes:
    """The posters of ``station:`` and ``deputy:`` codes as one PDF; who has gone meanwhile is left out, all: no bytes."""
    stations = [code.removeprefix(STATION) for code in codes if code.startswith(STATION)]
    deputies = [code.removeprefix(DEPUTY) for code in codes if code.startswith(DEPUTY)]
    found = station_sheets(Station.objects.active().filter(code__in=stations), on) if stations else []
    found += deputy_sheets(Deputy.objects.in_office(on).filter(code__in=deputies), on) if deputies else []
    found.sort(key=lambda sheet: codes.index(f"{sheet['kind']}:{sheet['code']}"))
    return draw(found, size) if found else b""


def make(codes: list[str], size: str, on: dt.date) -> Iterator[tuple[int, bytes]]:
    """Make posters ten at a time: the number of codes worked off, and these as a PDF."""
    for first in range(0, len(codes), A_STEP):
        these = codes[first : first + A_STEP]
        yield len(these), draw_codes(these, size, on)


def join(parts: list[bytes]) -> bytes:
    """PDFs as one, in their order."""
    # 14 MiB that only the worker needs that joins them.
    from pypdf import PdfWriter

    writer, joined = PdfWriter(), io.BytesIO()
    for part in filter(None, parts):
        writer.append(io.BytesIO(part))
    writer.write(joined)
    return joined.getvalue()


def _join(job, at):
    parts = [name for name in _parts(job) if default_storage.exists(name)]
    job.file.save("", ContentFile(join([_read(name) for name in parts])), save=False)
    job.finished_at = at
    job.save(update_fields=["file", "finished_at"])
    transaction.on_commit(lambda: _forget(parts), robust=True)


def _remove_old(at):
    """Files first: who is stopped in between finds the rest at the next run."""
    for job in PosterJob.objects.filter(made_at__lt=at - dt.timedelta(days=KEPT_DAYS))[:100]:
        _forget([*_parts(job), *([job.file.name] if job.file else [])])
        job.delete()


def _part(job, first):
    return f"posters/parts/{job.pk}-{first}.pdf"


def _parts(job):
    return [_part(job, first) for first in range(0, job.total, A_STEP)]


def _keep(name, pdf):
    # A part of a run that was killed before it could commit.
    default_storage.delete(name)
    default_storage.save(name, ContentFile(pdf))


def _read(name):
    with default_storage.open(name) as file:
        return file.read()


def _forget(names):
    for name in names:
        default_storage.delete(name)
