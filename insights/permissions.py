"""Whose stations and whose deputies a user reads figures of."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Grant, Role
from accounts.services import grants_of, has_role
from deputies.models import Deputy, Membership
from deputies.permissions import seen_deputies
from insights.models import LedgerTaking
from stations.models import Station

WATCHING = (Role.HEAD, Role.COMMITTEE, Role.VIEWER)


def watched_stations(user):
    """The active stations whose work a user follows: an officer's own; a head's, committee's and viewer's subtree."""
    watched = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role == Role.OFFICER:
            watched |= Q(pk=grant.station_id)
        elif grant.role in WATCHING:
            watched |= Q(region__code__startswith=grant.region_id)
    return Station.objects.active().filter(watched)


def recorded_deputies(user):
    """The deputies whose duty record a user reads: those whom they find on the desk, and a deputy themselves."""
    read = Q(pk__in=seen_deputies(user).values("pk"))
    return Deputy.objects.filter(read | Q(user=user) if has_role(user, Role.DEPUTY) else read)


def rights_of(user) -> list[str]:
    """What opens rows to a user today, each as a word: every grant with its scope, and a deputy's stations."""
    rights = [
        f"{grant.role}:{grant.region_id or grant.station_id or grant.organ_id or ''}" for grant in grants_of(user)
    ]
    if has_role(user, Role.DEPUTY):
        stations = Membership.objects.on(timezone.localdate()).filter(deputy__user=user)
        rights += [f"member:{station}" for station in stations.values_list("station", flat=True)]
    return sorted(rights)


def visible_takings(user):
    """The records of taken ledgers that a user reads: all for an administrator, of the subtree's people for a committee."""
    if has_role(user, Role.ADMIN):
        return LedgerTaking.objects.all()
    seen = Q(user=user)
    for grant in grants_of(user):
        if grant.role == Role.COMMITTEE:
            code = grant.region_id
            within = Q(region__code__startswith=code) | Q(station__region__code__startswith=code)
            held = Grant.objects.filter(within | Q(organ__region__code__startswith=code), user=OuterRef("user"))
            grouped = Membership.objects.filter(deputy__user=OuterRef("user"), station__region__code__startswith=code)
            seen |= Q(Exists(held)) | Q(Exists(grouped))
    return LedgerTaking.objects.filter(seen)
