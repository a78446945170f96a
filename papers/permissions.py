"""Who may read an official paper, and who sets what papers say."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import Role
from accounts.services import grants_of, has_role

from .models import Paper, Recipient

REGION_ROLES = (Role.HEAD, Role.COMMITTEE, Role.VIEWER)
WORDERS = (Role.COMMITTEE, Role.ADMIN)


def papers_visible_to(user) -> Q:
    """Papers of one's own subtree or to it (head, committee, viewer), to one's own organ, or of one's own station.

    A paper to many units, such as a circular, is to each of them.
    """
    seen, received = Q(pk__in=[]), Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role in REGION_ROLES:
            seen |= Q(office__code__startswith=grant.region_id)
            seen |= Q(addressee_region__code__startswith=grant.region_id)
            received |= Q(region__code__startswith=grant.region_id)
            received |= Q(station__region__code__startswith=grant.region_id)
        elif grant.role in (Role.CLERK, Role.LEADER):
            seen |= Q(addressee_organ=grant.organ_id)
            received |= Q(organ=grant.organ_id)
        elif grant.role == Role.OFFICER:
            seen |= Q(station=grant.station_id)
            received |= Q(station=grant.station_id)
    return seen | Q(Exists(Recipient.objects.filter(received, paper=OuterRef("pk"))))


def visible_to(user):
    """The papers that a user may read."""
    return Paper.objects.filter(papers_visible_to(user))


def may_word(user) -> bool:
    """Whether a user sets the wording of papers."""
    return has_role(user, *WORDERS)
