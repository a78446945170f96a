"""When things happen in ten years of cases: days, hours, and how long an answer takes, as in the shared data."""

import datetime as dt
import json
import math
from bisect import bisect_left
from functools import cache
from itertools import accumulate

from django.core.serializers.json import DjangoJSONEncoder

from workdays.calendar import BEIJING, DAY, reckon

YEARS = 10
WEEKEND = 0.5  # half as many messages as on a working day
# Messages an hour of the day, with peaks at 10 and 15 o'clock.
HOURS = [2, 1, 1, 1, 1, 2, 4, 8, 16, 22, 25, 18, 12, 12, 18, 22, 20, 16, 12, 11, 11, 10, 7, 4]
OPENS, CLOSES = 9, 17
SHARES = list(accumulate(HOURS))
OFFICE_SHARES = list(accumulate(HOURS[OPENS:CLOSES]))
LAG_MEDIAN, LAG_SPREAD, LONGEST_LAG = 8, 1.0, 240  # working days; log-normal: 75 % within 16, 91 % within 31


class Days:
    """The days from ten years ago to today, and the working days among them by number."""

    def __init__(self, calendar, today):
        self.calendar, self.today = calendar, today
        self.days = [today - DAY * n for n in range(YEARS * 365, 0, -1)]
        self.workdays = [day for day in [*self.days, today] if calendar.is_workday(day)]
        self.last = len(self.workdays) - 1
        # The portal grows: every year there are as many more as in the first.
        weights = ((n + 1) * (WEEKEND if day.weekday() > 4 else 1) for n, day in enumerate(self.days))
        self._shares = list(accumulate(weights))
        self.reckon = cache(self._reckon)

    def day_of(self, share):
        """The day on which a share (0 to 1) of all cases had come in."""
        return self.days[min(bisect_left(self._shares, share * self._shares[-1]), len(self.days) - 1)]

    def position(self, day):
        """The number of the first working day from a day on."""
        return min(bisect_left(self.workdays, day), self.last)

    def lag(self, draw):
        """Working days from a case to its answer."""
        return min(draw.lognormvariate(math.log(LAG_MEDIAN), LAG_SPREAD), LONGEST_LAG)

    def timeline(self, first, positions, draw):
        """A moment for each step: ``first`` for the first, then within the office hours of the working days given.

        Moments of one day follow one another.
        """
        moments, before = [first], None
        for position in positions:
            moment = at(self.workdays[position], draw.choices(range(OPENS, CLOSES), cum_weights=OFFICE_SHARES)[0], draw)
            before = moments[-1]
            if moment <= before:
                moment = before + dt.timedelta(seconds=draw.randint(60, 1200))
            moments.append(moment)
        return moments

    def _reckon(self, start, length, unit):
        """Due date and its explanation as JSON; the same for every clock of a day and a length."""
        found = reckon(self.calendar, start=start, length=length, unit=unit)
        return found.due_on, json.dumps(found.explanation, cls=DjangoJSONEncoder, ensure_ascii=False), found.provisional

    def promised(self, start, due_on):
        """The same for a promised date."""
        found = reckon(self.calendar, start=start, length=0, unit="date", fixed=due_on)
        return due_on, json.dumps(found.explanation, cls=DjangoJSONEncoder, ensure_ascii=False), False


def at(day, hour, draw):
    """A moment within an hour of a day, Beijing time."""
    return dt.datetime(day.year, day.month, day.day, hour, draw.randrange(60), draw.randrange(60), tzinfo=BEIJING)


def submitted(day, draw):
    """A moment of a day at which residents write."""
    return at(day, draw.choices(range(24), cum_weights=SHARES)[0], draw)
