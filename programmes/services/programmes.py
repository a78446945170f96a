"""Programmes: begun, filled with items for many units at once, told of in circulars, closed with a report."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import holders
from notices.services import Letter, queue
from notices.tasks import ring
from papers.models import Paper
from papers.services import Draft, issue_all
from programmes.errors import ProgrammeError
from programmes.models import Event, Item, Programme, office_name
from programmes.permissions import may_run
from programmes.services.items import raise_items
from programmes.services.step import lock_running, owners_of
from stations.models import Organ, Region, Station
from supervision.people import People
from workdays.services import spoken

Unit = Organ | Station | Region


@dataclass(frozen=True)
class Task:
    """One thing to be done by every chosen unit."""

    title: str
    demand: str = ""


@transaction.atomic
def begin_programme(*, region: Region, actor: User, at: dt.datetime | None = None, **facts) -> Programme:
    """Begin a programme of a place's office, with the facts of ``ProgrammeForm``, alone or as part of one above it.

    Raises ProgrammeError where the actor does not hold the office, where the year has one of this name already, and where
    ``parent`` is not of a level above.
    """
    _require_office(actor, region)
    _require_new_name(region, facts["year"], facts["title"])
    parent = facts.get("parent")
    if parent is not None and parent.region_id not in region.ancestor_codes:
        raise ProgrammeError(_("上级工作只能选上级单位的。"))
    at = at or timezone.now()
    programme = Programme.objects.create(region=region, created_by=actor, created_at=at, **facts)
    _record(programme, "begin", actor, at)
    return programme


@transaction.atomic
def edit_programme(*, programme: Programme, actor: User, at: dt.datetime | None = None, **facts) -> Programme:
    """Change what a programme is called and says, its dates and its source; the record names what was changed.

    The dates of its items are moved one by one, since each is a date that a unit was given. Raises ProgrammeError where
    the actor does not hold the office, the programme is closed, or the year has another one of this name.
    """
    at = at or timezone.now()
    _require_office(actor, programme.region)
    _require_new_name(programme.region, programme.year, facts.get("title", programme.title), apart_from=programme.pk)
    programme = lock_running(programme.pk)
    changed = [name for name, value in facts.items() if getattr(programme, name) != value]
    for name in changed:
        setattr(programme, name, facts[name])
    if changed:
        programme.save(update_fields=changed)
        words = "、".join(str(Programme._meta.get_field(name).verbose_name) for name in changed)
        _record(programme, "edit", actor, at, _("修改了%(what)s。") % {"what": words})
    return programme


def _require_new_name(region, year, title, apart_from=None):
    # Locked, so that a form that was sent twice begins one.
    Region.objects.select_for_update(of=("self",)).get(pk=region.pk)
    namesakes = Programme.objects.filter(region=region, year=year, title=title).exclude(pk=apart_from)
    if namesakes.exists():
        raise ProgrammeError(_("%(year)d年已有同名的监督工作。") % {"year": year})


def drafted_items(
    programme: Programme, *, tasks: Iterable[Task], units: Iterable[Unit], due_on: dt.date, **facts
) -> list[dict]:
    """The items that adding would set: every task to every unit, without those that the unit has in it already.

    The preview shows exactly these, and ``add_items`` sets exactly these. ``facts`` are ``kind``, ``severity``, ``parent``.
    """
    had = {
        (item.title, item.owner_organ_id, item.owner_station_id, item.owner_region_id)
        for item in Item.objects.of_programme(programme).exclude(status=Item.Status.DROPPED)
    }
    specs = [
        {"title": task.title, "demand": task.demand, "due_on": due_on, **facts, owner_field(unit): unit}
        for unit in units
        for task in tasks
    ]
    return [spec for spec in specs if _mark(spec) not in had]


def _mark(spec):
    owners = ("owner_organ", "owner_station", "owner_region")
    return spec["title"], *(spec[name].pk if name in spec else None for name in owners)


def owner_field(unit: Unit) -> str:
    """The item's field that holds a unit of this sort."""
    return f"owner_{type(unit).__name__.lower()}"


@transaction.atomic
def add_items(*, programme: Programme, actor: User, at: dt.datetime | None = None, **drafted) -> list[Item]:
    """Set every task to every unit (see ``drafted_items``); what a unit has already is not set twice.

    Raises ProgrammeError where the actor does not hold the office or the programme is closed.
    """
    if at is None:
        transaction.on_commit(ring, robust=True)
    at = at or timezone.now()
    programme = _lock(programme, actor)
    specs = drafted_items(programme, **drafted)
    if not specs:
        raise ProgrammeError(_("所选单位都已有这些事项，没有新增。"))
    items = raise_items(specs=specs, region=programme.region, actor=actor, at=at, programme=programme)
    facts = {"units": len({item.owner for item in items}), "items": len(items)}
    _record(programme, "add_items", actor, at, _("向%(units)d个单位下达%(items)d项。") % facts)
    return items


@transaction.atomic
def close_programme(*, programme: Programme, report: str, actor: User, at: dt.datetime | None = None) -> Programme:
    """Close a programme with its report, once every item is settled and every activity has its minutes or is cancelled.

    Raises ProgrammeError where the actor does not hold the office, it is closed, or something of it is not done.
    """
    at = at or timezone.now()
    programme = _lock(programme, actor)
    coming = programme.activities.filter(closed_at=None, cancelled_at=None).count()
    if coming:
        raise ProgrammeError(_("还有%(n)d项代表活动没有形成纪要或取消，不能结束。") % {"n": coming})
    unsettled = Item.objects.of_programme(programme).open().count()
    if unsettled:
        raise ProgrammeError(_("还有%(n)d项没有销号或撤销，不能结束。") % {"n": unsettled})
    programme.closed_at, programme.closing_report = at, report
    programme.save(update_fields=["closed_at", "closing_report"])
    _record(programme, "close", actor, at)
    return programme


@transaction.atomic
def issue_circular(*, programme: Programme, actor: User, note: str = "", at: dt.datetime | None = None) -> Paper:
    """Issue a numbered circular (通报) that lists what is overdue today; owners and viewers are told. Once a day.

    Raises ProgrammeError where the actor does not hold the office, the programme is closed, or nothing is overdue.
    """
    if at is None:
        transaction.on_commit(ring, robust=True)
    at = at or timezone.now()
    today = timezone.localdate(at)
    programme = _lock(programme, actor)
    late = Item.objects.of_programme(programme).overdue(today)
    items = list(late.select_related("owner_organ", "owner_station__region", "owner_region", "clock"))
    if not items:
        raise ProgrammeError(_("现在没有逾期的事项，不需要通报。"))
    key = f"{programme.topic}:circular:{today}"
    if Paper.objects.filter(key=key).exists():
        raise ProgrammeError(_("今天已经通报过。"))
    paper = issue_all([_circular(programme, items, today, note, key, actor)], at=at)[key]
    _record(
        programme, "circular", actor, at, _("%(paper)s，列出逾期%(n)d项。") % {"paper": paper.number, "n": len(items)}
    )
    _tell_of_circular(programme, items, paper, at)
    return paper


def _circular(programme, items, today, note, key, actor):
    units = list(dict.fromkeys(item.owner_name for item in items))
    facts = {"today": spoken(today), "programme": programme.title, "n": len(items), "units": len(units)}
    lines = [_("截至%(today)s，“%(programme)s”有%(units)d个单位的%(n)d项逾期未报告完成，现予通报。") % facts]
    if note:
        lines.append(note)
    rows = [
        [item.owner_name, item.title, spoken(item.due_on), _("%(n)d天") % {"n": (today - item.due_on).days}]
        for item in items
    ]
    return Draft(
        kind=Paper.Kind.CIRCULAR,
        office=programme.region,
        addressee="、".join(units) if len("、".join(units)) <= 80 else _("各有关单位"),
        title=_("关于“%(programme)s”逾期事项的通报") % {"programme": programme.title},
        body="\n".join(lines),
        sheet={"heads": [_("单位"), _("事项"), _("完成期限"), _("已逾期")], "rows": rows},
        recipients=list(dict.fromkeys(item.owner for item in items)),
        key=key,
        by=actor,
    )


def _tell_of_circular(programme, items, paper, at):
    people = People(on=timezone.localdate(at))
    told = [user for item in items for user in owners_of(item, at=at, people=people)]
    told += holders(Role.VIEWER, region=programme.region, on=timezone.localdate(at))
    letter = Letter(
        to=list(dict.fromkeys(told)),
        title=_("通报：%(programme)s") % {"programme": programme.title},
        topic=programme.topic,
        key=paper.key,
        body=_("%(paper)s列出逾期%(n)d项，请抓紧办理。") % {"paper": paper.number, "n": len(items)},
        link=programme.get_absolute_url(),
    )
    queue([letter], at=at)


def _require_office(actor, region):
    if not may_run(actor, region):
        raise ProgrammeError(_("您没有权限管理%(office)s的工作。") % {"office": office_name(region)})


def _lock(programme, actor):
    """The programme, read again under its row's lock, for somebody of its office; a closed one is not changed."""
    _require_office(actor, programme.region)
    return lock_running(programme.pk)


def _record(programme, action, actor, at, text=""):
    Event.objects.create(
        programme=programme, at=at, action=action, actor=actor, actor_label=programme.office[:80], text=text
    )
