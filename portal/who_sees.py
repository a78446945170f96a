"""Who can see one case, and why: read off the rule itself (``petitions.permissions.ways_to_see``), user by user."""

from dataclasses import dataclass, field

from django.db.models import Case, Count, Max, Q, Value, When
from django.utils import timezone

from accounts.models import Grant, Leave, Role, User, ViewLog
from accounts.services import has_role
from deputies.models import Deputy, Membership
from petitions.models import Assignment, Petition, Proposer, SuggestionPart
from petitions.permissions import Way, is_station_side, know_deputies_and_stations, may_reveal, ways_to_see
from supervision.links import good_links
from supervision.models import OrganLink


@dataclass
class Seer:
    """One user who sees the case: the ways, and what else is to be said of them."""

    user: User
    ways: list[Way]
    may_reveal: bool = False
    leave: Leave | None = None
    parts: list[Assignment] = field(default_factory=list)


@dataclass(frozen=True)
class Sight:
    """All who come to a case."""

    seers: list[Seer]
    links: list[OrganLink]
    proposers: int
    looks: list[dict]

    @property
    def revealing(self) -> list[Seer]:
        """Those who may open the identity."""
        return [seer for seer in self.seers if seer.may_reveal]


def may_ask(petition: Petition, user: User) -> bool:
    """Whether a user may ask who sees a case: those who received it, and the data-protection officer."""
    return has_role(user, Role.PRIVACY) or is_station_side(petition, user)


def who_sees(petition: Petition) -> Sight:
    """Everybody who sees a case today; ``petition`` with its station's region and its deputy."""
    links = good_links(timezone.now()).filter(clock__petition_link__petition=petition)
    looks = ViewLog.objects.filter(number=petition.number).values("user__name", "user__username")
    return Sight(
        seers=_told_more_of(petition, _seers(petition)),
        links=list(links.select_related("clock__owner_organ", "made_by")),
        proposers=Proposer.objects.filter(petition=petition).count(),
        looks=list(looks.annotate(times=Count("pk"), last=Max("at")).order_by("-last")),
    )


def _seers(petition):
    """Ask the database once, for every way of everybody who comes into question, whether it holds the case."""
    seers = [Seer(user, list(ways_to_see(user))) for user in _in_question(petition)]
    ways = [way for seer in seers for way in seer.ways]
    answers = {
        f"way_{number}": Case(When(way.condition, then=Value(True)), default=Value(False))
        for number, way in enumerate(ways)
    }
    [holds] = Petition.objects.filter(pk=petition.pk).values_list(*answers.values()) if ways else [()]
    good = {id(way) for way, holding in zip(ways, holds, strict=True) if holding}
    for seer in seers:
        seer.ways = [way for way in seer.ways if id(way) in good]
    return [seer for seer in seers if seer.ways]


def _in_question(petition):
    """Users whose grants touch the case's station, the regions above it, its organs or its deputies, with their grants.

    Only a choice of whom to ask about, so that it takes few queries: whether somebody sees the case, the rule says. A
    test holds the answer to the rule for everybody of an office.
    """
    today = timezone.localdate()
    deputies = Deputy.objects.filter(
        Q(pk=petition.deputy_id) | Q(memberships__in=Membership.objects.on(today).filter(station=petition.station_id))
    )
    organs = Assignment.objects.filter(round__petition=petition).order_by().values("organ")
    raised = SuggestionPart.objects.filter(round__suggestion__links__petition=petition).order_by().values("organ")
    touching = (
        Q(station=petition.station_id)
        | Q(region__in=petition.station.region.ancestor_codes)
        | Q(organ__in=organs.union(raised))
        | Q(role=Role.DEPUTY, user__deputy__in=deputies)
    )
    grants = Grant.objects.on(today).filter(touching, user__is_active=True)
    users = {}
    for grant in grants.select_related("user", "region", "station__region", "organ").order_by("user__username", "pk"):
        user = users.setdefault(grant.user_id, grant.user)
        user._grants = [*getattr(user, "_grants", []), grant]
    _know_deputies(users.values(), today)
    return list(users.values())


def _know_deputies(users, today):
    """Let nobody's deputies and stations be asked one by one."""
    mine = {user.pk: ([], set()) for user in users}
    rows = Deputy.objects.filter(user__in=mine).values_list("user", "pk")
    for user, deputy in rows:
        mine[user][0].append(deputy)
    for user, station in (
        Membership.objects.on(today).filter(deputy__user__in=mine).values_list("deputy__user", "station")
    ):
        mine[user][1].add(station)
    for user in users:
        know_deputies_and_stations(user, *mine[user.pk])


def _told_more_of(petition, seers):
    """Say who may open the identity, who is on leave, and which rounds an organ was given."""
    users = [seer.user for seer in seers]
    leaves = Leave.objects.on(timezone.localdate()).filter(user__in=users).select_related("substitute")
    away = {leave.user_id: leave for leave in leaves}
    parts = list(Assignment.objects.current().filter(round__petition=petition).select_related("round"))
    for seer in seers:
        organs = {way.grant.organ_id for way in seer.ways}
        seer.may_reveal = may_reveal(petition, seer.user)
        seer.leave = away.get(seer.user.pk)
        seer.parts = [part for part in parts if part.organ_id in organs]
    return seers
