"""Who may plan, publish and write at the desk of which station, and who may see what was noted there."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Role
from accounts.services import grants_of
from deputies.models import Deputy, Membership, PosterJob, Reception, Turn
from stations.models import Region, Station
from vault.models import Secrecy

REGION_ROLES = (Role.HEAD, Role.COMMITTEE)
STATION_SIDE = (Role.OFFICER, *REGION_ROLES)


def managed_stations(user):
    """The active stations whose roster a user plans: an officer's own, a head's and a committee's subtree."""
    return Station.objects.active().filter(_managed(user, ""))


def may_manage(user, station):
    """Whether a user plans, publishes and closes reception days of a station."""
    return any(
        (grant.role == Role.OFFICER and grant.station_id == station.pk)
        or (grant.role in REGION_ROLES and station.region_id.startswith(grant.region_id))
        for grant in grants_of(user)
    )


def visible_receptions(user):
    """The condition (``Q``) of reception days that a user finds on the desk: managed ones, and a deputy's stations'.

    A deputy finds those of their own turns as well, whose group at the station may begin later or have ended. A viewer
    sees those of the region's subtree.
    """
    of_a_deputy = Q(station__in=_own_stations(user)) | Q(pk__in=_on_duty(user))
    return _managed(user, "station__") | _viewed(user, "station__") | of_a_deputy


def seen_stations(user):
    """The active stations whose reception days a user finds on the desk; the rule of ``visible_receptions``."""
    seen = _managed(user, "") | _viewed(user, "") | Q(pk__in=_own_stations(user))
    return Station.objects.active().filter(seen)


def receivable_receptions(user):
    """Reception days at whose desk a user may write: managed ones, and those on which the user is on duty."""
    return Reception.objects.filter(_managed(user, "station__") | Q(pk__in=_on_duty(user)))


def visible_notes(user):
    """The condition of the reception notes a user may see: those of managed stations and of days they were on duty."""
    seen = _managed(user, "reception__station__") | _viewed(user, "reception__station__")
    return seen | Q(reception__in=_on_duty(user))


def may_reveal_note(note, user):
    """Whether a user may open a visitor's identity, with a reason: the station's side, or who received them by name."""
    if note.identity_id is None:
        return False
    if may_manage(user, note.reception.station):
        return True
    return note.secrecy == Secrecy.NAMED and note.deputy is not None and note.deputy.user_id == user.pk


def kept_deputies(user):
    """The deputies whose record a user keeps: grouped in, or linked to, a place of the user's subtree.

    Whoever left it for another place is kept there, and only read here.
    """
    today = timezone.localdate()
    standing = Membership.objects.on(today).filter(deputy=OuterRef("deputy"))
    not_elsewhere = Q(ends_on=None) | Q(ends_on__gte=today) | ~Exists(standing)
    return Deputy.objects.filter(_deputies_of(user, REGION_ROLES, Membership.objects.filter(not_elsewhere)))


def with_kept(deputies, user):
    """Deputies with ``is_kept``: whether the user keeps their record, or only reads it."""
    return deputies.annotate(is_kept=Exists(kept_deputies(user).filter(pk=OuterRef("pk"))))


def seen_deputies(user):
    """The deputies a user finds on the desk: those the user keeps or once kept, and a viewer's of the subtree."""
    return Deputy.objects.filter(_deputies_of(user, (*REGION_ROLES, Role.VIEWER), Membership.objects))


def poster_places(user):
    """The counties and townships of a head's and a committee's subtree with a station: whose posters they make at once."""
    stations = Station.objects.active().filter(region__code__startswith=OuterRef("code"))
    places = Region.objects.filter(_headed(user, "code"), level__in=[Region.Level.COUNTY, Region.Level.TOWNSHIP])
    return places.filter(Exists(stations)).select_related("parent__parent__parent")


def visible_poster_jobs(user):
    """The poster jobs for places of a head's and a committee's subtree, whoever ordered them."""
    return PosterJob.objects.filter(_headed(user, "region__code"))


def _headed(user, to_code):
    headed = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role in REGION_ROLES:
            headed |= Q(**{f"{to_code}__startswith": grant.region_id})
    return headed


def _deputies_of(user, region_roles, memberships):
    found = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role in region_roles:
            grouped = memberships.filter(station__region__code__startswith=grant.region_id)
            found |= Q(region__code__startswith=grant.region_id) | Q(pk__in=grouped.values("deputy"))
        elif grant.role == Role.OFFICER:
            found |= Q(pk__in=memberships.filter(station=grant.station_id).values("deputy"))
    return found


def _managed(user, to_station):
    managed = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role == Role.OFFICER:
            managed |= Q(**{f"{to_station}pk": grant.station_id})
        elif grant.role in REGION_ROLES:
            managed |= Q(**{f"{to_station}region__code__startswith": grant.region_id})
    return managed


def _viewed(user, to_station):
    viewed = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role == Role.VIEWER:
            viewed |= Q(**{f"{to_station}region__code__startswith": grant.region_id})
    return viewed


def _own_stations(user):
    return Membership.objects.on(timezone.localdate()).filter(deputy__user=user).values("station")


def _on_duty(user):
    """The keys of the days on which a deputy has a turn."""
    is_deputy = any(grant.role == Role.DEPUTY for grant in grants_of(user))
    turns = Turn.objects.filter(deputy__user=user) if is_deputy else Turn.objects.none()
    return turns.values("reception")
