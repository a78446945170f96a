"""The kept figures: the numbers of the list, whatever people do and whoever counts."""

import datetime as dt
from threading import Barrier, Thread

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights import counting, tallied
from insights.models import AnswerDays, StationTally, TopicTally
from petitions.forms.filters import FilterForm
from petitions.measures import BY_KEY, MEASURES, RATES
from petitions.models import Category, Petition, Status, ToCount
from petitions.periods import Kind, Period
from petitions.services import sweep as follow
from petitions.todo import Span
from stations.models import Organ
from tests.factories import StationFactory, a_region, load_years
from tests.insights.a_year import a_year, topic, twice_answered
from tests.petitions.story import Story, an_office, moment
from tests.petitions.test_lifecycle import take_any

NOW = dt.datetime.fromisoformat("2026-11-20T10:00:00+08:00")
LISTED = [each for each in MEASURES if each.listed]
PERIODS = [Period.parse(code) for code in ("2026-08", "2026-09", "2026-10", "2026-11", "2026Q3", "2026")]


@pytest.fixture
def office(db):
    """An office on Friday, 20 November 2026."""
    load_years(2026)
    with time_machine.travel(NOW, tick=False):
        yield an_office()


def on(day):
    """Noon, Beijing, of a day."""
    return moment(f"{day} 12:00")


def rows(**narrowed):
    """How many rows the list has that a committee's address leads to."""
    user = narrowed.pop("user")
    form = FilterForm(narrowed, user=user, span=Span(NOW.date(), NOW.date()))
    assert form.is_valid(), form.errors
    return form.cases().count()


def test_every_figure_is_the_number_of_its_cases_and_of_the_rows_of_its_list(office):
    a_year(office)
    counting.sweep()
    seen = set()

    for period in PERIODS:
        found = tallied.figures(Q(), period)
        for each in LISTED:
            assert found[each.key] == Petition.objects.filter(each.condition(period)).count(), (each.key, period)
            seen |= {each.key} if found[each.key] else set()
        outcomes = ("resolved", "in_progress", "planned", "not_feasible", "unstated")
        assert sum(found[key] for key in outcomes) == found["answered"]
        assert found["satisfied"] + found["basically"] + found["dissatisfied"] == found["rated"] <= found["answered"]
        assert found["in_time"] + found["late"] == found["due"]
        assert found["late_extended"] <= found["late"]
        assert found["kept"] + found["broken"] <= found["promised"]

    assert seen == {each.key for each in LISTED} - {"unstated"}

    period = Period.parse("2026Q3")
    topics, organs = dict(Category.objects.values_list("pk", "path")), dict(Organ.objects.values_list("pk", "code"))
    scopes = [("region", key, found) for key, found in tallied.by_region(Q(), period, digits=9).items()]
    scopes += [("category", topics[key], found) for key, found in tallied.by_topic(Q(), period).items() if key]
    scopes += [("organ", organs[key], found) for key, found in tallied.by_organ(Q(), period).items()]

    for name, value, found in scopes:
        for key in found:
            if BY_KEY[key].listed:
                listed = rows(user=office.committee, figure=key, period=period.code, **{name: value})
                assert found[key] == listed, (name, value, key)
    assert {name for name, _value, _found in scopes} == {"region", "category", "organ"}


def test_a_case_answered_twice_in_a_quarter_counts_once_by_its_last_answer(office):
    story = Story.begin(office, at=moment("2026-07-30 10:00"))
    twice_answered(story)
    assert [each.told_at.month for each in story.petition.rounds.order_by("number")] == [7, 8]
    counting.sweep()

    july, august, quarter = (tallied.figures(Q(), Period.parse(code)) for code in ("2026-07", "2026-08", "2026Q3"))

    assert (july["answered"], july["dissatisfied"], july["satisfied"]) == (1, 1, 0)
    assert (august["answered"], august["dissatisfied"], august["satisfied"]) == (1, 0, 1)
    assert (quarter["answered"], quarter["dissatisfied"], quarter["satisfied"], quarter["second"]) == (1, 0, 1, 1)


def test_what_is_not_due_yet_is_neither_in_time_nor_late(office):
    story = Story.brought_to(Status.HANDLING, office, at=moment("2026-11-12 10:00"))
    due_on = story.target("draft_reply").answer_clock.due_on
    month = Period.of(Kind.MONTH, due_on)

    counting.sweep(at=on(due_on))
    before = tallied.figures(Q(), month)
    counting.sweep(at=on(due_on + dt.timedelta(days=1)))
    after = tallied.figures(Q(), month)

    assert (before["due"], before["late"]) == (0, 0)
    assert (after["due"], after["late"], after["in_time"]) == (1, 1, 0)


def test_an_extension_is_shown_apart(office):
    story = Story.brought_to(Status.HANDLING, office, at=moment("2026-10-12 10:00"))
    story.take("ask_extension")
    story.take("decide_extension")
    clock = story.target("draft_reply").answer_clock
    story.take("reply", at=on(clock.due_on))
    counting.sweep()

    found = tallied.figures(Q(), Period.of(Kind.MONTH, clock.original_due_on))

    assert (found["due"], found["late"], found["late_extended"], found["in_time"]) == (1, 1, 0, 0)


def test_what_was_returned_owes_no_answer(office):
    story = Story.brought_to(Status.HANDLING, office, at=moment("2026-10-12 10:00"))
    story.take("ask_return")
    story.take("decide_return")
    counting.sweep()

    found = tallied.figures(Q(), Period.parse("2026-10"))

    assert (found["dispatched"], found["returned"], found["due"]) == (1, 1, 0)


def test_what_is_not_rated_is_not_satisfied(office):
    story = Story.brought_to(Status.RATING, office, at=moment("2026-10-12 10:00"))
    follow(at=NOW)
    story.petition.refresh_from_db()
    assert story.petition.closed_how == Petition.ClosedHow.UNRATED
    counting.sweep()

    found = tallied.figures(Q(), Period.parse("2026-10"))

    assert (found["answered"], found["rated"], found["satisfied"], found["closed"]) == (1, 0, 0, 1)


def test_refused_and_withdrawn_cases_are_received_and_not_accepted(office):
    for status in (Status.REFUSED, Status.SIGNPOSTED, Status.MERGED, Status.WITHDRAWN):
        Story.brought_to(status, office)
    Story.begin(office).take("join")
    counting.sweep()

    found = tallied.figures(Q(), Period.parse("2026-11"))

    # A case is merged into one more, which was submitted for it.
    assert (found["received"], found["not_accepted"], found["accepted"], found["reporters"]) == (6, 2, 0, 7)


def test_what_ended_after_it_was_accepted_is_neither_counted_nor_listed_as_accepted(office):
    for status in (Status.ACCEPTED, Status.HANDLING):
        Story.brought_to(status, office).take("withdraw")
    Story.brought_to(Status.ACCEPTED, office).take("merge")
    Story.brought_to(Status.ACCEPTED, office)
    counting.sweep()

    found = tallied.figures(Q(), Period.parse("2026-11"))["accepted"]

    assert found == rows(user=office.committee, figure="accepted", period="2026-11") == 1


def test_days_to_the_first_answer_are_those_of_half_and_of_nine_tenths(office):
    for took in (0, 1, 1, 2, 3, 5, 8, 13, 21, 34):
        story = Story.begin(office, at=moment("2026-09-08 23:30"))
        story.take("answer_on_spot", at=moment("2026-09-08 23:59") + dt.timedelta(days=took))
    counting.sweep()

    september, october = (tallied.days(Q(), Period.parse(code)) for code in ("2026-09", "2026-10"))
    quarters = tallied.days_series(Q(), Period.parse("2026Q4"), 2)

    assert september == tallied.Days(cases=9, median=3, ninetieth=21)
    assert october == tallied.Days(cases=1, median=34, ninetieth=34)
    assert [found.cases for _period, found in quarters] == [9, 1]
    assert tallied.days(Q(pk=0), Period.parse("2026-09")) == tallied.Days(0, None, None)


def test_a_rate_of_fewer_than_five_is_not_told():
    rate = next(rate for rate in RATES if rate.key == "satisfied_rate")

    assert rate.of({"satisfied": 4, "rated": 4}) is None
    assert rate.of({"satisfied": 2, "rated": 6}) == 33.3
    assert {key for each in RATES for key in (each.part, each.whole)} <= set(BY_KEY)


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_what_was_counted_step_by_step_is_what_a_count_of_everything_finds(office, data):
    with transaction.atomic():
        stories = [Story.begin(office, at=moment(f"2026-0{month}-2{month} 10:00")) for month in (6, 8, 9)]
        for _turn in range(data.draw(st.integers(6, 12))):
            story = data.draw(st.sampled_from(stories))
            story.at += dt.timedelta(days=data.draw(st.integers(0, 9)))
            take_any(story, data.draw)
            if data.draw(st.booleans()):
                counting.sweep(at=max(each.at for each in stories))
        last = max(each.at for each in stories)
        counting.sweep(at=last)

        assert list(counting.recount(write=False, today=last.date())) == []
        transaction.set_rollback(True)


def test_a_recount_finds_what_is_wrong_and_puts_it_right(office, capsys):
    a_case = Story.brought_to(Status.RATING, office)
    counting.sweep()
    call_command("recount", check=True)
    StationTally.objects.filter(kind=Kind.MONTH, answered=1).update(answered=3)
    AnswerDays.objects.all().delete()

    with pytest.raises(CommandError, match="2 行"):
        call_command("recount", check=True)
    assert "answered 留存 3，实际 1" in capsys.readouterr().out
    assert StationTally.objects.filter(answered=3).exists()
    call_command("recount")
    call_command("recount", check=True)

    assert tallied.figures(Q(pk=a_case.petition.station_id), Period.parse("2026-11"))["answered"] == 1


def test_changes_that_no_sweep_has_counted_yet_are_no_difference(office):
    Story.begin(office)

    # Nor is that station proven to be right.
    with pytest.raises(CommandError, match="另有 1 个联络站的变化还没有统计") as told:
        call_command("recount", check=True)
    assert told.value.returncode == 2
    counting.sweep()
    call_command("recount", check=True)

    assert tallied.figures(Q(), Period.parse("2026-11"))["received"] == 1


def test_a_case_that_moves_to_another_topic_leaves_nothing_behind(office):
    road, light = topic("交通"), topic("城建")
    story = Story.begin(office, category=road)
    counting.sweep()
    story.take("accept", category=light)
    counting.sweep()

    assert set(tallied.by_topic(Q(), Period.parse("2026-11"))) == {light.pk}
    assert TopicTally.objects.count() == StationTally.objects.count() == len(Kind)


def test_a_case_brought_in_from_an_old_ledger_counts_as_answered_and_never_as_accepted(office):
    """Nobody noted when it was accepted: it stands closed without that moment."""
    case = Story.brought_to(Status.CLOSED, office).petition
    Petition.objects.filter(pk=case.pk).update(accepted_at=None)
    ToCount.objects.create(station=office.station)

    counting.sweep()

    figures = tallied.figures(Q(), Period.parse("2026-11"))
    assert (figures["answered"], figures["accepted"], figures["closed"]) == (1, 0, 0)


def test_who_is_killed_while_counting_leaves_all_to_be_counted(office, monkeypatch):
    Story.begin(office)
    to_count = ToCount.objects.count()
    monkeypatch.setattr(counting.tallying, "put_right", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        counting.sweep()
    monkeypatch.undo()
    assert ToCount.objects.count() == to_count
    assert StationTally.objects.count() == 0

    counting.sweep()

    assert ToCount.objects.count() == 0
    assert tallied.figures(Q(), Period.parse("2026-11"))["received"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_count_at_once_count_once():
    load_years(2026)
    with time_machine.travel(NOW, tick=False):
        office = an_office()
        Story.brought_to(Status.CLOSED, office)
    both = Barrier(2)

    def count():
        both.wait()
        counting.sweep(at=NOW)
        connections.close_all()

    threads = [Thread(target=count) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ToCount.objects.count() == 0
    assert StationTally.objects.count() == len(Kind)
    assert list(counting.recount(write=False, today=NOW.date())) == []


def test_a_sweep_takes_the_same_queries_for_one_station_and_for_many(office):
    Story.brought_to(Status.CLOSED, office)
    with CaptureQueriesContext(connection) as one:
        counting.sweep()
    for _each in range(3):
        station = StationFactory(region=a_region("130503101"))
        Story.begin(office, station=station, region=station.region)
    Story.brought_to(Status.CLOSED, office)
    with CaptureQueriesContext(connection) as many:
        counting.sweep()
    with CaptureQueriesContext(connection) as idle:
        counting.sweep()

    assert len(one) <= 54
    # The first one of a day notes what has fallen due.
    assert len(many) <= len(one)
    assert len(idle) <= 13


def test_reading_takes_one_query(office, django_assert_num_queries):
    Story.brought_to(Status.CLOSED, office)
    counting.sweep()
    month, here = Period.parse("2026-11"), Q(region__code__startswith="1305")
    readings = [
        lambda: tallied.figures(here, month),
        lambda: tallied.figures(here, month, topic=1),
        lambda: tallied.figures(Q(), month, organ=1),
        lambda: tallied.series(here, month, 12),
        lambda: tallied.by_region(here, month, digits=6),
        lambda: tallied.by_station(here, month),
        lambda: tallied.by_topic(here, month),
        lambda: tallied.by_organ(here, month),
        lambda: tallied.days(here, month),
        lambda: tallied.days_series(here, month, 12),
    ]
    for reading in readings:
        with django_assert_num_queries(1):
            reading()
