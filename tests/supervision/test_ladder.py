"""The ladder as arithmetic: whatever happens to the machine, each rung comes once and none is lost."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from supervision.ladder import Climb
from supervision.models import Rung
from workdays.calendar import BEIJING, Calendar

HOLIDAYS = {dt.date(2026, 10, day): (False, "国庆") for day in range(1, 8)}
CALENDAR = Calendar(version=1, days=HOLIDAYS | {dt.date(2026, 10, 10): (True, "国庆调休")}, years={2026})
RUNGS = [
    Rung(pk=1, position=1, name="提醒", offset=-3),
    Rung(pk=2, position=2, name="预警", offset=-1, start_severity=1),
    Rung(pk=3, position=3, name="催办", offset=0, start_severity=2),
    Rung(pk=4, position=4, name="督办单", offset=1, makes_paper=True),
    Rung(pk=5, position=5, name="升级督办", offset=3),
    Rung(pk=6, position=6, name="通报", offset=5, repeat_every=5),
]
LADDER = Climb(RUNGS)
START = dt.datetime(2026, 9, 1, 10, tzinfo=BEIJING)

severities = st.integers(0, 2)
due_dates = st.dates(dt.date(2026, 9, 1), dt.date(2026, 11, 30))
# The hours at which the machine was up and swept; what lies between two of them is an outage.
sweeps = st.lists(st.integers(0, 24 * 200), max_size=30).map(sorted)


def sweep_through(hours, *, due_on, severity, until=None):
    """Sweep as the sweep does, keeping only what is recorded; return the sets of steps that each sweep took."""
    recorded, taken = set(), []
    clock = {"calendar": CALENDAR, "due_on": due_on, "since": START, "severity": severity}
    for hour in hours:
        at = START + dt.timedelta(hours=hour)
        if until and at >= until:
            break
        steps = LADDER.owed(at=at, recorded=recorded, **clock)
        recorded |= {step.mark for step in steps}
        taken.append((at, steps))
        upcoming = LADDER.next_moment(recorded=recorded, **clock)
        assert upcoming is None or upcoming > at
    return taken


def owed_at_last(*, due_on, severity=0, days=200):
    """The steps that one late sweep would take."""
    at = START + dt.timedelta(days)
    return LADDER.owed(at=at, recorded=set(), calendar=CALENDAR, due_on=due_on, since=START, severity=severity)


@given(due_on=due_dates, severity=severities, hours=sweeps)
def test_whatever_the_outages_every_rung_comes_at_most_once_and_none_is_missed(due_on, severity, hours):
    taken = sweep_through(hours, due_on=due_on, severity=severity)

    steps = [step for _at, batch in taken for step in batch]
    assert len({step.mark for step in steps}) == len(steps)
    end = START + dt.timedelta(hours=hours[-1] if hours else 0)
    # One sweep at the end would have taken the same steps as all of them together.
    in_one = LADDER.owed(at=end, recorded=set(), calendar=CALENDAR, due_on=due_on, since=START, severity=severity)
    assert [step.mark for step in in_one] == [step.mark for step in steps]


@given(due_on=due_dates, severity=severities, hours=st.integers(0, 24 * 200), recorded=st.sets(st.integers(1, 5)))
def test_one_walk_finds_what_is_owed_and_what_comes_next(due_on, severity, hours, recorded):
    clock = {"calendar": CALENDAR, "due_on": due_on, "since": START, "severity": severity}
    at, recorded = START + dt.timedelta(hours=hours), {(line, 0) for line in recorded}

    owed, upcoming = LADDER.reached(at=at, recorded=recorded, **clock)

    assert owed == LADDER.owed(at=at, recorded=recorded, **clock)
    assert upcoming == LADDER.next_moment(recorded=recorded | {step.mark for step in owed}, **clock)


@given(due_on=due_dates, severity=severities, hours=sweeps)
def test_a_rung_never_comes_before_its_moment_nor_out_of_order(due_on, severity, hours):
    taken = sweep_through(hours, due_on=due_on, severity=severity)

    steps = [step for _at, batch in taken for step in batch]
    assert all(START < step.moment <= at for at, batch in taken for step in batch)
    assert [step.rung.position for step in steps] == sorted(step.rung.position for step in steps)


@given(due_on=due_dates, severity=severities, hours=sweeps, stop=st.integers(0, 24 * 200))
def test_nothing_comes_for_a_clock_that_has_stopped(due_on, severity, hours, stop):
    stopped_at = START + dt.timedelta(hours=stop)

    taken = sweep_through(hours, due_on=due_on, severity=severity, until=stopped_at)

    assert all(step.moment < stopped_at for _at, batch in taken for step in batch)


@given(due_on=due_dates)
def test_a_rung_comes_at_the_end_of_its_working_day(due_on):
    for step in LADDER.owed(
        at=START + dt.timedelta(200), recorded=set(), calendar=CALENDAR, due_on=due_on, since=START, severity=0
    ):
        assert step.moment.time() == dt.time(0)
        if step.rung.offset:
            assert CALENDAR.is_workday(step.moment.date() - dt.timedelta(1))


@given(due_on=due_dates, severity=st.integers(1, 2))
def test_a_higher_severity_leaves_out_the_rungs_below_its_start(due_on, severity):
    steps = owed_at_last(due_on=dt.date(2026, 9, 30), days=70)

    circulars = [step.moment.date() - dt.timedelta(1) for step in steps if step.rung.name == "通报"]
    assert circulars == [
        dt.date(2026, 10, 13),
        dt.date(2026, 10, 20),
        dt.date(2026, 10, 27),
        dt.date(2026, 11, 3),
    ]
