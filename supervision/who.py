"""Whom a rung would tell today, by name, with leave and substitutes, as the page of the rung shows it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Leave, User
from stations.models import Organ, Station
from workdays.services import spoken

from .models import Addressee, Clock
from .people import People, by_link_label


def who_is_told(addressees: list[str], *, station: Station, organ: Organ | None) -> list[tuple[str, str]]:
    """Return, for each role, its label and the people whom it means today for a duty of a station or of its organ.

    Somebody on leave is shown with the end of the leave and the substitute who is told instead.
    """
    today = timezone.localdate()
    clock = Clock(station=station, owner_organ=organ, owner_station=None if organ else station)
    people = People(on=today)
    leaves = {leave.user_id: leave for leave in Leave.objects.on(today)}
    found = []
    for addressee in addressees:
        meant = [_name(one, people, leaves) for one in people.meant_by(addressee, clock)]
        found.append((str(Addressee(addressee).label), "、".join(meant) or _("无对应人员")))
    return found


def _name(one: User | Organ, people: People, leaves: dict[int, Leave]) -> str:
    if isinstance(one, Organ):
        return by_link_label(one)
    leave, present = leaves.get(one.pk), people.who_is_there(one)
    if leave is None:
        return one.name
    facts = {"name": one.name, "until": spoken(leave.ends_on), "substitute": present.name}
    if present == one:
        return _("%(name)s（请假至%(until)s，无人代理）") % facts
    return _("%(name)s（请假至%(until)s，由%(substitute)s代理）") % facts
