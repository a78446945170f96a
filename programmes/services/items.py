"""Items: set to units, signed in, reported, verified, sent back, objected to and settled, pressed, dropped, reopened."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.services import Letter, queue, withdraw
from notices.tasks import ring
from programmes.errors import ProgrammeError
from programmes.models import Document, Event, Item, ItemClock, office_name
from programmes.permissions import MANAGER, OWNER
from programmes.services.documents import keep_documents
from programmes.services.step import WITH_PLACES, Step, clock_title, lock_running, owners_of, step
from stations.models import Organ, Region
from stations.services import put_right
from supervision import services as supervision
from supervision.errors import SupervisionError
from supervision.models import Clock, Duty, Reminder
from supervision.people import People
from workdays.services import spoken

Status = Item.Status


@transaction.atomic
def raise_items(
    *, specs: list[dict], region: Region, actor: User | None = None, at: dt.datetime | None = None, **origin
) -> list[Item]:
    """Set items (下达) to many units, each with a clock to its due date, an event, and one notice a unit.

    ``specs`` are dicts of ``kind``, ``title``, ``demand``, ``due_on`` (Beijing date), ``severity``, ``parent`` and one of
    ``owner_organ``, ``owner_station`` and ``owner_region``; ``origin`` is one of ``programme``, ``activity``, ``meeting``
    and ``finding``, which may stand in a spec, too. ``region`` is the place whose office verifies them. Whether the actor
    may is the caller's to check. Queries grow with the number of units told, not with that of items.
    Raises ProgrammeError where an office would verify its own work, and for a date no clock can run to.
    """
    if at is None:
        transaction.on_commit(ring, robust=True)
    at = at or timezone.now()
    items = [Item(region=region, raised_at=at, **{**origin, **spec}) for spec in specs]
    if any(item.owner_region_id == region.pk for item in items):
        raise ProgrammeError(_("%(office)s不能给自己下达事项，请交其他单位办理。") % {"office": office_name(region)})
    try:
        clocks = supervision.start_all([_duty_of(item) for item in items], at=at)
    except SupervisionError as refusal:
        raise ProgrammeError(str(refusal)) from refusal
    for item, clock in zip(items, clocks, strict=True):
        item.clock = clock
    Item.objects.bulk_create(items)
    for item in items:
        item.clock.link = item.get_absolute_url()
    Clock.objects.bulk_update(clocks, ["link"])
    ItemClock.objects.bulk_create(ItemClock(item=item, clock=item.clock) for item in items)
    label = office_name(region) if actor else _("系统")
    Event.objects.bulk_create(
        Event(item=item, at=at, action="raise", to_status=item.status, actor=actor, actor_label=label) for item in items
    )
    _tell_owners(items, at)
    return items


def _duty_of(item: Item) -> dict:
    return {
        "duty": Duty.REPORT_BACK,
        "region": item.region,
        "owner_organ": item.owner_organ,
        "owner_station": item.owner_station,
        "owner_region": item.owner_region,
        "title": clock_title(item, Duty.REPORT_BACK),
        "link": "",
        "severity": item.severity,
        "on": item.due_on,
        "source": _("下达时确定的期限"),
    }


def _tell_owners(items: list[Item], at: dt.datetime) -> None:
    """One letter a unit, however many of the items are its own; a unit told by link gets a link to each."""
    people, by_owner, letters = People(on=timezone.localdate(at)), defaultdict(list), []
    for item in items:
        by_link = any(isinstance(one, Organ) for one in owners_of(item, at=at, people=people))
        by_owner[item if by_link else item.owner].append(item)
    for owned in by_owner.values():
        first = owned[0]
        lines = [_("%(title)s，%(due)s前完成。") % {"title": item.title, "due": spoken(item.due_on)} for item in owned]
        title = first.title if len(owned) == 1 else _("%(count)d项，请逐项签收") % {"count": len(owned)}
        # An item that is dropped takes its letter back, but not one that tells of others, too.
        topic = first.topic if len(owned) == 1 else f"{first.topic}:among-others"
        letters.append(
            Letter(
                to=owners_of(first, at=at, people=people),
                title=_("新的督查事项：%(title)s") % {"title": title},
                topic=topic,
                key=f"{first.topic}:raise",
                body="\n".join(lines),
                link=first.get_absolute_url(),
                duty=first.clock.topic,
            )
        )
    queue(letters, at=at)


def sign_in(*, item, actor=None, by_link="", at=None):
    """The unit signs in (签收); its clock has been running since the item was set."""
    with step(item, "sign_in", actor=actor, by_link=by_link, at=at) as doing:
        doing.item.signed_in_at = doing.at
        doing.record()


def note_progress(*, item, text, actor=None, by_link="", at=None):
    """The unit notes how far it has come; the clock runs on. The same words twice in a row are one note."""
    with step(item, "note_progress", actor=actor, by_link=by_link, at=at) as doing:
        last = doing.item.events.order_by("at", "pk").last()
        if (last.action, last.text, last.actor) != ("note_progress", text, actor):
            doing.record(text)


def report(*, item, text, actor=None, by_link="", files=(), at=None):
    """The unit, or the system for a finding put right at the station, reports that it is done, with evidence.

    Its clock stands still while the office verifies, which has a clock of its own; nothing is done until that is.
    """
    with step(item, "report", actor=actor, by_link=by_link, at=at) as doing:
        # What was never signed in is by now.
        doing.item.signed_in_at = doing.item.signed_in_at or doing.at
        doing.item.reported_at = doing.at
        doing.item.report = text
        _keep_evidence(doing, files)
        supervision.pause(doing.item.clock, why=_("待核实"), at=doing.at)
        doing.start_check(Duty.VERIFY)
        doing.move(Status.REPORTED)
        doing.record(text)
        doing.tell_office(_("%(owner)s报告已完成，请核实") % {"owner": doing.item.owner_name})


def _keep_evidence(doing, files):
    label = "" if doing.actor else doing.label
    titles = [""] * len(files)
    facts = {"kind": Document.Kind.EVIDENCE, "by": doing.actor, "by_label": label, "at": doing.at}
    keep_documents(files=files, titles=titles, item=doing.item, **facts)


def verify(*, item, text="", actor=None, at=None):
    """The office has seen that it is done: the item is struck off (销号), and nothing of it runs on.

    A finding of a self-inspection counts as put right on the day it was reported. Whoever owns the item of the level
    above is told once all its parts are settled.
    """
    with step(item, "verify", actor=actor, at=at) as doing:
        _settle(doing, Status.VERIFIED)
        doing.record(text)
        doing.tell_owner(_("已核实销号"), text)
        finding = doing.item.finding
        if finding is not None and finding.fixed_on is None:
            day = max(timezone.localdate(doing.item.reported_at), finding.inspection.inspected_on)
            note, name = doing.item.report[:300], doing.item.owner_name[:40]
            put_right(finding=finding, on=day, note=note, by_name=name)
        _tell_above(doing)


def _settle(doing: Step, status):
    """Nothing of the item runs on."""
    supervision.stop(doing.item.clock, at=doing.at)
    doing.end_check()
    doing.item.settled_at = doing.at
    doing.move(status)


def _tell_above(doing: Step):
    # Locked, so that of two last parts settled at once the second finds the first one settled.
    rows = Item.objects.select_for_update(of=("self",)).select_related(*WITH_PLACES)
    parent = rows.filter(pk=doing.item.parent_id).first()
    if parent is None or parent.status != Status.OPEN or parent.parts.open().exclude(pk=doing.item.pk).exists():
        return
    title = _("分解的事项均已办结，可以报告完成：%(title)s") % {"title": parent.title}
    letter = Letter(
        to=owners_of(parent, at=doing.at),
        title=title,
        topic=parent.topic,
        key=f"{parent.topic}:parts:{doing.item.pk}:{doing.at.timestamp()}",
        link=parent.get_absolute_url(),
    )
    queue([letter], at=doing.at)


def send_back(*, item, why, actor=None, at=None):
    """The office found it not done: the unit goes on, to the same due date."""
    with step(item, "send_back", actor=actor, at=at) as doing:
        doing.end_check()
        supervision.resume(doing.item.clock, at=doing.at)
        doing.move(Status.OPEN)
        doing.record(why)
        doing.tell_owner(_("核实未通过，请继续办理"), why)


def object_to(*, item, ground, actor=None, by_link="", at=None):
    """The unit objects, once: it is not its matter, or not so. Its clock runs on; the office has one to decide."""
    with step(item, "object", actor=actor, by_link=by_link, at=at) as doing:
        doing.item.objected = True
        doing.item.objection = ground
        doing.start_check(Duty.DECIDE_OBJECTION)
        doing.move(Status.OBJECTED)
        doing.record(ground)
        doing.tell_office(_("%(owner)s提出异议，请裁定") % {"owner": doing.item.owner_name})


def settle(*, item, upheld: bool, text, due_on=None, owner_organ: Organ | None = None, actor=None, at=None):
    """The office decides an objection: upheld, the item is dropped; else it goes on.

    It may go on to another due date, or at another organ, which signs in anew and may object, too.
    """
    with step(item, "settle", actor=actor, at=at) as doing:
        if upheld:
            _settle(doing, Status.DROPPED)
            doing.record(_("异议成立，予以撤销。%(text)s") % {"text": text})
            doing.tell_owner(_("异议成立，已撤销"), text)
            return
        doing.end_check()
        doing.move(Status.OPEN)
        changes = _go_on(doing, due_on, owner_organ)
        doing.record(_("异议不成立。%(text)s%(changes)s") % {"text": text, "changes": changes})
        doing.tell_owner(_("异议已裁定，请继续办理"), f"{text}{changes}")


def _go_on(doing, due_on, owner_organ):
    """Give the item its new date and organ, where there is one; return what changed in words."""
    said, item = "", doing.item
    if owner_organ is not None and owner_organ.pk != item.owner_organ_id:
        doing.tell_owner(_("已改由%(organ)s办理") % {"organ": owner_organ.name})
        said += _("改由%(organ)s办理。") % {"organ": owner_organ.name}
        item.owner_organ, item.owner_station, item.owner_region = owner_organ, None, None
        item.signed_in_at, item.objected = None, False
    if due_on is not None and due_on != item.due_on:
        facts = {"old": spoken(item.due_on), "new": spoken(due_on)}
        said += _("期限由%(old)s调整为%(new)s。") % facts
        _require_coming(due_on, doing)
        item.due_on = due_on
    if said:
        _start_anew(doing)
    return said


def _start_anew(doing):
    """A promised date is not extended: its clock ends and another one starts, whose event keeps what was before."""
    item = doing.item
    supervision.stop(item.clock, at=doing.at)
    item.clock = doing.start_clock(
        Duty.REPORT_BACK,
        owner_organ=item.owner_organ,
        owner_station=item.owner_station,
        owner_region=item.owner_region,
        on=item.due_on,
        source=_("调整后的期限"),
    )


def _require_coming(due_on, doing):
    if due_on < timezone.localdate(doing.at):
        raise ProgrammeError(_("新的期限不能早于今天。"))


def move_due(*, item, due_on, why, actor=None, at=None):
    """The office sets another due date (Beijing date), with the reason; the record keeps the old one."""
    with step(item, "move_due", actor=actor, at=at) as doing:
        if due_on == doing.item.due_on:
            raise ProgrammeError(_("新的期限与现在的相同。"))
        _require_coming(due_on, doing)
        facts = {"old": spoken(doing.item.due_on), "new": spoken(due_on), "why": why}
        doing.item.due_on = due_on
        _start_anew(doing)
        told = _("期限由%(old)s调整为%(new)s：%(why)s") % facts
        doing.record(told)
        doing.tell_owner(_("期限已调整"), told)


def press(*, item, note, actor=None, at=None):
    """Issue a numbered 督办单 to the unit by hand, which it must acknowledge; once a day until it does."""
    with step(item, "press", actor=actor, at=at) as doing:
        waiting = doing.item.clock.reminders.filter(rung=None, acknowledged_at=None).order_by("at").last()
        if waiting and timezone.localdate(waiting.at) == timezone.localdate(doing.at):
            raise ProgrammeError(_("今天已发出%(paper)s，等待回执。") % {"paper": waiting.paper.number})
        reminder = supervision.press(doing.item.clock, by=actor, note=note, at=doing.at)
        doing.record(_("向%(owner)s发出%(paper)s。") % {"owner": doing.item.owner_name, "paper": reminder.paper.number})


def acknowledge(*, item, reminder, text, actor=None, by_link="", at=None):
    """Whoever owns the clock that a 督办单 pressed acknowledges it: the unit its own, the office that of verifying."""
    with step(item, "acknowledge", actor=actor, by_link=by_link, at=at) as doing:
        found = Reminder.objects.filter(pk=reminder.pk, clock__item_link__item=doing.item)
        found = found.select_related("clock", "paper").first()
        if found is None:
            raise ProgrammeError(_("此项没有您选择的这张督办单。"))
        if acknowledged_by(found) not in doing.held:
            raise ProgrammeError(_("这张督办单由收到的单位回执。"))
        supervision.acknowledge(found, by=actor, text=text, at=doing.at)
        paper = found.paper.number if found.paper else found.name
        doing.record(_("%(paper)s回执：%(text)s") % {"paper": paper, "text": text})


def acknowledged_by(reminder: Reminder) -> str:
    """The position that acknowledges a reminder: that of the duty's owner."""
    return OWNER if reminder.clock.duty == Duty.REPORT_BACK else MANAGER


def drop(*, item, why, actor=None, at=None):
    """The office takes an item back, with the reason; nothing of it runs on, and what was not sent yet is not sent."""
    with step(item, "drop", actor=actor, at=at) as doing:
        _settle(doing, Status.DROPPED)
        withdraw(doing.item.topic)
        doing.record(why)
        doing.tell_owner(_("已撤销，不再需要办理"), why)
        _tell_above(doing)


def reopen(*, item, due_on, why, actor=None, at=None):
    """What was struck off has come back: the unit has a new clock to a new due date (Beijing date).

    Raises ProgrammeError where the programme that it belongs to is closed: its report told it as done.
    """
    with step(item, "reopen", actor=actor, at=at) as doing:
        _require_running_programme(doing.item)
        _require_coming(due_on, doing)
        doing.item.due_on = due_on
        doing.item.settled_at = None
        _start_anew(doing)
        doing.move(Status.OPEN)
        facts = {"why": why, "due": spoken(due_on)}
        doing.record(_("%(why)s（新的期限：%(due)s）") % facts)
        doing.tell_owner(_("需要重新整改"), why)


def _require_running_programme(item):
    programme = item.programme_id or (item.activity and item.activity.programme_id)
    if programme is None:
        return
    try:
        lock_running(programme)
    except ProgrammeError as refusal:
        raise ProgrammeError(_("%(closed)s需要继续整改的，请在新的监督工作中下达。") % {"closed": refusal}) from None
