"""Activities of deputies (代表活动): planned, announced, moved, cancelled, closed with minutes, and what was found there."""

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.services import withdraw
from programmes.errors import ProgrammeError
from programmes.models import Activity, Attendance, Document, Event, Item
from programmes.permissions import may_run_activity
from programmes.services import documents
from programmes.services.change import Change, change, when_and_where
from programmes.services.documents import remove_document
from programmes.services.invitations import announce, answer, invite, record_attendance, uninvite
from programmes.services.items import raise_items
from programmes.services.step import lock_running
from stations.models import Region, Station
from supervision import services as supervision
from supervision.models import Clock, Duty

__all__ = [
    "add_items",
    "announce",
    "answer",
    "ask_for_minutes",
    "cancel",
    "edit",
    "invite",
    "keep_documents",
    "move",
    "plan_activity",
    "record_attendance",
    "record_minutes",
    "take_away",
    "uninvite",
]

log = logging.getLogger(__name__)
BATCH = 200


@transaction.atomic
def plan_activity(*, activity: Activity, actor: User, at: dt.datetime | None = None) -> Activity:
    """Save a new activity of a region's office, or of a station's; nobody is told of it yet.

    The same form sent again gives the activity already planned. Raises ProgrammeError for who runs neither.
    """
    if activity.station is not None:
        activity.region = activity.station.region
        Station.objects.select_for_update().get(pk=activity.station_id)
    else:
        Region.objects.select_for_update().get(pk=activity.region_id)
    if not may_run_activity(actor, activity):
        raise ProgrammeError(_("只有联络站和乡镇以上的办公室可以组织活动。"))
    twin = Activity.objects.filter(
        cancelled_at=None,
        **{name: getattr(activity, name) for name in ("kind", "region", "station", "title", "starts_at", "place")},
    ).first()
    if twin is not None:
        return twin
    _require_running(activity)
    activity.created_by, activity.created_at = actor, at or timezone.now()
    activity.save()
    label = activity.organiser[:80]
    Event.objects.create(
        activity=activity,
        at=activity.created_at,
        action="plan",
        actor=actor,
        actor_label=label,
        text=when_and_where(activity),
    )
    return activity


def edit(*, activity: Activity, actor: User, at: dt.datetime | None = None, **facts) -> None:
    """Change what was planned; ``facts`` are fields of the activity. Raises ProgrammeError once it has been announced."""
    with change(activity, actor=actor, at=at) as making:
        if making.activity.announced_at:
            raise ProgrammeError(_("邀请已经发出，请用“改期或改地点”，参加的人会收到通知。"))
        for name, value in facts.items():
            setattr(making.activity, name, value)
        _require_running(making.activity)
        making.record("edit", when_and_where(making.activity))


def move(
    *,
    activity: Activity,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    place: str,
    why: str,
    actor: User,
    at: dt.datetime | None = None,
) -> None:
    """Hold an announced activity at another time or place; everybody who was invited or signed up is told.

    Answers stand; whoever cannot come then says so. Raises ProgrammeError once it has begun, or for a time that is past.
    """
    with change(activity, actor=actor, at=at) as making:
        standing = making.activity
        _require_ahead(making, _("活动已经开始，不能再改期。"))
        if starts_at <= making.at:
            raise ProgrammeError(_("新的开始时间应在现在之后。"))
        if (starts_at, ends_at, place) == (standing.starts_at, standing.ends_at, standing.place):
            raise ProgrammeError(_("时间和地点都没有变。"))
        standing.starts_at, standing.ends_at, standing.place = starts_at, ends_at, place
        words = _("%(where)s。原因：%(why)s") % {"where": when_and_where(standing), "why": why}
        making.record("move", words)
        _tell_everybody(making, _("活动改期：%(title)s") % {"title": standing.title}, words)


def cancel(*, activity: Activity, why: str, actor: User, at: dt.datetime | None = None) -> None:
    """Call an activity off; what is queued about it is taken back, its clocks stop, and everybody told of it is told why."""
    with change(activity, actor=actor, at=at) as making:
        standing = making.activity
        longest = Activity._meta.get_field("cancelled_why").max_length
        standing.cancelled_at, standing.cancelled_why = making.at, why[:longest]
        withdraw(standing.topic)
        running = Clock.objects.running()
        for clock in running.filter(invitation__activity=standing) | running.filter(activity=standing):
            supervision.stop(clock, at=making.at)
        making.record("cancel", why)
        if standing.announced_at:
            _tell_everybody(making, _("活动取消：%(title)s") % {"title": standing.title}, why)


def keep_documents(
    *,
    activity: Activity,
    files: list,
    kind: str,
    title: str = "",
    public: bool,
    actor: User,
    at: dt.datetime | None = None,
) -> list[Document]:
    """Keep photos or materials of an activity, before or after it; all of them or, where one is refused, none.

    Several files of one ``title`` are numbered. Raises ProgrammeError as ``keep_document`` does.
    """
    with change(activity, actor=actor, at=at, may_be_closed=True) as making:
        titles = [title] if len(files) == 1 else [f"{title} {n}" if title else "" for n in range(1, len(files) + 1)]
        facts = {"kind": kind, "public": public, "by": actor, "at": making.at, "activity": making.activity}
        kept = documents.keep_documents(files=files, titles=titles, **facts)
        making.record("documents", "、".join(document.title for document in kept))
    return kept


def take_away(*, document: Document, actor: User, at: dt.datetime | None = None) -> None:
    """Remove a photo or a material of an activity; that it was there stays on record."""
    with change(document.activity, actor=actor, at=at, may_be_closed=True) as making:
        found = making.activity.documents.filter(pk=document.pk).first()
        if found is None:
            raise ProgrammeError(_("这份材料刚刚已被移除。"))
        making.record("remove", found.title)
        remove_document(document=found)


def record_minutes(
    *, activity: Activity, minutes: str, specs: list[dict] = (), actor: User, at: dt.datetime | None = None
) -> list[Item]:
    """Close an activity with its minutes, and set what was found or promised as items, each with owner and date.

    ``specs`` are as for ``raise_items``. Raises ProgrammeError before it began, and while somebody's coming or not is not
    on record, since duty records count from it.
    """
    with change(activity, actor=actor, at=at) as making:
        standing = making.activity
        if standing.announced_at is None or making.at < standing.starts_at:
            raise ProgrammeError(_("活动还没有举行，不能形成纪要。"))
        unknown = standing.invitations.filter(attendance=Attendance.UNKNOWN).count()
        if unknown:
            raise ProgrammeError(_("还有%(n)d个邀请没有登记到会情况，请先登记。") % {"n": unknown})
        standing.minutes, standing.closed_at, standing.closed_by = minutes, making.at, actor
        if standing.minutes_clock is not None:
            supervision.stop(standing.minutes_clock, at=making.at)
        items = _set_items(making, specs, at)
        making.record("minutes", _("提出%(n)d项督查事项。") % {"n": len(items)} if items else "")
    return items


def add_items(*, activity: Activity, specs: list[dict], actor: User, at: dt.datetime | None = None) -> list[Item]:
    """Set further items after the minutes, as for ``record_minutes``."""
    with change(activity, actor=actor, at=at, may_be_closed=True) as making:
        if making.activity.closed_at is None:
            raise ProgrammeError(_("请在形成纪要时一并提出。"))
        items = _set_items(making, _not_set_yet(making.activity, specs), at)
        if items:
            making.record("items", "、".join(item.title for item in items))
    return items


def _not_set_yet(activity: Activity, specs: list[dict]) -> list[dict]:
    """Without what the same form, sent before, has already set."""
    owners = ("owner_organ", "owner_station", "owner_region")
    known = {(item.title, item.due_on, item.owner) for item in activity.items.select_related(*owners)}
    return [
        spec
        for spec in specs
        if (spec["title"], spec["due_on"], next(spec[owner] for owner in owners if owner in spec)) not in known
    ]


def _require_running(activity: Activity) -> None:
    """The programme that it is part of is locked after it, and takes nothing more once it is closed."""
    if activity.programme_id is not None:
        lock_running(activity.programme_id)


def _set_items(making: Change, specs: list[dict], at: dt.datetime | None) -> list[Item]:
    if not specs:
        return []
    standing = making.activity
    _require_running(standing)
    return raise_items(specs=list(specs), region=standing.region, actor=making.actor, at=at, activity=standing)


def ask_for_minutes(at: dt.datetime) -> int:
    """Start the clock of the minutes of every announced activity that is over (the sweep calls it); return how many.

    Level-triggered, each in a transaction of its own; one that cannot be moved is logged and holds up no other.
    """
    waiting = Activity.objects.filter(
        announced_at__isnull=False, cancelled_at=None, closed_at=None, minutes_clock=None, ends_at__lte=at
    )
    started = 0
    for key in waiting.order_by("ends_at").values_list("pk", flat=True)[:BATCH]:
        try:
            with transaction.atomic():
                activity = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
                if activity is not None:
                    _ask_for_minutes(activity)
                    started += 1
        except Exception:
            log.exception("the sweep could not ask for the minutes of activity %s", key)
    return started


def _ask_for_minutes(activity: Activity) -> None:
    if activity.station is not None:
        owner = {"station": activity.station, "owner_station": activity.station}
    else:
        owner = {"region": activity.region, "owner_region": activity.region}
    activity.minutes_clock = supervision.start(
        duty=Duty.MINUTES,
        title=_("%(title)s 纪要") % {"title": activity.title},
        link=activity.get_absolute_url(),
        at=activity.ends_at,
        **owner,
    )
    activity.save(update_fields=["minutes_clock"])


def _require_ahead(making: Change, sentence: str) -> None:
    if making.activity.announced_at is None:
        raise ProgrammeError(_("邀请还没有发出，直接修改方案就可以。"))
    if making.at >= making.activity.starts_at:
        raise ProgrammeError(sentence)


def _tell_everybody(making: Change, title: str, body: str) -> None:
    invitations = making.activity.invitations.select_related("deputy__user", "organ")
    making.tell_invited(list(invitations), title, body)
    making.tell_guests(title, body)
