"""Whose stations and whose deputies a user reads figures of."""

from django.db.models import Q

from accounts.models import Role
from accounts.services import grants_of
from deputies.models import Deputy, Membership
from deputies.permissions import kept_deputies
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
    """The deputies whose duty record a user reads: staff those they keep, a viewer the subtree's, a deputy themselves."""
    read = Q(pk__in=kept_deputies(user).values("pk"))
    for grant in grants_of(user):
        if grant.role == Role.VIEWER:
            grouped = Membership.objects.filter(station__region__code__startswith=grant.region_id)
            read |= Q(region__code__startswith=grant.region_id) | Q(pk__in=grouped.values("deputy"))
        elif grant.role == Role.DEPUTY:
            read |= Q(user=user)
    return Deputy.objects.filter(read)
