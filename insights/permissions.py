"""Whose stations and whose deputies a user reads figures of."""

from django.db.models import Q

from accounts.models import Role
from accounts.services import grants_of, has_role
from deputies.models import Deputy
from deputies.permissions import seen_deputies
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
