"""Who may see a suggestion, and in which position a user stands to it: one rule for list, page, actions and ledger."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import Role
from accounts.services import grants_of
from deputies.models import Deputy, Mandate, Membership
from petitions.models import Suggestion, SuggestionCase, SuggestionPart
from petitions.permissions import ORGAN_SIDE
from stations.models import CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS, Region

LEAD = "lead_deputy"  # who raised it
SPONSOR = "co_sponsor"  # who lent their name to it
OFFICE = "office"  # the standing committee's office, or the township presidium, that hands it over
SYSTEM = "system"

# A deputy's suggestion goes to the office of the congress that they sit in.
OFFICES = {
    Mandate.Level.CITY: CITY_DIGITS,
    Mandate.Level.COUNTY: COUNTY_DIGITS,
    Mandate.Level.TOWNSHIP: TOWNSHIP_DIGITS,
}


def visible_suggestions(user):
    """The condition (``Q``) of the suggestions a user may list, open and export.

    Deputies see what they raised or co-sponsored; head, committee and viewer their subtree and what cases of it were
    raised to; an officer what the station's cases were raised to; an organ what is handed to it.
    """
    seen = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role == Role.DEPUTY:
            seen |= Q(deputy__user=user) | Q(pk__in=_co_sponsored(user))
        elif grant.role in ORGAN_SIDE:
            current = SuggestionPart.objects.current().filter(organ=grant.organ_id)
            seen |= Q(Exists(current.filter(round__suggestion=OuterRef("pk"))))
        elif grant.role == Role.OFFICER:
            seen |= _linked(petition__station=grant.station_id)
        elif grant.role in (Role.HEAD, Role.COMMITTEE, Role.VIEWER):
            seen |= Q(region__code__startswith=grant.region_id)
            seen |= _linked(petition__station__region__code__startswith=grant.region_id)
    return seen


def _linked(**case):
    return Q(Exists(SuggestionCase.objects.filter(suggestion=OuterRef("pk"), **case)))


def _co_sponsored(user):
    return Suggestion.co_sponsors.through.objects.filter(deputy__user=user).values("suggestion")


def suggestion_positions(suggestion, user, *, organ=None):
    """Return the positions of a user towards a suggestion (towards one organ's part of it, when ``organ`` is given).

    Only the office of the suggestion's own congress handles it: the committee of its county or city, the presidium of its
    township (Deputies Law 2025, art. 51); no office above it steps in.
    """
    held = set()
    office = office_role(suggestion.region)
    for grant in grants_of(user):
        if grant.role == office and grant.region_id == suggestion.region_id:
            held.add(OFFICE)
        elif grant.role in ORGAN_SIDE and organ is not None and grant.organ_id == organ.pk:
            held.add(Role(grant.role))
        elif grant.role == Role.DEPUTY:
            if suggestion.deputy.user_id == user.pk:
                held.add(LEAD)
            elif any(one.user_id == user.pk for one in suggestion.co_sponsors.all()):
                held.add(SPONSOR)
    return held


def office_role(region):
    """The role whose holders are the office of a region: the presidium of a township, the committee above."""
    return Role.HEAD if region.level == Region.Level.TOWNSHIP else Role.COMMITTEE


def offices_of(deputy, day):
    """The regions whose office a deputy may turn to on a day (Beijing date): of the congresses that they sit in.

    Where those lie is read from the stations that the deputy is grouped in, and from their own region.
    """
    lengths = [
        OFFICES[level]
        for level in deputy.mandates.in_force(day).values_list("level", flat=True).distinct()
        if level in OFFICES
    ]
    places = list(Membership.objects.on(day).filter(deputy=deputy).values_list("station__region", flat=True))
    if deputy.region_id:
        places.append(deputy.region_id)
    codes = {place[:length] for place in places for length in lengths if len(place) >= length}
    return Region.objects.filter(code__in=codes).order_by("code")


def deputies_beside(region, day):
    """Deputies in office who may lend their name: those of the stations in the county (or city) of an office."""
    around = region.code[:COUNTY_DIGITS]
    near = Q(region__code__startswith=around) | Q(
        pk__in=Membership.objects.on(day).filter(station__region__code__startswith=around).values("deputy")
    )
    return Deputy.objects.in_office(day).filter(near)


def deputy_of(user, day):
    """The deputy in office whose account this is, or None."""
    return Deputy.objects.in_office(day).filter(user=user).first()
