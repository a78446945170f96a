"""Fair turns, reckoned. No database here.

Counting turns alone would flood whoever comes new or comes back from leave: they have none, so they would be on duty day
after day until they had caught up with a year. So every day a turn costs its taker 1, and each deputy who could have been
on duty that day is credited with an equal share of what was taken. Whoever could not be there earns nothing and owes
nothing; credits always sum up to nought, and a newcomer with nought stands in the middle.

Two deputies who are available on the same days earn the same, so their credits differ by the difference of their turns.
Somebody whose credit lies a whole turn or more below another's is not chosen while the other can be: so they are never
more than one turn apart, but for three days at once of which one meets both others. Among those who are less than a turn
apart the order is free, and serves the mixture of levels.
"""

import datetime as dt
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Day:
    """A reception day: its hours (Beijing time), how many deputies it wants, and who is or was on duty already."""

    key: Hashable
    date: dt.date
    starts: dt.time
    ends: dt.time
    seats: int
    fixed: tuple[Hashable, ...] = ()

    def meets(self, other: "Day") -> bool:
        """Whether nobody can be on duty on both."""
        return self.date == other.date and self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True)
class Person:
    """A deputy: a code for the order of last resort, a level, and the keys of the days on which they can be on duty."""

    key: Hashable
    code: str
    level: int
    available: frozenset


class _Standing:
    """How one deputy stands while the days go by."""

    def __init__(self, person: Person, fixed: list[Day]):
        self.person = person
        self.days = list(fixed)
        # Turns to come are paid for at once: whoever has them is spared on the days before.
        self.credit = Fraction(-len(fixed))

    def could_be_on(self, day: Day) -> bool:
        return day.key in self.person.available or self.person.key in day.fixed

    def is_free_for(self, day: Day) -> bool:
        return day.key in self.person.available and not any(taken.meets(day) for taken in self.days)

    def last_turn(self, day: Day) -> dt.date:
        return max((taken.date for taken in self.days if taken.date <= day.date), default=dt.date.min)

    def take(self, day: Day) -> None:
        self.days.append(day)
        self.credit -= 1


def rotate(days: Iterable[Day], people: Iterable[Person]) -> dict[Hashable, list[Hashable]]:
    """Return by day whom to put on duty beside those who are, day after day in order of time.

    Past days come with those who were on duty and no open seat; they count. A seat for which nobody is left stays empty.
    Chosen is, among those whose credit lies less than 1 below the best: the level least present that day, then the
    highest credit, then the longest time since the last turn, then the code.
    """
    days = sorted(days, key=lambda day: (day.date, day.starts, str(day.key)))
    standings = {
        person.key: _Standing(person, [day for day in days if person.key in day.fixed])
        for person in sorted(people, key=lambda person: person.code)
    }
    return {day.key: _staff(day, standings) for day in days}


def _staff(day: Day, standings: dict[Hashable, _Standing]) -> list[Hashable]:
    """Fill the open seats of one day, and credit everybody who could have been there with an equal share."""
    free = [standing for standing in standings.values() if standing.is_free_for(day)]
    present = [standings[key] for key in day.fixed if key in standings]
    chosen = []
    while free and len(day.fixed) + len(chosen) < day.seats:
        best = _next(day, free, [*present, *chosen])
        best.take(day)
        free.remove(best)
        chosen.append(best)
    # Whoever is on duty at that hour on another of these days shares as well, or the turn there would count against both.
    sharing = [standing for standing in standings.values() if standing.could_be_on(day)]
    for standing in sharing:
        standing.credit += Fraction(len(present) + len(chosen), len(sharing))
    return [standing.person.key for standing in chosen]


def _next(day: Day, free: list[_Standing], present: list[_Standing]) -> _Standing:
    levels = [standing.person.level for standing in present]
    best = max(standing.credit for standing in free)
    near = [standing for standing in free if best - standing.credit < 1]
    return min(near, key=lambda one: (levels.count(one.person.level), -one.credit, one.last_turn(day), one.person.code))
