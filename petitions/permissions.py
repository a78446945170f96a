"""Who may see a case, in which position a user stands to it, and who may open an identity."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Grant, Role
from accounts.services import grants_of, has_role
from deputies.models import Deputy, Membership
from petitions.models import Assignment, Petition, SuggestionPart
from stations.models import Station
from supervision.links import good_links
from supervision.models import Reminder

REGION_ROLES = (Role.HEAD, Role.COMMITTEE, Role.VIEWER)
STATION_SIDE = (Role.OFFICER, Role.HEAD, Role.COMMITTEE)
ORGAN_SIDE = (Role.CLERK, Role.LEADER)
ENTERING = (*STATION_SIDE, Role.DEPUTY)
RESIDENT = "resident"
NEIGHBOUR = "neighbour"
SYSTEM = "system"


def visible_petitions(user):
    """Return the condition (``Q``) of the cases a user may list, open, export and fetch; nothing unless granted.

    A station's officer sees the station's cases; head, committee and viewer their region's subtree; an organ what is
    handed to it; a deputy what is addressed to them or to the stations they are grouped in. An administrator sees none.
    """
    seen = Q(pk__in=[])
    for way in ways_to_see(user):
        seen |= way.condition
    return seen


@dataclass(frozen=True)
class Way:
    """One way in which a user comes to see cases: by which grant, why, and which cases (``Q``)."""

    grant: Grant
    why: str
    condition: Q


class Why(models.TextChoices):
    """Why a grant shows a case."""

    OF_STATION = "of_station", _("意见属于本联络站")
    OF_REGION = "of_region", _("联络站在所辖区划内")
    HANDED = "handed", _("意见或由它提出的代表建议交本单位办理")
    ADDRESSED = "addressed", _("群众写给本人")
    GROUPED = "grouped", _("本人编在这个联络站")


def ways_to_see(user) -> Iterator[Way]:
    """Every way in which a user sees cases today; ``visible_petitions`` is any of them."""
    for grant in grants_of(user):
        if grant.role == Role.OFFICER:
            yield Way(grant, Why.OF_STATION, Q(station=grant.station_id))
        elif grant.role in REGION_ROLES:
            yield Way(grant, Why.OF_REGION, within(user, grant.region_id))
        elif grant.role in ORGAN_SIDE:
            yield Way(grant, Why.HANDED, _handed_to(grant.organ_id))
        elif grant.role == Role.DEPUTY:
            deputies, stations = _scope_of_deputy(user)
            yield Way(grant, Why.ADDRESSED, Q(deputy__in=deputies))
            yield Way(grant, Why.GROUPED, Q(station__in=stations))


def within(user, region):
    """The condition (``Q``) of cases of a region's stations: by key where these were asked for, else within the question."""
    known = stations_known_within(user)
    return Q(station__in=known[region]) if region in known else Q(station__region__code__startswith=region)


def stations_known_within(user):
    """The keys of the stations of regions, by the regions' codes, as far as a page has asked for them."""
    return getattr(user, "_stations_within", {})


def know_stations_within(user, stations):
    """Keep the keys of the stations of regions, by the regions' codes, that a page has found with its own question.

    By these PostgreSQL passes over the cases of other stations before it asks anything about them.
    """
    user._stations_within = stations


def known_stations(user):
    """The keys of all stations whose cases a user sees, where these were asked for; None where other cases are seen too."""
    known, found = stations_known_within(user), []
    for grant in grants_of(user):
        if grant.role == Role.OFFICER:
            found.append(grant.station_id)
        elif grant.role in REGION_ROLES and grant.region_id in known:
            found += known[grant.region_id]
        else:
            return None
    return found


def _scope_of_deputy(user):
    """The deputies that a user is and their stations today: by key where these were asked for, else within the question."""
    if hasattr(user, "_deputies_and_stations"):
        return user._deputies_and_stations
    grouped = Membership.objects.on(timezone.localdate()).filter(deputy__user=user)
    return Deputy.objects.filter(user=user).values("pk"), grouped.values("station")


def _handed_to(organ):
    # One list of keys, where two conditions would be asked of every case there is.
    current = Assignment.objects.current().filter(organ=organ).order_by().values("round__petition")
    raised = (
        SuggestionPart.objects.current().filter(organ=organ).order_by().values("round__suggestion__links__petition")
    )
    return Q(pk__in=current.union(raised))


def deputies_and_stations(user):
    """The keys of the deputies that a user is, and of the stations that these are grouped in today; one query a request.

    A long list asks for them first: PostgreSQL then walks it by their indexes.
    """
    if not hasattr(user, "_deputies_and_stations"):
        stations = Membership.objects.on(timezone.localdate()).filter(deputy=OuterRef("pk")).values("station")
        rows = list(Deputy.objects.filter(user=user).values_list("pk", ArraySubquery(stations)))
        know_deputies_and_stations(user, [pk for pk, _those in rows], {one for _pk, those in rows for one in those})
    return user._deputies_and_stations


def know_deputies_and_stations(user, deputies, stations):
    """Keep the keys that a page has found with its own question, so that ``deputies_and_stations`` asks none."""
    user._deputies_and_stations = list(deputies), sorted(stations)


def without_known_stations(user):
    """A copy of a user that asks for deputies and stations within each question; what a request found may change."""
    other = copy(user)
    for known in ("_deputies_and_stations", "_stations_within"):
        other.__dict__.pop(known, None)
    return other


def positions(petition, user, *, organ=None):
    """Return the set of roles in which a user stands to a case (to one organ's part of it, when ``organ`` is given).

    ``petition.station`` and ``petition.deputy`` are read; an organ's people hold a position only towards their organ.
    """
    held = set()
    for grant in grants_of(user):
        if grant.role == Role.OFFICER and grant.station_id == petition.station_id:
            held.add(Role.OFFICER)
        elif (grant.role in REGION_ROLES and petition.station.region_id.startswith(grant.region_id)) or (
            grant.role in ORGAN_SIDE and organ is not None and grant.organ_id == organ.pk
        ):
            held.add(Role(grant.role))
        elif grant.role == Role.DEPUTY and _is_their_deputy(petition, user):
            held.add(Role.DEPUTY)
    return held


def link_positions(link, target, *, at):
    """The set of roles that a one-time link gives towards a target: an organ's, if it is the duty of the link itself."""
    if not good_links(at).filter(pk=link.pk).exists():
        return set()
    return set(ORGAN_SIDE) if link.clock_id in _clocks_of_part(target) else set()


def _clocks_of_part(target):
    """The keys of the clocks whose links lead to an assignment, a commitment or a reminder."""
    if isinstance(target, Reminder):
        assignment = Assignment.objects.filter(Q(answer_clock=target.clock_id) | Q(sign_in_clock=target.clock_id))
        return {target.clock_id} | {key for part in assignment for key in _clocks_of_part(part)}
    if isinstance(target, Assignment):
        return {target.answer_clock_id, target.sign_in_clock_id}
    return {target.clock_id}


def _is_their_deputy(petition, user):
    if petition.deputy is not None and petition.deputy.user_id == user.pk:
        return True
    return petition.station_id in deputies_and_stations(user)[1]


def is_station_side(petition, user):
    """Whether a user is of those who received the case: its officer, head or committee."""
    return not positions(petition, user).isdisjoint(STATION_SIDE)


def screened_by(user):
    """The condition (``Q``) of what leads to a case (``petition``) that a user screens: of the own station or region."""
    screened = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role == Role.OFFICER:
            screened |= Q(petition__station=grant.station_id)
        elif grant.role in (Role.HEAD, Role.COMMITTEE):
            screened |= Q(petition__station__region__code__startswith=grant.region_id)
    return screened


def may_reveal(petition, user):
    """Whether a user may open the reporter's identity, with a reason that is logged.

    Named to the station only (default): officer, head, committee. Named to deputy and organ: also the deputy it is
    addressed to and the organs that handle it. Anonymous: nobody, there is nothing to open.
    """
    if petition.secrecy == Petition.Secrecy.ANONYMOUS:
        return False
    if is_station_side(petition, user):
        return True
    if petition.secrecy != Petition.Secrecy.NAMED:
        return False
    if petition.deputy is not None and petition.deputy.user_id == user.pk:
        return True
    organs = {grant.organ_id for grant in grants_of(user) if grant.role in ORGAN_SIDE}
    return Assignment.objects.current().filter(organ__in=organs, round__petition=petition).exists()


def may_enter(user):
    """Whether a user may enter cases for residents (代录): whoever a resident may turn to."""
    return has_role(user, *ENTERING)


def may_enter_for(user):
    """The stations for which a user may enter a case that a resident tells in person or by telephone (代录)."""
    allowed = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role == Role.OFFICER:
            allowed |= Q(pk=grant.station_id)
        elif grant.role in (Role.HEAD, Role.COMMITTEE):
            allowed |= Q(region__code__startswith=grant.region_id)
        elif grant.role == Role.DEPUTY:
            grouped = Membership.objects.on(timezone.localdate()).filter(deputy__user=user)
            allowed |= Q(pk__in=grouped.values("station"))
    return Station.objects.active().filter(allowed)
