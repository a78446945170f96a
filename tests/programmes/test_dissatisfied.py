"""The sweep asks for meetings by itself, once for each round that was dissatisfied after another one."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from petitions.models import Petition
from programmes import services
from programmes.models import Meeting, MeetingCase
from programmes.services import dissatisfied
from supervision.models import Heartbeat
from tests.factories import load_years
from tests.petitions.story import Story, an_office, moment
from tests.programmes.meeting_story import MONDAY, a_meeting, take, twice_dissatisfied

TUESDAY = moment("2026-11-03 10:00")


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to(MONDAY)


@pytest.fixture
def office(db):
    load_years(2026)
    return an_office()


def test_one_dissatisfied_round_asks_for_no_meeting(office):
    twice_dissatisfied(office, times=1)
    assert services.sweep(at=TUESDAY) == 0


def test_two_dissatisfied_rounds_ask_for_one_meeting_however_often_the_sweep_runs(office):
    story = twice_dissatisfied(office)
    assert [services.sweep(at=TUESDAY), services.sweep(at=TUESDAY)] == [1, 0]
    link = MeetingCase.objects.get()
    assert (link.petition, link.round, link.meeting.organ) == (story.petition, 2, office.organ)
    assert Heartbeat.objects.get(name="programmes").handled == 0


def test_a_third_dissatisfied_round_asks_again_once_the_first_meeting_is_over(office):
    story = twice_dissatisfied(office)
    services.sweep(at=story.at)
    meeting = Meeting.objects.get()
    story.at = moment("2026-11-17 10:00")
    story.take("reply")
    story.take("pass_reply")
    story.take("rate", result="dissatisfied")
    assert services.sweep(at=story.at) == 0  # it is still to be held, and serves this round, too

    take(office, meeting, "decline", at=story.at)
    assert services.sweep(at=story.at) == 1
    assert list(MeetingCase.objects.order_by("round").values_list("round", flat=True)) == [2, 3]


def test_a_declined_meeting_is_not_asked_for_anew(office):
    twice_dissatisfied(office)
    services.sweep(at=TUESDAY)
    take(office, Meeting.objects.get(), "decline", at=TUESDAY)
    assert services.sweep(at=TUESDAY) == 0


def test_where_people_asked_already_the_sweep_does_not(office):
    story = twice_dissatisfied(office)
    a_meeting(office, cases=[story.petition], at=story.at + dt.timedelta(minutes=5))
    assert services.sweep(at=TUESDAY) == 0


def test_a_case_that_nobody_can_be_met_about_asks_for_none(office):
    story = Story.begin(office)
    for _round in range(2):
        story.take("answer_on_spot") if _round else story.take("accept") or story.take("answer_on_spot")
        story.take("rate", result="dissatisfied")
    assert services.sweep(at=TUESDAY) == 0


def test_one_case_that_fails_holds_up_no_other(office, monkeypatch, caplog):
    bad, good = twice_dissatisfied(office), twice_dissatisfied(office)
    ask = dissatisfied.ask

    def failing(**facts):
        if facts["cases"][0].pk == bad.petition.pk:
            raise RuntimeError
        return ask(**facts)

    monkeypatch.setattr(dissatisfied, "ask", failing)
    assert services.sweep(at=TUESDAY) == 1
    assert MeetingCase.objects.get().petition == good.petition
    assert not bad.petition.events.filter(action="ask_meeting").exists()
    assert "no meeting could be asked for" in caplog.text


def test_a_quiet_minute_costs_few_queries(office, django_assert_max_num_queries):
    twice_dissatisfied(office)
    services.sweep(at=TUESDAY)
    with django_assert_max_num_queries(12):
        services.sweep(at=TUESDAY)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_ask_for_one_meeting():
    load_years(2026)
    twice_dissatisfied(an_office())

    def run(_number):
        try:
            return services.sweep(at=TUESDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(run, range(2)))

    assert done == [0, 1]
    assert Meeting.objects.count() == 1
    assert Petition.objects.get().events.filter(action="ask_meeting").count() == 1
