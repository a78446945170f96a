"""Who is on duty: fair turns, turns by hand, substitutes."""

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Leave, Role
from deputies import services
from deputies.errors import ReceptionError
from deputies.models import Absence, Deputy, Mandate, Membership, Reception, Turn
from notices.models import Message
from tests.deputies.office import a_day, an_office, moment, on_duty, planned, said_of
from tests.factories import StationFactory, a_deputy, a_user
from workdays.rhythm import Rhythm

pytestmark = pytest.mark.django_db

NOW = moment("2026-09-01 10:00")


@pytest.fixture
def office():
    return an_office()


def fill(office, days, at=NOW):
    return services.fill(receptions=days, actor=office.officer, at=at)


def away(deputy, first, last) -> Absence:
    return deputy.absences.create(starts_on=dt.date.fromisoformat(first), ends_on=dt.date.fromisoformat(last))


def told(user) -> list[str]:
    return list(Message.objects.filter(recipient=user, status="queued").order_by("pk").values_list("title", flat=True))


# Fair turns


def test_a_quarter_is_staffed_in_fair_turns_that_mix_the_levels(office):
    days = planned(office)

    fill(office, days)

    turns = Counter(name for day in days for name in on_duty(day))
    assert max(turns.values()) - min(turns.values()) <= 1
    levels = [{turn.deputy.mandates.get().level for turn in day.turns.all()} for day in days]
    assert all(len(mixed) == 2 for mixed in levels)
    assert said_of(days[0])[-1] == f"按轮值安排：{'、'.join(on_duty(days[0]))}。"


def test_filling_again_changes_nothing(office):
    days = planned(office)
    fill(office, days)

    assert fill(office, days) == []
    assert Turn.objects.count() == 2 * len(days)


def test_nobody_is_put_on_duty_on_leave_or_out_of_office_or_out_of_the_group(office):
    # given one who told the station, one whose account is on leave, one whose mandate ends, one who leaves the group
    one, two, three, four = office.deputies
    away(one, "2026-10-01", "2026-11-15")
    Leave.objects.create(
        user=two.user, substitute=four.user, starts_on=dt.date(2026, 11, 1), ends_on=dt.date(2026, 11, 30)
    )
    three.mandates.update(ends_on=dt.date(2026, 11, 10))
    four.memberships.update(ends_on=dt.date(2026, 12, 10))
    days = planned(office)

    # when the quarter is staffed
    fill(office, days)

    # then nobody stands where they cannot be, and what stays empty is said
    for day in days:
        names = on_duty(day)
        assert not (day.date <= dt.date(2026, 11, 15) and one.name in names)
        assert not (day.date.month == 11 and two.name in names)
        assert not (day.date > dt.date(2026, 11, 10) and three.name in names)
        assert not (day.date > dt.date(2026, 12, 10) and four.name in names)
    [short] = [day for day in days if len(on_duty(day)) == 1]
    assert short.date == dt.date(2026, 11, 13)
    assert services.conflicts(days)[short.pk] == ["只排了1名代表，应有2名。"]


def test_only_the_group_that_the_plan_names_takes_turns(office):
    first = office.deputies[0]
    first.memberships.update(group="第一小组")
    days = planned(office, group="第一小组", per_day=1)

    fill(office, days)

    assert {name for day in days for name in on_duty(day)} == {first.name}


def test_nobody_is_on_duty_at_two_stations_at_one_hour(office):
    # given a deputy of two stations
    other = StationFactory(name="李村联络站")
    both = office.deputies[0]
    both.memberships.create(station=other, starts_on=dt.date(2021, 1, 1))
    here = a_day(office, "2026-12-03", per_day=4)
    assert both.name in on_duty(here)

    # when the other station fills a day at the same hour
    there = Reception.objects.create(
        station=other, date=here.date, starts=dt.time(10), ends=dt.time(12), place="村委会"
    )
    services.fill(receptions=[there], actor=office.officer, at=NOW)

    # then its only deputy is not to be had, and by hand neither
    assert on_duty(there) == []
    with pytest.raises(ReceptionError, match="同一时段已在南大郭联络站轮值"):
        services.set_turns(reception=there, deputies=[both], actor=office.officer, at=NOW)


def test_those_who_came_count_and_those_who_were_only_planned_do_not(office):
    # given a day at which the fourth came instead of both who were planned
    held = a_day(office, "2026-11-03", at="2026-10-20 10:00")
    planned_names = on_duty(held)
    came = next(deputy for deputy in reversed(office.deputies) if deputy.name not in planned_names)
    held.turns.create(deputy=came, planned=False, present_at=moment("2026-11-03 09:00"))
    Reception.objects.filter(pk=held.pk).update(opened_at=timezone.now(), closed_at=timezone.now())

    # when the next day is staffed
    next_day = a_day(office, "2026-11-10", at="2026-11-04 10:00", per_day=3)

    # then it is the turn of everybody else
    assert came.name not in on_duty(next_day)


def test_days_that_are_over_begun_or_cancelled_are_left_alone(office):
    days = planned(office, at="2026-11-02 10:00")[:3]
    Reception.objects.filter(pk=days[1].pk).update(opened_at=timezone.now())
    Reception.objects.filter(pk=days[2].pk).update(cancelled_at=timezone.now())

    assert fill(office, days, at=moment("2026-11-04 10:00")) == []


def test_whoever_is_on_a_roster_stays_on_it(office):
    day = a_day(office, staffed=False)
    last = office.deputies[-1]
    services.set_turns(reception=day, deputies=[last], actor=office.officer, at=NOW)

    fill(office, [day])

    assert on_duty(day)[0] == last.name
    assert len(on_duty(day)) == 2


def test_a_day_added_later_is_staffed_with_the_turns_to_come_in_mind(office):
    days = planned(office)
    fill(office, days)
    before = Counter(name for day in days for name in on_duty(day))

    extra = a_day(office, "2026-09-15", at="2026-09-01 11:00", per_day=4 if len(set(before.values())) == 1 else 1)

    after = before + Counter(on_duty(extra))
    assert max(after.values()) - min(after.values()) <= 1


def test_a_year_of_120_deputies_is_filled_with_few_queries(office, django_assert_max_num_queries):
    # given a weekly plan, and 120 deputies with leave and turns elsewhere
    deputies = Deputy.objects.bulk_create(
        Deputy(code=f"many-{number:03}", name=f"代表{number:03}") for number in range(116)
    )
    Mandate.objects.bulk_create(
        Mandate(
            deputy=deputy,
            level=number % 5 + 1,
            constituency="第二选区",
            term="第十届",
            starts_on=dt.date(2021, 1, 1),
        )
        for number, deputy in enumerate(deputies)
    )
    Membership.objects.bulk_create(
        Membership(station=office.station, deputy=deputy, starts_on=dt.date(2021, 1, 1)) for deputy in deputies
    )
    Absence.objects.bulk_create(
        Absence(deputy=deputy, starts_on=dt.date(2026, number % 12 + 1, 1), ends_on=dt.date(2026, number % 12 + 1, 20))
        for number, deputy in enumerate(deputies)
    )
    days = planned(
        office,
        at="2026-01-01 08:00",
        starts_on=dt.date(2026, 1, 1),
        rhythm=Rhythm.WEEKDAY,
        days=[1, 4],
        per_day=3,
    )

    with django_assert_max_num_queries(14):
        turns = fill(office, days, at=moment("2026-01-01 09:00"))

    assert len(turns) == 3 * len(days)
    counts = Counter(turn.deputy_id for turn in turns)
    assert max(counts.values()) - min(counts.values()) <= 1


# Turns by hand


def test_a_roster_by_hand_is_kept_in_its_order_and_recorded(office):
    day = a_day(office)
    one, _two, three, _four = office.deputies

    services.set_turns(reception=day, deputies=[three, one], actor=office.head, at=NOW)

    assert set(on_duty(day)) == {"柴代表", "安代表"}
    assert said_of(day)[-1] == "轮值表改为：柴代表、安代表。"
    assert day.events.last().actor == office.head


def test_setting_the_same_roster_again_leaves_no_trace(office):
    day = a_day(office)
    deputies = [turn.deputy for turn in day.turns.all()]
    before = said_of(day)

    services.set_turns(reception=day, deputies=deputies, actor=office.officer, at=NOW)

    assert said_of(day) == before


def test_by_hand_nobody_is_put_on_duty_who_cannot_be_there(office):
    day = a_day(office, staffed=False)
    one, two, three, four = office.deputies
    away(one, "2026-12-01", "2026-12-05")
    two.mandates.update(ends_on=dt.date(2026, 10, 31))
    three.mandates.update(status=Mandate.Status.SUSPENDED)
    four.memberships.all().delete()

    with pytest.raises(ReceptionError) as refusal:
        services.set_turns(reception=day, deputies=office.deputies, actor=office.officer, at=NOW)

    assert str(refusal.value) == (
        "安代表2026年12月1日至2026年12月5日请假，不能排在这一天。"
        "白代表代表资格已于2026年10月31日终止，不能排在这一天。"
        "柴代表暂停执行代表职务，不能排在这一天。"
        "丁代表当天不在本站编组，不能排在这一天。"
    )
    assert on_duty(day) == []


def test_deputies_of_a_published_day_are_told_when_its_roster_changes(office):
    one, two, three, _four = office.deputies
    day = a_day(office, staffed=False)
    services.set_turns(reception=day, deputies=[one, two], actor=office.officer, at=NOW)
    assert told(one.user) == []
    services.publish(reception=day, actor=office.officer, at=NOW)

    services.set_turns(reception=day, deputies=[one, three], actor=office.officer, at=NOW)

    assert told(one.user) == ["请您轮值：南大郭联络站12月3日接待日"]
    assert told(two.user)[-1] == "您不再轮值：南大郭联络站12月3日接待日"
    assert told(three.user) == ["请您轮值：南大郭联络站12月3日接待日"]


# Substitutes


def test_a_substitute_takes_the_turn_with_the_reason(office):
    one, two, three, _four = office.deputies
    day = a_day(office, staffed=False)
    services.set_turns(reception=day, deputies=[one, two], actor=office.officer, at=NOW)

    turn = services.replace(reception=day, deputy=one, by=three, why="外出开会", actor=office.officer, at=NOW)

    assert (turn.deputy, turn.replaces, turn.why) == (three, one, "外出开会")
    assert set(on_duty(day)) == {"白代表", "柴代表"}
    assert said_of(day)[-1] == "安代表由柴代表代替：外出开会"


def test_without_a_name_it_is_whoever_is_next(office):
    one, two, three, _four = office.deputies
    day = a_day(office, staffed=False)
    services.set_turns(reception=day, deputies=[one, two], actor=office.officer, at=NOW)
    expected = services.next_in_turn(reception=day, instead_of=one)

    turn = services.replace(reception=day, deputy=one, why="生病", actor=office.officer, at=NOW)

    # 柴代表 is of the township, as 安代表 was, so that the levels stay mixed.
    assert turn.deputy == expected == three


def test_replacing_somebody_who_has_been_replaced_says_by_whom(office):
    day = a_day(office)
    first = day.turns.first().deputy
    turn = services.replace(reception=day, deputy=first, why="生病", actor=office.officer, at=NOW)

    with pytest.raises(ReceptionError, match=f"{first.name}已由{turn.deputy.name}代替"):
        services.replace(reception=day, deputy=first, why="生病", actor=office.head, at=NOW)


def test_a_substitute_has_to_be_free_and_one_has_to_be_there(office):
    one, two, three, four = office.deputies
    day = a_day(office, staffed=False)
    services.set_turns(reception=day, deputies=[one, two], actor=office.officer, at=NOW)
    away(three, "2026-12-03", "2026-12-03")

    with pytest.raises(ReceptionError, match="已经在轮值表上"):
        services.replace(reception=day, deputy=one, by=two, why="生病", actor=office.officer, at=NOW)
    with pytest.raises(ReceptionError, match="柴代表2026年12月3日请假"):
        services.replace(reception=day, deputy=one, by=three, why="生病", actor=office.officer, at=NOW)
    away(four, "2026-12-03", "2026-12-03")
    with pytest.raises(ReceptionError, match="没有其他代表"):
        services.replace(reception=day, deputy=one, why="生病", actor=office.officer, at=NOW)


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [("cancelled_at", "取消"), ("opened_at", "接待已经开始"), ("closed_at", "形成小结")],
)
def test_a_day_that_moved_on_says_so(office, fact, sentence):
    day = a_day(office)
    deputy = day.turns.first().deputy
    Reception.objects.filter(pk=day.pk).update(**{fact: NOW})

    with pytest.raises(ReceptionError, match=sentence):
        services.replace(reception=day, deputy=deputy, why="生病", actor=office.officer, at=NOW)


def test_a_day_that_is_over_keeps_its_roster(office):
    day = a_day(office)

    with pytest.raises(ReceptionError, match="2026年12月3日的接待日已经过去"):
        services.set_turns(reception=day, deputies=office.deputies, actor=office.officer, at=moment("2026-12-04 08:00"))


# At once


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_replace_the_same_deputy_at_once_put_one_substitute_on():
    office = an_office()
    day = a_day(office)
    first = day.turns.first().deputy

    def take_over(_number):
        try:
            services.replace(reception=day, deputy=first, why="生病", actor=office.officer, at=NOW)
        except ReceptionError as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return "replaced"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take_over, range(2)))

    assert answers[0] == "replaced"
    assert "代替" in answers[1]
    assert day.turns.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_stations_that_share_their_only_deputies_never_give_one_hour_twice():
    office = an_office(deputies=2)
    other = StationFactory(name="李村联络站")
    for deputy in office.deputies:
        deputy.memberships.create(station=other, starts_on=dt.date(2021, 1, 1))
    here = a_day(office, staffed=False)
    there = Reception.objects.create(station=other, date=here.date, starts=here.starts, ends=here.ends, place="村委会")

    def staff(day):
        try:
            fill(office, [day])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(staff, [here, there]))

    assert Turn.objects.count() == 2
    assert Turn.objects.values("deputy").distinct().count() == 2


def test_a_deputy_without_an_account_takes_turns_like_others(office):
    a_deputy("高代表", station=office.station)
    day = a_day(office, per_day=5, is_published=True)

    assert "高代表" in on_duty(day)
    assert a_user(Role.DEPUTY).notices.count() == 0
