"""What a request for a meeting may be about: the cases, station, organs and deputies that its asker can choose from."""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Role, User
from accounts.services import grants_of
from deputies.models import Deputy
from petitions.lifecycle import open_actions
from petitions.models import Assignment, Cluster, Petition
from petitions.permissions import may_enter, may_enter_for, positions
from stations.models import CITY_DIGITS, COUNTY_DIGITS, Organ, Region, Station, of_county_or_city


@dataclass
class Scope:
    """One request to be made by ``user``: about cases, about a cluster of them, or about a matter of a station."""

    user: User
    cases: list[Petition] = field(default_factory=list)
    cluster: Cluster | None = None
    station: Station | None = None

    @property
    def place(self) -> Region:
        """Where the matter is: that of the station, else the committee's own."""
        return self.station.region if self.station else committee_places(self.user)[0]

    @cached_property
    def organ_choices(self):
        """The organs in use of the county and of the city above it, grouped by place."""
        code = self.place.code
        near = of_county_or_city(code[:COUNTY_DIGITS], code[:CITY_DIGITS])
        groups = {}
        for organ in Organ.objects.filter(near, active=True).select_related("region").order_by("region_id", "name"):
            groups.setdefault(organ.region.name, []).append((organ.pk, organ.name))
        return list(groups.items())

    @cached_property
    def deputies(self):
        """The deputies in office of the station, and those whom the cases are addressed to."""
        if self.station is None:
            return []
        today = timezone.localdate()
        addressed = Deputy.objects.in_office(today).filter(pk__in=[case.deputy_id for case in self.cases])
        return list((Deputy.objects.grouped_in(self.station, today) | addressed).order_by("name", "pk"))

    @property
    def initial(self):
        """What is filled in at first: the matter, the organ that handles it, the cases, the asking deputy."""
        title = self.cluster.title if self.cluster else self.cases[0].title if len(self.cases) == 1 else ""
        lead = (
            Assignment.objects.filter(round__petition__in=self.cases, is_lead=True).order_by("-dispatched_at").first()
        )
        own = [deputy.pk for deputy in self.deputies if deputy.user_id == self.user.pk]
        own += [case.deputy_id for case in self.cases if case.deputy_id]
        return {
            "title": title,
            "organ": lead and lead.organ_id,
            "cases": [case.pk for case in self.cases],
            "deputies": own,
        }


def may_ask(user) -> bool:
    """Whether a user may ask for meetings at all: deputies, stations, heads and committees."""
    return may_enter(user)


def committee_places(user) -> list[Region]:
    """The places whose committee a user is of; it may ask without any station."""
    return [grant.region for grant in grants_of(user) if grant.role == Role.COMMITTEE]


def about_case(user, number: str) -> Scope | None:
    """The request about one case; None where the user may not ask about it, as where it does not exist."""
    cases = _askable(user, Petition.objects.filter(number=number))
    return Scope(user, cases, station=cases[0].station) if cases else None


def about_cluster(user, pk: str) -> Scope | None:
    """The request about the open cases of a cluster that the user may ask about."""
    cluster = Cluster.objects.select_related("station__region").filter(pk=pk, dissolved_at=None).first()
    cases = _askable(user, Petition.objects.filter(cluster=cluster)) if cluster else []
    return Scope(user, cases, cluster, cluster.station) if cases else None


def stations_to_ask_for(user):
    """The stations for which a user may bring a matter of no case."""
    return may_enter_for(user).select_related("region").order_by("region_id", "name")


def _askable(user, cases):
    found = cases.visible_to(user).select_related("station__region", "deputy").order_by("pk")
    return [
        case
        for case in found
        if any(row.action == "ask_meeting" for row in open_actions(case, "case", positions(case, user)))
    ]
