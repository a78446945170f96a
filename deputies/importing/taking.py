"""A dry run kept for its clerk, and the taking over of what is sound, in one transaction."""

import datetime as dt
from collections import defaultdict

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from deputies.errors import ReceptionError
from deputies.importing.judging import Judged, Outcome, Roll, Scope, judge, scope_of
from deputies.importing.sheet import Row
from deputies.models import Deputy, DeputyImport, Mandate, Membership
from deputies.services.people import next_codes

BATCH = 500
# One import at a time, whoever starts it.
LOCK = 20_261_125


@transaction.atomic
def import_rows(
    *, rows: list[Row], scope: Scope, is_dry_run: bool = False, progress=iter, at: dt.datetime | None = None
) -> list[Judged]:
    """Judge the rows and store the sound ones, all of them or none. Safe to repeat.

    Rows with a fault are left out and say what is wrong. A dry run judges alike and writes nothing. ``progress`` may
    wrap the rows in a bar.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    roll = Roll(scope, rows)
    judged = judge(progress(rows), roll, at=at)
    if not is_dry_run:
        _store(roll)
    return judged


def _store(roll):
    fresh = roll.new_deputies
    without_code = defaultdict(list)
    for deputy in fresh:
        if not deputy.code:
            without_code[deputy.region].append(deputy)
    # In one order, so that two imports never wait for each other's regions.
    for region, deputies in sorted(without_code.items(), key=lambda item: item[0].code):
        for deputy, code in zip(deputies, next_codes(region=region, count=len(deputies)), strict=True):
            deputy.code = code
    Deputy.objects.bulk_create(fresh, batch_size=BATCH)
    Mandate.objects.bulk_create(roll.new_mandates, batch_size=BATCH)
    Membership.objects.bulk_create(roll.new_memberships, batch_size=BATCH)
    Membership.objects.bulk_update(roll.regrouped, ["group"], batch_size=BATCH)
    Deputy.objects.bulk_update(roll.changed, ["phone", "gender"], batch_size=BATCH)


@transaction.atomic
def dry_run(*, name: str, rows: list[Row], actor: User, at: dt.datetime | None = None) -> DeputyImport:
    """Judge a sheet and keep it with its judgement for the clerk to confirm; their unconfirmed older ones are dropped.

    Raises ReceptionError when the clerk keeps no station.
    """
    scope = scope_of(actor)
    station = scope.stations.select_related("region").first()
    region = scope.region or (station and station.region)
    if region is None:
        raise ReceptionError(_("您管理的范围里还没有在用的联络站，请先建站。"))
    discard_older(actor=actor)
    judged = import_rows(rows=rows, scope=scope, is_dry_run=True, at=at)
    return DeputyImport.objects.create(region=region, name=name[-120:], rows=_kept(judged), made_by=actor)


def discard_older(*, actor: User) -> None:
    """Forget the clerk's sheets that were never taken over: they hold telephone numbers that nobody needs."""
    DeputyImport.objects.filter(made_by=actor, imported_at=None).delete()


@transaction.atomic
def take_over(*, job: DeputyImport, actor: User, at: dt.datetime | None = None) -> DeputyImport:
    """Take the sound rows of a dry run over, judged again as things stand now.

    Raises ReceptionError when it was taken over already, when nothing of it is sound, or when somebody enters one of its
    deputies at this moment.
    """
    job = DeputyImport.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.imported_at:
        raise ReceptionError(_("这份名册已于%(at)s导入。") % {"at": _moment(job.imported_at)})
    rows = [Row(number=row["number"], cells=row["cells"], faults=row["faults"]) for row in job.rows]
    try:
        judged = import_rows(rows=rows, scope=scope_of(actor), at=at)
    except IntegrityError:
        # By the form; another import waits for this one.
        raise ReceptionError(_("刚刚有人登记了名册里的代表，请再点一次导入。")) from None
    if all(row.outcome == Outcome.WRONG for row in judged):
        raise ReceptionError(_("每一行都有问题，没有可以导入的。"))
    job.rows = _kept(judged, with_phones=False)
    job.imported_at = at or timezone.now()
    job.save()
    return job


def _kept(judged, *, with_phones=True):
    """Rows as the job keeps them; numbers of rows that were taken over stand with their deputies and nowhere else."""
    rows = []
    for each in judged:
        cells = dict(each.row.cells)
        if not with_phones and each.outcome != Outcome.WRONG:
            cells["phone"] = ""
        rows.append(
            {
                "number": each.row.number,
                "cells": cells,
                "faults": each.row.faults,
                "outcome": each.outcome.value,
                "says": each.says,
            }
        )
    return rows


def _moment(at):
    local = timezone.localtime(at)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"
