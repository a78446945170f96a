"""What needs somebody today: each task is a condition on cases, the same on the desk's first page and in the list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.services import grants_of
from petitions.keys import with_keys
from petitions.models import OVER, Assignment, Commitment, Petition, Reply, Status, SuggestionCase
from petitions.permissions import known_stations, within
from supervision.clock import YELLOW_FROM
from supervision.models import Clock, Reminder
from workdays.calendar import Calendar

# All that a user sees. Said twice, a scope looks to PostgreSQL like a hundredth where it is a tenth.
ALL = Q(pk__isnull=False)
STANDING = [Reply.State.DRAFT, Reply.State.SIGNED, Reply.State.PASSED]


@dataclass(frozen=True)
class Task:
    """A kind of work that waits: its key in addresses, its words, and which of the visible cases it means.

    The condition is made when it is asked for: a list needs no more of most tasks than their words.
    """

    key: str
    title: str
    make_condition: Callable[[], Q]
    note: str = ""

    @property
    def condition(self) -> Q:
        """The cases that wait for this."""
        return self.make_condition()


@dataclass(frozen=True)
class Span:
    """Today, and the first day that is not yet "soon" (3 working days left, default); Beijing dates."""

    today: date
    later: date

    @classmethod
    def of(cls, calendar: Calendar, today: date):
        return cls(today, calendar.add_workdays(today, YELLOW_FROM + 1))


def overdue(span: Span, **owner) -> Q:
    """Cases with an overdue clock of the house (of one owner); the resident's clocks do not count, paused ones neither."""
    return Q(Exists(_house_clocks(owner).filter(due_on__lt=span.today)))


def due_soon(span: Span, **owner) -> Q:
    """Cases with a clock of the house that has 3 working days left or fewer (default), and none that is overdue."""
    soon = _house_clocks(owner).filter(due_on__gte=span.today, due_on__lt=span.later)
    return Q(Exists(soon)) & ~overdue(span, **owner)


def first_overdue(span: Span, **owner) -> Q:
    """The same as ``overdue``, by the clock of each case that is due first: a list asks it case by case as it is walked."""
    return Q(LessThan(_first_due(owner), span.today))


def first_due_soon(span: Span, *, stations: list[int] | None = None, clocks_first: bool = False, **owner) -> Q:
    """The same as ``due_soon``, asked case by case; with ``clocks_first`` of those that have a clock of these days.

    The clocks may be narrowed to those of some stations (keys), so that no other place's are looked at.
    """
    first = _first_due(owner)
    none_overdue = Q(GreaterThanOrEqual(first, span.today))
    if not clocks_first:
        return none_overdue & Q(LessThan(first, span.later))
    # A case's clocks answer to its own station, which never changes.
    near = {} if stations is None else {"station__in": stations}
    clocks = house_clocks(due_on__gte=span.today, due_on__lt=span.later, **near, **owner)
    return with_keys(clocks.values("petition_link__petition")) & none_overdue


def _first_due(owner):
    clocks = _house_clocks(owner).order_by()
    return Subquery(clocks.values("petition_link__petition").annotate(first=Min("due_on")).values("first"))


def _house_clocks(owner):
    return house_clocks(petition_link__petition=OuterRef("pk"), **owner)


def house_clocks(**facts) -> QuerySet:
    """The clocks that may be overdue or due soon: running ones of somebody of the house, not paused."""
    running = Clock.objects.running().filter(paused_on=None, **facts)
    return running.exclude(owner_organ=None, owner_station=None, owner_user=None)


def tasks_of(user, span: Span, *, soon: Callable[..., Q] = due_soon, late: Callable[..., Q] = overdue) -> list[Task]:
    """Return the tasks of a user's roles: what is overdue, what they have to do, and what comes next.

    Each holds for the cases within that role's own scope. ``soon`` and ``late`` make the conditions of what is due: those
    for counting, unless others are given.
    """
    station = _station_scope(user, Role.OFFICER, Role.HEAD, Role.COMMITTEE)
    assigner = _station_scope(user, Role.HEAD, Role.COMMITTEE)
    committee = _station_scope(user, Role.COMMITTEE)
    pressed = _station_scope(user, Role.OFFICER, Role.HEAD)
    organs = _organs(user, Role.CLERK, Role.LEADER)
    tasks = []
    watching = _lights(station, organs, span, late, soon) if station or organs else []
    tasks += watching[:1]
    if organs:
        tasks += _of_organs(organs, _organs(user, Role.LEADER))
    if assigner:
        tasks += _of_assigners(assigner)
    if pressed:
        tasks.append(
            Task(
                "acknowledge_own", _("本站督办单待回执"), lambda: pressed & _unacknowledged(owner_station__isnull=False)
            )
        )
    if committee:
        tasks += _of_committee(committee)
    if station:
        tasks += _of_station(station, span)
    if any(grant.role == Role.DEPUTY for grant in grants_of(user)):
        tasks += _of_deputy(user)
    return tasks + watching[1:]


def _station_scope(user, *roles):
    grants = [grant for grant in grants_of(user) if grant.role in roles]
    if grants and len(grants) == len(grants_of(user)):
        return ALL
    scope = Q()
    for grant in grants:
        scope |= Q(station=grant.station_id) if grant.station_id else within(user, grant.region_id)
    return scope


def _organs(user, *roles):
    return [grant.organ_id for grant in grants_of(user) if grant.role in roles]


def _lights(station, organs, span, is_late, is_soon):
    """The station's side presses whatever is late in its scope; an organ looks at its own clocks."""

    def condition(is_due):
        own = is_due(span, owner_organ__in=organs) if organs else Q()
        return own | station & is_due(span) if station else own

    return [
        Task("overdue", _("已超期"), lambda: condition(is_late)),
        Task("soon", _("快到期"), lambda: condition(is_soon), _("三个工作日内到期")),
    ]


def _of_station(scope, span):
    def unrated():
        soon = Clock.objects.running().filter(staged_petition=OuterRef("pk"), due_on__lt=span.later)
        return scope & Q(Exists(soon), status=Status.RATING)

    def delivered():
        found = Commitment.objects.filter(round__petition=OuterRef("pk"), state=Commitment.State.DELIVERED)
        return scope & Q(Exists(found))

    return [
        Task("screen", _("待审查受理"), lambda: scope & Q(status=Status.SUBMITTED)),
        Task("verify", _("承诺待核实"), delivered, _("承办单位已报告兑现")),
        Task("call_back", _("待回访"), unrated, _("评价期快满，群众还没有评价")),
    ]


def _of_assigners(scope):
    asked = Assignment.Asked.ASKED
    return [
        Task("decide_return", _("退回申请待决定"), lambda: scope & Q(_part(return_state=asked))),
        Task("decide_extension", _("延期申请待决定"), lambda: scope & Q(_part(extension_state=asked))),
        Task("hand_over", _("待交办"), lambda: scope & Q(status=Status.ACCEPTED)),
        Task("review", _("答复待审核"), lambda: scope & Q(status=Status.REVIEWING)),
    ]


def _of_committee(scope):
    def unanswered():
        return scope & Q(Exists(SuggestionCase.objects.filter(petition=OuterRef("pk"), awaits=True)))

    return [
        Task("opinion", _("待出具结案意见"), lambda: scope & Q(awaits_opinion=True)),
        Task("suggestion", _("代表建议待答复"), unanswered),
    ]


def _of_organs(organs, led):
    def replied(*states):
        return Q(Exists(Reply.objects.filter(assignment=OuterRef("pk"), state__in=states)))

    def unanswered():
        return Q(_part(~replied(*STANDING), organ__in=organs, signed_in_at__isnull=False))

    def promised():
        found = Commitment.objects.filter(round__petition=OuterRef("pk"), state=Commitment.State.OPEN)
        return Q(Exists(found.filter(organ__in=organs)))

    tasks = [
        Task("acknowledge", _("督办单待回执"), lambda: _unacknowledged(owner_organ__in=organs)),
        Task("sign_in", _("待签收"), lambda: Q(_part(organ__in=organs, signed_in_at=None))),
        Task("answer", _("待答复"), unanswered),
    ]
    if led:
        tasks.append(Task("sign_off", _("答复待签发"), lambda: Q(_part(replied(Reply.State.DRAFT), organ__in=led))))
    return [*tasks, Task("deliver", _("承诺待兑现"), promised)]


def _unacknowledged(**owner):
    """Cases with a 督办单 for one owner's clock that nobody has acknowledged yet."""
    facts = {f"clock__{name}": value for name, value in owner.items()} | {
        "clock__petition_link__petition": OuterRef("pk")
    }
    owed = Reminder.objects.filter(must_acknowledge=True, acknowledged_at=None, **facts)
    return Q(Exists(owed)) & ~Q(status__in=OVER)


def _of_deputy(user):
    mine = Q(deputy__user=user)
    open_ones = ~Q(status__in=OVER)
    return [
        Task("addressed", _("反映给我的"), lambda: mine & open_ones, _("可以当场答复，或跟踪办理")),
        Task(
            "at_my_stations",
            _("我所在联络站的"),
            lambda: ~mine & open_ones & Q(status=Status.SUBMITTED),
            _("还没有受理"),
        ),
    ]


def _part(*conditions, **facts):
    return Exists(Assignment.objects.open().filter(*conditions, round__petition=OuterRef("pk"), **facts))


def soon_for(user, *, behind: bool) -> Callable[..., Q]:
    """``first_due_soon`` for a leaf of a user's list; ``behind``: one of its older cases, of which few are due soon."""
    stations = known_stations(user)
    return partial(first_due_soon, stations=stations, clocks_first=behind or stations is not None)


def narrow(user, key, span, *, behind=False):
    """The open cases of one task of a user, by its key in an address; none when the user has no such task.

    For a list that is read leaf by leaf; ``behind`` as for ``soon_for``.
    """
    cases = Petition.objects.visible_to(user).open()
    tasks = tasks_of(user, span, soon=soon_for(user, behind=behind), late=first_overdue)
    wanted = [task.condition for task in tasks if task.key == key]
    return cases.filter(wanted[0]) if wanted else cases.none()
