"""Judging the rows of a deputies' sheet: what would happen with each, or what is wrong with it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import grants_of
from deputies.importing.cells import CellError, Entry, bare_name, plain_code, read_entry
from deputies.importing.sheet import Row
from deputies.models import Deputy, Mandate, Membership
from deputies.permissions import REGION_ROLES, kept_deputies, managed_stations, seen_deputies
from stations.models import Region, Station

# How many digits of a place tell congresses of a level apart: seats of one name exist in every township.
DIGITS = {
    Mandate.Level.NATIONAL: 0,
    Mandate.Level.PROVINCE: 2,
    Mandate.Level.CITY: 4,
    Mandate.Level.COUNTY: 6,
    Mandate.Level.TOWNSHIP: 9,
}


class Outcome(TextChoices):
    """What a row brings; a row that brings several things is counted under the first."""

    WRONG = "wrong", gettext_lazy("有问题")
    NEW = "new", gettext_lazy("新增代表")
    MANDATE = "mandate", gettext_lazy("补充代表资格")
    GROUPED = "grouped", gettext_lazy("编组")
    UPDATED = "updated", gettext_lazy("更新信息")
    SAME = "same", gettext_lazy("不变")


@dataclass(frozen=True)
class Scope:
    """What a sheet may touch: stations to group into and deputies whose record is kept.

    ``known`` are those whom a name may mean, who left for another place as well: nobody is entered twice. ``region`` is
    where new deputies without a station belong; None where every new one needs a station.
    """

    stations: QuerySet
    deputies: QuerySet
    known: QuerySet
    region: Region | None


def scope_of(user: User) -> Scope:
    """What a user may import: the stations and deputies that they keep on the desk as well."""
    regions = [grant.region for grant in grants_of(user) if grant.role in REGION_ROLES]
    widest = min(regions, key=lambda region: len(region.code), default=None)
    known = seen_deputies(user)
    return Scope(stations=managed_stations(user), deputies=kept_deputies(user), known=known, region=widest)


def scope_within(region: Region) -> Scope:
    """What may be imported for a region: its subtree."""
    grouped = Membership.objects.filter(station__region__code__startswith=region.code).values("deputy")
    deputies = Deputy.objects.filter(Q(region__code__startswith=region.code) | Q(pk__in=grouped))
    stations = Station.objects.active().within(region)
    return Scope(stations=stations, deputies=deputies, known=deputies, region=region)


@dataclass
class Person:
    """A deputy known already or new in the sheet, with all seats and groups, those that the sheet adds included."""

    deputy: Deputy
    is_kept: bool
    is_known: bool = True
    row: int | None = None
    seats: list[Mandate] = field(default_factory=list)
    places: list[Membership] = field(default_factory=list)

    @property
    def is_new(self):
        return self.deputy.pk is None

    def sits_as(self, seat, area):
        """Whether this person holds that very seat; below the province it must be of the same place, too."""
        digits = DIGITS[seat.level]
        codes = {self.deputy.region_id or "", *(place.station.region_id for place in self.places)}
        is_near = any(code[:digits] == area[:digits] for code in codes)
        return is_near and any(_seat_key(own) == _seat_key(seat) for own in self.seats)


@dataclass(frozen=True)
class Judged:
    """A row with what it brings and the sentences that say so."""

    row: Row
    outcome: Outcome
    says: list[str]


class Roll:
    """The deputies whom the rows speak of, and the stations of the scope; grows as the rows are judged."""

    def __init__(self, scope: Scope, rows: list[Row]):
        self.scope = scope
        self.stations = {station.code: station for station in scope.stations.select_related("region")}
        self.stations_named = defaultdict(list)
        for station in self.stations.values():
            self.stations_named[station.name].append(station)
        self.by_code: dict[str, Person] = {}
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        self.new_mandates: list[Mandate] = []
        self.new_memberships: list[Membership] = []
        self.regrouped: set[Membership] = set()
        self.changed: set[Deputy] = set()
        self._load(rows)

    def _load(self, rows):
        names = {bare_name(row.cells["name"]) for row in rows}
        codes = {plain_code(row.cells["code"]) for row in rows if row.cells["code"]}
        spoken_of = Q(name__in=names) | Q(code__in=codes)
        kept = set(self.scope.deputies.filter(spoken_of).values_list("pk", flat=True))
        known = set(self.scope.known.filter(spoken_of).values_list("pk", flat=True))
        found = Deputy.objects.filter(Q(pk__in=known) | Q(code__in=codes))
        for deputy in found.prefetch_related("mandates", "memberships__station"):
            self.add(
                Person(
                    deputy=deputy,
                    is_kept=deputy.pk in kept,
                    is_known=deputy.pk in known,
                    seats=list(deputy.mandates.all()),
                    places=list(deputy.memberships.all()),
                )
            )

    def add(self, person):
        if person.deputy.code:
            self.by_code[person.deputy.code] = person
        if person.is_known:
            self.by_name[person.deputy.name].append(person)

    @property
    def new_deputies(self):
        """The unsaved deputies, in the order of their rows."""
        new = [person for people in self.by_name.values() for person in people if person.is_new]
        return [person.deputy for person in sorted(new, key=lambda person: person.row)]


def judge(rows: Iterable[Row], roll: Roll, *, at: dt.datetime | None = None) -> list[Judged]:
    """Judge every row in order; what a sound one brings is added to the roll, so that later rows know of it.

    Nothing is written.
    """
    today = timezone.localdate(at)
    judged = []
    for row in rows:
        try:
            if row.faults:
                raise CellError(*row.faults)
            outcome, says = _take(read_entry(row, roll.stations, roll.stations_named), row.number, roll, today)
        except CellError as refusal:
            outcome, says = Outcome.WRONG, list(refusal.args)
        judged.append(Judged(row=row, outcome=outcome, says=says))
    return judged


def _take(entry: Entry, number: int, roll: Roll, today: dt.date):
    """Compare an entry with what is known and add what is new; all refusals come before the first addition."""
    person = _person(entry, number, roll)
    is_new = person is None
    if is_new:
        person = _new_person(entry, number, roll)
    mandate = _mandate(entry, person)
    membership, regrouped = _membership(entry, person, today)
    done = []
    if is_new:
        roll.add(person)
        done.append((Outcome.NEW, _("新增代表。") if entry.code else _("新增代表，编号在导入时生成。")))
    if mandate is not None:
        person.seats.append(mandate)
        roll.new_mandates.append(mandate)
        if not is_new:
            done.append((Outcome.MANDATE, _("补充代表资格：%(seat)s。") % {"seat": mandate}))
    if membership is not None:
        done.append((Outcome.GROUPED, _group(person, membership, regrouped, entry.group, roll)))
    if not is_new and person.is_kept:
        done += [(Outcome.UPDATED, sentence) for sentence in _update(entry, person.deputy, roll)]
    says = [sentence for _outcome, sentence in done] + _remarks(entry, person, mandate)
    return (done[0][0] if done else Outcome.SAME), says


def _person(entry, number, roll):
    """Whom an entry means; None for somebody new. Two people are never taken for one: in doubt the row is refused."""
    if entry.code:
        found = roll.by_code.get(entry.code)
        if found is not None and found.deputy.name != entry.name:
            raise CellError(
                _("编号%(code)s是“%(name)s”，与本行姓名不同。") % {"code": entry.code, "name": found.deputy.name}
            )
        return found
    namesakes = roll.by_name.get(entry.name, [])
    area = _area(entry, roll)
    same = [
        person
        for person in namesakes
        if (entry.seat and person.sits_as(entry.seat, area)) or (entry.phone and entry.phone == person.deputy.phone)
    ]
    if len(same) == 1:
        return same[0]
    if namesakes:
        raise CellError(_doubt(namesakes[-1], number))
    return None


def _doubt(namesake, number):
    if namesake.row is not None:
        return _("与第%(row)d行同名。是同一人请填同一个编号或联系电话，不是同一人请给本行填一个新的编号。") % {
            "row": namesake.row
        }
    seats = "、".join(f"{seat} {seat.constituency}" for seat in namesake.seats) or _("没有代表资格")
    return _("已有同名代表（编号%(code)s，%(seats)s）。是同一人请填这个编号，不是同一人请填一个新的编号。") % {
        "code": namesake.deputy.code,
        "seats": seats,
    }


def _area(entry, roll):
    if entry.station is not None:
        return entry.station.region_id
    return roll.scope.region.code if roll.scope.region else ""


def _new_person(entry, number, roll):
    if entry.seat is None:
        raise CellError(_("新增的代表要填写层级、选举单位、届次和开始日期。"))
    region = entry.station.region if entry.station else roll.scope.region
    if region is None:
        raise CellError(_("新增的代表要填写联络站。"))
    deputy = Deputy(code=entry.code, name=entry.name, gender=entry.gender, phone=entry.phone, region=region)
    return Person(deputy=deputy, is_kept=True, row=number)


def _mandate(entry, person):
    """The unsaved mandate that an entry adds to a person; None when they hold it already or none is told."""
    seat = entry.seat
    if seat is None:
        return None
    if any(_seat_key(own) == _seat_key(seat) for own in person.seats):
        return None
    other = next((own for own in person.seats if own.level == seat.level and _touch(own, seat)), None)
    if other is not None:
        raise CellError(
            _("这段时间里已有同级的代表资格（%(term)s，%(constituency)s），与本行不同，请核对。")
            % {"term": other.term, "constituency": other.constituency}
        )
    if not person.is_kept:
        raise CellError(_("这位代表由其他地方管理，这里只能编组，不能补充代表资格；请把层级至结束日期留空。"))
    seat.deputy = person.deputy
    return seat


def _membership(entry, person, today):
    """The membership that an entry brings, and whether it stands already and only its group changes."""
    if entry.station is None:
        return None, False
    starts_on = entry.grouped_on or max(today, entry.seat.starts_on if entry.seat else today)
    wanted = Membership(
        station=entry.station, deputy=person.deputy, group=entry.group, starts_on=starts_on, ends_on=None
    )
    standing = [own for own in person.places if own.station_id == entry.station.pk and _touch(own, wanted)]
    if not standing:
        return wanted, False
    if entry.group and standing[-1].group != entry.group:
        return standing[-1], True
    return None, False


def _group(person, membership, regrouped, group, roll):
    """Add the membership or change its group, and say so."""
    place = {"station": membership.station, "group": f"（{group}）" if group else ""}
    if not regrouped:
        person.places.append(membership)
        roll.new_memberships.append(membership)
        return _("编入%(station)s%(group)s。") % place
    membership.group = group
    if membership.pk:
        roll.regrouped.add(membership)
    return _("在%(station)s调整小组%(group)s。") % place


def _update(entry, deputy, roll):
    """Take a new telephone number, and the gender where none is known; what was changed, as sentences."""
    sentences = []
    if entry.phone and entry.phone != deputy.phone:
        deputy.phone = entry.phone
        sentences.append(_("更新联系电话。"))
    if entry.gender and not deputy.gender:
        deputy.gender = entry.gender
        sentences.append(_("补充性别。"))
    if sentences and deputy.pk:
        roll.changed.add(deputy)
    return sentences


def _remarks(entry, person, mandate):
    """What differs and is left as it stands."""
    if entry.seat is None or mandate is not None:
        return []
    own = next(own for own in person.seats if _seat_key(own) == _seat_key(entry.seat))
    if (own.starts_on, own.ends_on) == (entry.seat.starts_on, entry.seat.ends_on):
        return []
    return [_("任职日期与已登记的不同，保留已登记的；要更改请到代表页面。")]


def _seat_key(seat):
    return seat.level, seat.constituency, seat.term


def _touch(one, other):
    """Whether the days of two seats or groups share at least one."""
    return (one.ends_on is None or other.starts_on <= one.ends_on) and (
        other.ends_on is None or one.starts_on <= other.ends_on
    )
