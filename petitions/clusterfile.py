"""Everything that a page of a cluster shows, and what a user may do with its cases together."""

from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from petitions import lifecycle
from petitions.models import OVER, Assignment, Cluster, Petition, Reply
from petitions.permissions import positions
from petitions.pressing import attach_clocks
from petitions.rows import rows_of
from petitions.similar import groups
from stations.models import CITY_DIGITS, COUNTY_DIGITS, Organ, of_county_or_city
from workdays.services import load_calendar

LOOKED_AT = 200  # default: the newest open cases among which groups are looked for
PROPOSED = 12  # default: groups shown at once


@dataclass
class ClusterFile:
    """A cluster as one user may see it: counts and rows are of the cases visible to them."""

    cluster: Cluster
    user: User

    @cached_property
    def cases(self):
        seen = Petition.objects.visible_to(self.user).filter(cluster=self.cluster)
        seen = seen.annotate(station_name=F("station__name")).select_related("station__region", "deputy")
        rows = list(seen.order_by("pk"))
        attach_clocks(rows, self.user, load_calendar(), timezone.localdate())
        return rows

    @property
    def rows(self):
        """The cases as rows of a list."""
        return rows_of(self.cases)

    def fit_for(self, action):
        """The cases on which the user may take an action now."""
        return [case for case in self.cases if action in self._open_actions[case.pk]]

    @cached_property
    def _open_actions(self):
        return {
            case.pk: {row.action for row in lifecycle.open_actions(case, "case", positions(case, self.user))}
            for case in self.cases
        }

    @property
    def open(self):
        return [case for case in self.cases if not case.is_over]

    @cached_property
    def organ_choices(self):
        """Organs of the station's county and of the city above it, grouped by place."""
        code = self.cluster.station.region_id
        near = of_county_or_city(code[:COUNTY_DIGITS], code[:CITY_DIGITS])
        found = {}
        for organ in Organ.objects.filter(near, active=True).select_related("region"):
            found.setdefault(organ.region.name, []).append((organ.pk, organ.name))
        return list(found.items())

    def suggested_reply(self, cases):
        """The text of the first signed reply to one of these cases, as a beginning; empty where there is none."""
        signed = Reply.objects.filter(
            state=Reply.State.SIGNED,
            assignment__state=Assignment.State.REPLIED,
            assignment__round__petition__in=[case.pk for case in cases],
        )
        return signed.order_by("-assignment__is_lead", "pk").values_list("text", flat=True).first() or ""


def clusters_of(user):
    """The clusters a user may see, newest first, each with ``seen`` and ``still_open``: counts of visible cases."""
    seen = Petition.objects.visible_to(user).filter(cluster=OuterRef("pk")).order_by().values("cluster")
    return (
        Cluster.objects.visible_to(user)
        .select_related("station", "category", "confirmed_by")
        .annotate(
            seen=Coalesce(Subquery(seen.annotate(n=Count("pk")).values("n")), 0),
            still_open=Coalesce(Subquery(seen.annotate(n=Count("pk", filter=~Q(status__in=OVER))).values("n")), 0),
        )
        .order_by("-confirmed_at", "-pk")
    )


def proposals(user):
    """Groups of open cases that may be about one matter and are in no cluster yet, among the newest the user sees."""
    cases = Petition.objects.visible_to(user).open().trusted().filter(cluster=None)
    newest = cases.select_related("station__region", "category", "region", "deputy").order_by("-submitted_at", "-pk")
    may_group = [
        case
        for case in newest[:LOOKED_AT]
        if any(row.action == "group" for row in lifecycle.open_actions(case, "case", positions(case, user)))
    ]
    return groups(may_group)[:PROPOSED]
