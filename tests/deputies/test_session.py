"""A reception day at the desk: who opens it and when, who is there, and what stands in the way of its summary."""

import datetime as dt

import pytest

from accounts.models import Role
from deputies import services
from deputies.errors import ReceptionError
from deputies.models import Note
from petitions.services import petition_of
from supervision import services as supervision
from supervision.models import Duty
from tests.factories import StationFactory, UserFactory, a_deputy, a_note, a_reception, a_user, grant, load_years

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    load_years()
    return StationFactory()


@pytest.fixture
def officer(station):
    return a_user(Role.OFFICER, station)


@pytest.fixture
def deputy(station):
    user = UserFactory()
    grant(user, Role.DEPUTY)
    return a_deputy("张代表", user=user, station=station)


@pytest.fixture
def today(station, deputy):
    return a_reception(station, days=0, deputies=[deputy])


def events_of(reception):
    return [event.what for event in reception.events.all()]


def test_the_deputy_on_duty_opens_the_day_and_is_there_from_then_on(today, deputy):
    services.open_session(reception=today, actor=deputy.user)

    assert today.state == today.State.OPEN
    assert today.turns.get().present_at is not None
    assert events_of(today) == ["开始接待", "张代表到岗"]


def test_who_opens_second_reads_when_it_was_opened(today, deputy, officer):
    services.open_session(reception=today, actor=deputy.user)

    with pytest.raises(ReceptionError, match=r"接待已于.*开始"):
        services.open_session(reception=today, actor=officer)


def test_nobody_opens_a_day_before_it_has_come(station, officer):
    tomorrow = a_reception(station, days=1)

    with pytest.raises(ReceptionError, match="到当天才能开始接待"):
        services.open_session(reception=tomorrow, actor=officer)


def test_a_day_that_is_over_is_entered_by_the_station_and_not_by_the_deputy(station, deputy, officer):
    yesterday = a_reception(station, days=-1, deputies=[deputy])

    with pytest.raises(ReceptionError, match="请联络站补录"):
        services.open_session(reception=yesterday, actor=deputy.user)
    services.open_session(reception=yesterday, actor=officer)
    services.check_in(reception=yesterday, deputy=deputy, actor=officer)

    assert events_of(yesterday) == ["补录接待", "张代表到岗"]
    assert yesterday.turns.get().present_at == yesterday.starts_at


def test_a_deputy_who_is_not_on_duty_has_no_part_in_the_day(station, today):
    user = UserFactory()
    grant(user, Role.DEPUTY)
    a_deputy("李代表", user=user, station=station)

    with pytest.raises(ReceptionError, match="不在这次接待的轮值表上"):
        services.open_session(reception=today, actor=user)


def test_a_cancelled_day_is_not_opened(today, officer):
    today.cancelled_at = today.starts_at
    today.save()

    with pytest.raises(ReceptionError, match="取消"):
        services.open_session(reception=today, actor=officer)


def test_a_deputy_who_came_unplanned_gets_a_turn_that_says_so(station, today, officer):
    services.open_session(reception=today, actor=officer)
    other = a_deputy("李代表", station=station)

    services.check_in(reception=today, deputy=other, actor=officer)
    services.check_in(reception=today, deputy=other, actor=officer)

    turn = today.turns.get(deputy=other)
    assert (turn.planned, turn.present_at is not None) == (False, True)
    assert events_of(today) == ["开始接待", "李代表到岗"]


def test_a_deputy_of_another_station_cannot_be_checked_in(today, officer):
    services.open_session(reception=today, actor=officer)
    stranger = a_deputy("王代表", station=StationFactory())

    with pytest.raises(ReceptionError, match="不是本站的在任代表"):
        services.check_in(reception=today, deputy=stranger, actor=officer)


def test_a_presence_by_mistake_is_taken_back_but_not_once_there_are_notes(station, today, deputy, officer):
    services.open_session(reception=today, actor=deputy.user)
    other = a_deputy("李代表", station=station)
    services.check_in(reception=today, deputy=other, actor=officer)

    services.check_out(reception=today, deputy=other, actor=officer)
    a_note(today, officer, deputy=deputy)
    with pytest.raises(ReceptionError, match="张代表已有接待记录"):
        services.check_out(reception=today, deputy=deputy, actor=officer)

    assert [turn.deputy.name for turn in today.turns.all()] == ["张代表"]


def test_closing_names_the_notes_that_still_need_handling(today, officer):
    services.open_session(reception=today, actor=officer)
    a_note(today, officer, topic="路灯不亮")
    a_note(today, officer, topic="问低保条件", outcome=Note.Outcome.ANSWERED, answer="当场说明。")

    with pytest.raises(ReceptionError, match="第1号“路灯不亮”需要办理，还没有转为群众意见"):
        services.close_session(reception=today, remarks="", actor=officer)

    today.refresh_from_db()
    assert today.closed_at is None


def test_closing_stops_the_clock_of_the_summary(station, today, deputy, officer):
    services.open_session(reception=today, actor=deputy.user)
    today.summary_clock = supervision.start(
        duty=Duty.SUM_UP, station=station, owner_station=station, title="接待日 小结", link="/desk/"
    )
    today.save()
    petition_of(note=a_note(today, officer, deputy=deputy), actor=deputy.user)

    services.close_session(reception=today, remarks="天气好，来的人多。", actor=officer)

    assert today.state == today.State.CLOSED
    assert today.summary_clock.is_stopped
    assert (today.closed_by, today.remarks) == (officer, "天气好，来的人多。")


def test_the_summary_is_the_stations_to_make(today, deputy):
    services.open_session(reception=today, actor=deputy.user)

    with pytest.raises(ReceptionError, match="小结由联络站形成"):
        services.close_session(reception=today, remarks="", actor=deputy.user)


def test_after_the_summary_nothing_changes_any_more(today, deputy, officer):
    services.open_session(reception=today, actor=officer)
    services.close_session(reception=today, remarks="", actor=officer)

    with pytest.raises(ReceptionError, match=r"已于.*小结，不再改动"):
        services.check_in(reception=today, deputy=deputy, actor=officer)
    with pytest.raises(ReceptionError, match="小结"):
        services.close_session(reception=today, remarks="", actor=officer)


def test_the_hours_of_a_late_opening_are_told_as_they_were(today, officer):
    at = today.starts_at + dt.timedelta(minutes=3)

    services.open_session(reception=today, actor=officer, at=at)

    assert today.opened_at == at
