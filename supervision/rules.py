"""Changing terms and ladders. Every change is rehearsed first: what follows from it is shown, and then confirmed.

A change is carried out only when what follows is still what was shown (``seen``, the seal of the preview); otherwise the
same work is taken back, and its preview returned. So a preview cannot say anything else than what will be done.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Max, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.models import Wording
from notices.wording import MESSAGES
from workdays.calendar import Calendar
from workdays.services import load_calendar

from .errors import SupervisionError
from .ladder import Step
from .models import Clock, Ladder, Reminder, RuleChange, Rung, Term
from .moving import Move, carry_out, reckon_anew
from .people import People
from .reckoning import facts_of, load_ladders, recorded_steps
from .sweep import OWNERS_AND_OFFICES

Subject = RuleChange.Subject


@dataclass(frozen=True)
class Preview:
    """What follows from a change: due dates that move, clocks that are pressed at the next sweep, messages put off."""

    facts: str
    moves: list[Move] = field(default_factory=list)
    pressed: list[tuple[Clock, Step]] = field(default_factory=list)
    put_off: int = 0
    applied: bool = False

    @property
    def seal(self) -> str:
        """What tells this preview from every other; a form carries it from the showing to the confirmation."""
        parts = [self.facts, str(self.put_off)]
        parts += [f"{move.clock.pk} {move.old} {move.clock.due_on} {move.clock.provisional}" for move in self.moves]
        parts += [f"{clock.pk} {step.mark}" for clock, step in self.pressed]
        return sha256("\n".join(parts).encode()).hexdigest()[:32]

    def sealed_as(self, seen: str) -> "Preview":
        """The preview that says whether its change stands: what was seen is what follows. Else all of it is taken back."""
        if seen == self.seal:
            return Preview(self.facts, self.moves, self.pressed, self.put_off, applied=True)
        transaction.set_rollback(True)
        return self


@transaction.atomic
def change_term(
    *, term: Term, by: User, length: int, source: str, running: bool, seen: str = "", at: datetime | None = None
) -> Preview:
    """Set how long a duty may take (in the term's own unit) and the rule it rests on, once the preview was ``seen``.

    ``running`` says whether the clocks that this term started and that still run get the new length, too; the preview
    names them either way. They are locked from the reckoning to the end; each date that moves is logged, and its handler
    told. Clocks whose length was set for one matter stay as they are.
    """
    at = at or timezone.now()
    what = change_row(term, by, subject=Subject.TERM, length=length, source=source)
    clocks = Clock.objects.running().filter(term=term).order_by("pk").select_for_update(of=["self"])
    clocks = list(clocks.select_related(*OWNERS_AND_OFFICES).prefetch_related("pauses", "extensions"))
    for clock in clocks:
        clock.length, clock.source = length, source
    calendar = load_calendar()
    moves = reckon_anew(clocks, calendar)
    if running and moves:
        why = _("期限调整：%(what)s") % {"what": what or term}
        people = People(on=timezone.localdate(at))
        carry_out(moves, calendar, why=why, key=f"term:{at.timestamp()}", at=at, people=people)
    felt = [move for move in moves if move.is_felt]
    return Preview(facts=what, moves=felt).sealed_as(seen)


@transaction.atomic
def change_rung(*, rung: Rung, by: User, seen: str = "", at: datetime | None = None, **facts) -> Preview:
    """Change a rung of a ladder once the preview was ``seen``. The next sweep, the same minute, looks at every clock again.

    What is recorded already is not sent again; a rung that now lies in the past is owed, and is caught up like any other.
    """
    return _reladdered(lambda: change_row(rung, by, subject=Subject.LADDER, **facts), seen, at)


@transaction.atomic
def add_rung(*, ladder: Ladder, by: User, seen: str = "", at: datetime | None = None, **facts) -> Preview:
    """Add a rung to a ladder once the preview was ``seen``; it stands where its offset puts it."""

    def add():
        last = ladder.rungs.aggregate(last=Max("position"))["last"] or 0
        rung = Rung.objects.create(ladder=ladder, position=last + 1, **facts)
        _number_anew(ladder)
        return log_change(by, Subject.LADDER, _("%(ladder)s增加“%(rung)s”") % {"ladder": ladder, "rung": rung})

    return _reladdered(add, seen, at)


@transaction.atomic
def remove_rung(*, rung: Rung, by: User) -> None:
    """Take a rung off its ladder: deleted where it was never climbed nor copied, else no longer in force.

    Raises SupervisionError when it is the last rung of its ladder, or was taken off already.
    """
    ladder = Ladder.objects.select_for_update().get(pk=rung.ladder_id)
    if not ladder.rungs.filter(pk=rung.pk, active=True).exists():
        raise SupervisionError(_("这一级已经移除。"))
    if not ladder.rungs.filter(active=True).exclude(pk=rung.pk).exists():
        raise SupervisionError(_("阶梯至少要有一级，不能移除最后一级。"))
    _take_off(rung)
    log_change(by, Subject.LADDER, _("%(ladder)s移除“%(rung)s”") % {"ladder": ladder, "rung": rung})
    _look_again(timezone.now())


@transaction.atomic
def copy_ladder(*, ladder: Ladder, by: User, name: str, level: str, category: str) -> Ladder:
    """Copy a ladder to a level, a category or both, whose clocks climb the copy from now on. What was sent stays sent.

    Raises SupervisionError when neither is given, and when the two have a ladder already.
    """
    if not level and not category:
        raise SupervisionError(_("请至少选择一个层级或一个类别。"))
    # One at a time, whatever is copied, so that the second copy for the same clocks is refused in words.
    Ladder.objects.select_for_update().order_by("pk").first()
    standing = Ladder.objects.filter(level=level, category=category, active=True).first()
    if standing is not None:
        raise SupervisionError(_("这一层级和类别已有“%(name)s”。") % {"name": standing})
    copy = Ladder.objects.create(name=name, level=level, category=category)
    for rung in ladder.rungs.filter(active=True):
        rung.copied_from_id = rung.line
        rung.pk, rung.ladder, rung._state.adding = None, copy, True
        rung.save()
    log_change(by, Subject.LADDER, _("由“%(old)s”复制出“%(new)s”") % {"old": ladder, "new": copy})
    _look_again(timezone.now())
    return copy


@transaction.atomic
def remove_ladder(*, ladder: Ladder, by: User) -> None:
    """Do away with a particular ladder: its clocks fall back on the next wider one, and what was sent stays sent.

    Raises SupervisionError for the default ladder, and for one that was removed already.
    """
    ladder = Ladder.objects.select_for_update().filter(pk=ladder.pk, active=True).first()
    if ladder is None:
        raise SupervisionError(_("这一阶梯已经删除。"))
    if ladder.is_default:
        raise SupervisionError(_("通用阶梯不能删除，只能修改。"))
    for rung in ladder.rungs.all():
        _take_off(rung)
    if ladder.rungs.exists():
        ladder.active = False
        ladder.save(update_fields=["active"])
    else:
        ladder.delete()
    log_change(by, Subject.LADDER, _("删除“%(name)s”") % {"name": ladder})
    _look_again(timezone.now())


@transaction.atomic
def change_wording(*, name: str, by: User, title: str, body: str) -> None:
    """Write what a message says from now on; ``body`` and ``title`` hold placeholders of the message only."""
    Wording.objects.update_or_create(name=name, defaults={"title": title, "body": body})
    log_change(
        by, Subject.MESSAGE, _("“%(when)s”的消息改为“%(title)s”") % {"when": MESSAGES[name].when, "title": title}
    )


@transaction.atomic
def reset_wording(*, name: str, by: User) -> None:
    """Let a message say again what the portal brings along. Doing so twice is nothing."""
    deleted, _rows = Wording.objects.filter(name=name).delete()
    if deleted:
        log_change(by, Subject.MESSAGE, _("“%(when)s”的消息恢复系统用语") % {"when": MESSAGES[name].when})


def _reladdered(change, seen: str, at: datetime | None) -> Preview:
    """Make a change of a ladder and see which clocks owe more because of it; all of it stands only when that was seen."""
    at = at or timezone.now()
    calendar = load_calendar()
    clocks = list(Clock.objects.filter(next_rung_at__isnull=False).select_related("station__region", "region"))
    recorded = recorded_steps(clocks)
    before = _owed(clocks, recorded, calendar, at)
    what = change()
    after = _owed(clocks, recorded, calendar, at)
    by_pk = {clock.pk: clock for clock in clocks}
    pressed = [(by_pk[pk], step) for pk, step in after.items() if before.get(pk) != step]
    if what:
        _look_again(at)
    return Preview(facts=what, pressed=pressed).sealed_as(seen)


def _owed(clocks: list[Clock], recorded: dict, calendar: Calendar, at: datetime) -> dict[int, Step]:
    """The highest step that each clock owes now, which is the one that tells people; clocks that owe none are left out."""
    ladders = load_ladders()
    owed = {}
    for clock in clocks:
        steps = ladders.of(clock).owed(at=at, recorded=recorded[clock.pk], **facts_of(clock, calendar))
        if steps:
            owed[clock.pk] = steps[-1]
    return owed


def _take_off(rung: Rung) -> None:
    if Reminder.objects.filter(rung=rung).exists() or rung.copies.exists():
        rung.active = False
        rung.save(update_fields=["active"])
    else:
        rung.delete()


def _number_anew(ladder: Ladder) -> None:
    """Let the positions of the rungs follow their offsets; those no longer in force come last."""
    rungs = sorted(ladder.rungs.all(), key=lambda rung: (not rung.active, rung.offset, rung.position))
    for position, rung in enumerate(rungs, start=1):
        rung.position = position
    Rung.objects.bulk_update(rungs, ["position"])


def _look_again(at: datetime) -> None:
    """Let the next sweep look at every clock that climbs."""
    Clock.objects.running().filter(next_rung_at__isnull=False).update(next_rung_at=at)


def log_change(by: User, subject: str, what: str) -> str:
    """Note who changed a rule, and return the words."""
    RuleChange.objects.create(by=by, subject=subject, what=what[:300])
    return what


def change_row(row: Model, by: User, *, subject: str, **facts) -> str:
    """Write the new facts on a row of rules and log those that differ; return the log's words, empty where none did.

    The caller holds a transaction; the row is locked in it.
    """
    row.refresh_from_db(from_queryset=type(row).objects.select_for_update(of=["self"]))
    named = str(row)
    differences = []
    for name, new in facts.items():
        old = _shown(row, name)
        setattr(row, name, new)
        if _shown(row, name) != old:
            label = row._meta.get_field(name).verbose_name
            differences.append(
                _("%(label)s由“%(old)s”改为“%(new)s”") % {"label": label, "old": old, "new": _shown(row, name)}
            )
    if not differences:
        return ""
    row.save()
    return log_change(by, subject, f"{named}：{'；'.join(differences)}")


def _shown(row: Model, name: str) -> str:
    """A field's value as people read it."""
    value = getattr(row, name)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        choices = dict(row._meta.get_field(name).base_field.choices)
        return "、".join(str(choices[item]) for item in value)
    if value in (None, ""):
        return _("无")
    display = getattr(row, f"get_{name}_display", None)
    return str(display()) if display else str(value)
