"""Whom a rung speaks to: its addressee roles resolved to the people of a clock who are there on a day."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import away_on, holders, holders_of_offices, stand_ins
from stations.models import Organ, Region, Station

from .links import reached_by_link
from .models import Addressee, Clock


class Places:
    """Organs, stations, regions and users that clocks name, each read once for a whole sweep: many clocks name the same."""

    _READ = {
        Organ: Organ.objects.all(),
        Station: Station.objects.select_related("region__parent"),
        Region: Region.objects.select_related("parent"),
        User: User.objects.all(),
    }
    _NAMED = {
        "owner_organ": Organ,
        "owner_station": Station,
        "owner_region": Region,
        "owner_user": User,
        "station": Station,
        "region": Region,
    }

    def __init__(self):
        self._found = {model: {None: None} for model in self._READ}

    def attach(self, clocks: list[Clock]) -> None:
        """Give clocks their owners and places; a query for each kind of which one has not been read yet."""
        for name, model in self._NAMED.items():
            field, found = Clock._meta.get_field(name), self._found[model]
            keys = [getattr(clock, field.attname) for clock in clocks]
            missing = set(keys) - found.keys()
            if missing:
                found |= self._READ[model].in_bulk(missing)
            for clock, key in zip(clocks, keys, strict=True):
                # As an assignment would, without its checks: the key is the clock's own.
                field.set_cached_value(clock, found[key])


class People:
    """Finds people for one day, and asks the database only once for each office and for all who are on leave."""

    def __init__(self, *, on: date):
        self.on = on
        self._holders: dict[tuple[str, int | str], list[User]] = {}
        self._present: dict[int, User] = {}

    @cached_property
    def _away(self) -> dict[int, User]:
        return away_on(self.on)

    def expect(self, clocks: list[Clock]) -> None:
        """Read everybody whom a rung may mean for many clocks, so far as they are not known yet; one query at the most.

        Whoever has one clock, or few, need not do so: people are asked for one office after the other then.
        """
        regions = self._unknown(Role.HEAD, [place for clock in clocks for place in (clock.place, clock.owner_region)])
        stations = self._unknown(Role.OFFICER, [clock.owner_station for clock in clocks])
        organs = self._unknown(Role.CLERK, [clock.owner_organ for clock in clocks])
        if regions or stations or organs:
            self._holders |= holders_of_offices(regions=regions, stations=stations, organs=organs, on=self.on)

    def _unknown(self, role: str, places: list) -> list:
        """Of ``places``, of which some are None, those whose holders of ``role`` have not been read; each once."""
        found = {place.pk: place for place in places if place}
        return [place for key, place in found.items() if (role, key) not in self._holders]

    def reached_by(self, addressees: Iterable[str], clock: Clock) -> list[User | Organ]:
        """Everybody whom ``addressees`` mean for a clock, each person once, those on leave replaced by substitutes.

        An organ that nobody has an account for stands for its own people: it is told with a link to the duty.
        """
        found = [user for addressee in addressees for user in self.meant_by(addressee, clock)]
        return list(dict.fromkeys(self.who_is_there(user) for user in found))

    def meant_by(self, addressee: str, clock: Clock) -> list[User | Organ]:
        """Whom one role means for a clock, whether they are there or on leave."""
        region = clock.place
        match addressee:
            case Addressee.HANDLER if clock.owner_user:
                return [clock.owner_user]
            case Addressee.HANDLER if clock.owner_organ:
                return self._of_organ(clock.owner_organ, Role.CLERK, Role.LEADER)
            case Addressee.HANDLER | Addressee.LEADER if clock.owner_region:
                return self._office(clock.owner_region)
            case Addressee.HANDLER:
                return self._hold(Role.OFFICER, station=clock.owner_station) or self._hold(Role.HEAD, region=region)
            case Addressee.LEADER if clock.owner_organ:
                return self._of_organ(clock.owner_organ, Role.LEADER, Role.CLERK)
            case Addressee.ASSIGNER if clock.owner_station or clock.owner_region:
                return self._hold(Role.COMMITTEE, region=region)
            case Addressee.LEADER | Addressee.ASSIGNER | Addressee.CHAIR:
                return self._office(region)
            case Addressee.COMMITTEE:
                return self._hold(Role.COMMITTEE, region=region)
            case _:
                return self._hold(Role.VIEWER, region=region)

    def _of_organ(self, organ: Organ, role: str, otherwise: str) -> list[User | Organ]:
        return self._hold(role, organ=organ) or self._hold(otherwise, organ=organ) or reached_by_link(organ)

    def _office(self, region: Region) -> list[User]:
        """The presidium of a township, or of what lies in it; above the townships the committee."""
        return self._hold(Role.HEAD, region=region) or self._hold(Role.COMMITTEE, region=region)

    def _hold(self, role: str, **scope) -> list[User]:
        key = (role, *(place.pk for place in scope.values()))
        if key not in self._holders:
            self._holders[key] = holders(role, on=self.on, **scope)
        return self._holders[key]

    def who_is_there(self, user: User | Organ) -> User | Organ:
        """The person, or the substitute of somebody who is on leave."""
        if isinstance(user, Organ):
            return user
        if user.pk not in self._present:
            self._present[user.pk] = stand_ins([user], on=self.on, away=self._away)[0]
        return self._present[user.pk]


def names_of(people: list[User | Organ]) -> str:
    """The names as the record keeps them; that nobody could be told is recorded, too."""
    return "、".join(_name_of(one) for one in people)[:300] or _("无对应人员")


def _name_of(one: User | Organ) -> str:
    return by_link_label(one) if isinstance(one, Organ) else one.name


def by_link_label(organ: Organ) -> str:
    """How the record names an organ that is told, or acts, by link."""
    return _("%(organ)s（凭链接）") % {"organ": organ.name}
