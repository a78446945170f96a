"""Who may read an official paper."""

from django.db.models import Q

from accounts.models import Role
from accounts.services import grants_of

from .models import Paper


def papers_visible_to(user) -> Q:
    """Papers of one's own subtree (head, committee, viewer), to one's own organ, or about a case of one's own station."""
    seen = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role in (Role.HEAD, Role.COMMITTEE, Role.VIEWER):
            seen |= Q(office__code__startswith=grant.region_id)
        elif grant.role in (Role.CLERK, Role.LEADER):
            seen |= Q(addressee_organ=grant.organ_id)
        elif grant.role == Role.OFFICER:
            seen |= Q(station=grant.station_id)
    return seen


def visible_to(user):
    """The papers that a user may read."""
    return Paper.objects.filter(papers_visible_to(user))
