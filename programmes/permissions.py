"""Who may see and do what with programmes, items, activities and meetings: one rule for lists, pages and exports."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Role
from accounts.services import grants_of
from deputies.models import Membership
from programmes.models import Activity, Invitation, Item, Meeting, Programme

OFFICE = (Role.HEAD, Role.COMMITTEE)
WATCHING = (*OFFICE, Role.VIEWER)
ORGAN_SIDE = (Role.CLERK, Role.LEADER)

# Positions towards an item or a meeting.
MANAGER = "manager"  # the office that set it and verifies it
OWNER = "owner"  # the unit that has to do it
ARRANGER = "arranger"  # the committee that arranges meetings of its place
ASKER = "asker"  # who may ask for a meeting
SYSTEM = "system"


def visible_programmes(user):
    """The condition (``Q``) of programmes: those of the user's subtree and of the levels above, and of one's own items."""
    seen = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role in WATCHING:
            seen |= Q(region__code__startswith=grant.region_id) | Q(region__in=grant.region.ancestor_codes)
    items = Item.objects.filter(_owned(user)).of_programme(OuterRef("pk"))
    return seen | Q(Exists(items))


def visible_items(user):
    """The condition of items: those set within the user's subtree, and those that a unit of the user owns."""
    seen = _owned(user)
    for grant in grants_of(user):
        if grant.role in WATCHING:
            seen |= Q(region__code__startswith=grant.region_id)
        elif grant.role == Role.OFFICER:
            seen |= Q(activity__station=grant.station_id) | Q(meeting__station=grant.station_id)
    return seen | Q(activity__in=_invited(user).values("activity"))


def visible_activities(user):
    """The condition of activities: of the subtree, of one's own stations, and those one is invited to."""
    seen = Q(pk__in=_invited(user).values("activity")) | Q(station__in=_stations_of(user))
    for grant in grants_of(user):
        if grant.role in WATCHING:
            seen |= Q(region__code__startswith=grant.region_id)
        elif grant.role == Role.OFFICER:
            seen |= Q(station=grant.station_id)
    return seen


def visible_meetings(user):
    """The condition of meetings: of the subtree, of one's own station or organ, and those a deputy asked for or attends."""
    seen = Q(deputy__user=user) | Q(pk__in=_attended(user))
    for grant in grants_of(user):
        if grant.role in WATCHING:
            below = Q(station__region__code__startswith=grant.region_id)
            seen |= Q(region__code__startswith=grant.region_id) | below
        elif grant.role == Role.OFFICER:
            seen |= Q(station=grant.station_id)
        elif grant.role in ORGAN_SIDE:
            # An organ learns of a meeting once it has been arranged.
            seen |= Q(organ=grant.organ_id, meets_at__isnull=False)
    return seen


def visible_documents(user):
    """The condition of files: public ones, of an activity once it is announced, and those of what the user may see."""
    told = Q(activity=None) | Q(activity__in=Activity.objects.announced())
    seen = Q(public=True) & told
    if not user.is_authenticated:
        return seen
    for name, model in {"programme": Programme, "item": Item, "activity": Activity, "meeting": Meeting}.items():
        seen |= Q(**{f"{name}__in": model.objects.visible_to(user).order_by().values("pk")})
    return seen


def item_positions(item, user):
    """The set of positions in which a user stands to an item."""
    held = set()
    for grant in grants_of(user):
        if grant.role in OFFICE and grant.covers(item.region):
            held.add(MANAGER)
        if grant.role == Role.OFFICER and item.activity_id and item.activity.station_id == grant.station_id:
            held.add(MANAGER)
        if _owns(grant, item):
            held.add(OWNER)
    # Nobody verifies their own work.
    return held - {MANAGER} if OWNER in held else held


def meeting_positions(meeting, user):
    """The set of positions in which a user stands to a meeting."""
    held = set()
    for grant in grants_of(user):
        if grant.role == Role.COMMITTEE and grant.covers(meeting.region):
            held.add(ARRANGER)
        if grant.role in ORGAN_SIDE and grant.organ_id == meeting.organ_id:
            held.add(OWNER)
    return held


def run_places(user):
    """The regions whose office a user holds: where they set programmes and items, highest first."""
    places = {grant.region for grant in grants_of(user) if grant.role in OFFICE}
    return sorted(places, key=lambda region: region.code)


def may_run(user, region):
    """Whether a user holds the office of a region, or one above it."""
    return any(grant.role in OFFICE and grant.covers(region) for grant in grants_of(user))


def may_run_activity(user, activity):
    """Whether a user plans, announces and closes an activity: the office of its place, or its station's officer."""
    return may_run(user, activity.region) or any(
        grant.role == Role.OFFICER and activity.station_id == grant.station_id for grant in grants_of(user)
    )


def may_answer(user, invitation, activity):
    """Whether a user answers an invitation: the deputy, the organ's people, or for them the office that invites."""
    if invitation.deputy_id and invitation.deputy.user_id is not None and invitation.deputy.user_id == user.pk:
        return True
    of_organ = any(grant.role in ORGAN_SIDE and grant.organ_id == invitation.organ_id for grant in grants_of(user))
    return of_organ or may_run_activity(user, activity)


def _owns(grant, item):
    if grant.role in ORGAN_SIDE:
        return item.owner_organ_id == grant.organ_id
    if grant.role == Role.OFFICER:
        return item.owner_station_id == grant.station_id
    return grant.role in OFFICE and item.owner_region_id == grant.region_id


def _owned(user):
    owned = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role in ORGAN_SIDE:
            owned |= Q(owner_organ=grant.organ_id)
        elif grant.role == Role.OFFICER:
            owned |= Q(owner_station=grant.station_id)
        elif grant.role in WATCHING:
            owned |= Q(owner_region=grant.region_id) | Q(owner_station__region__code__startswith=grant.region_id)
    return owned


def _invited(user):
    organs = [grant.organ_id for grant in grants_of(user) if grant.role in ORGAN_SIDE]
    announced = Invitation.objects.exclude(activity__announced_at=None)
    return announced.filter(Q(deputy__user=user) | Q(organ__in=organs))


def _attended(user):
    return Meeting.deputies.through.objects.filter(deputy__user=user).values("meeting")


def _stations_of(user):
    return Membership.objects.on(timezone.localdate()).filter(deputy__user=user).values("station")
