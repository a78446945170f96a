"""A reception day on the desk: its roster, what can be done with it, and what the first page says of such days."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role, ViewLog
from deputies import services
from deputies.models import Absence, Deputy, Mandate, Membership, Reception, Turn
from stations.models import Station
from supervision import services as supervision
from tests.deputies.planning_desk import LIST, as_user, booked_on, filled_in, page_of, plan_page, said, take
from tests.factories import OrganFactory, StationFactory, a_deputy, a_reception, a_user

pytestmark = pytest.mark.usefixtures("tuesday")


def on_roster(day):
    return sorted(turn.deputy.name for turn in day.turns.all())


def test_a_day_shows_roster_levels_turns_and_what_can_be_done(desk, day):
    page = said(desk.get(page_of(day)))

    for word in ("郑代表", "乡镇人大代表", "3 次", "农历十月廿四", "公布接待日", "按轮值安排", "按计划生成"):
        assert word in page
    for action in ("publish", "replace", "set_turns", "move", "cancel"):
        assert f'id="{action}"' in page


def test_a_deputy_who_is_away_is_warned_of_and_replaced_by_rotation(desk, day, deputies):
    away = day.turns.first().deputy
    Absence.objects.create(deputy=away, starts_on=day.date, ends_on=day.date)
    before = said(desk.get(page_of(day)))

    answer = take(desk, day, "replace", deputy=away.pk, by="", why="请假")

    after = said(desk.get(answer.url))
    assert f"{away.name}：2026年12月2日请假" in before
    assert away.name not in on_roster(day)
    assert day.turns.count() == 2
    assert f"代替{away.name}：请假" in re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", after))


def test_a_substitute_can_be_named(desk, day, deputies):
    goes, comes = day.turns.first().deputy, next(one for one in deputies if one.name not in on_roster(day))

    take(desk, day, "replace", deputy=goes.pk, by=comes.pk, why="有会")

    assert comes.name in on_roster(day)


def test_a_roster_is_set_by_hand(desk, day, deputies):
    take(desk, day, "set_turns", deputies=[deputies[3].pk])

    assert on_roster(day) == ["褚代表"]


def test_a_day_is_published_once(desk, day):
    first = take(desk, day, "publish")
    second = take(desk, day, "publish")

    assert first.status_code == 302
    assert second.status_code == 409
    assert "已于2026年11月24日公布" in said(second)


def test_a_published_day_is_moved_and_tells_where_from(desk, day):
    take(desk, day, "publish")

    answer = take(desk, day, "move", date="2026-12-04", starts="14:00", ends="16:30", why="会议室有会")

    page = said(desk.get(answer.url))
    for word in ("2026年12月4日接待日", "原定2026年12月2日", "会议室有会", "14:00–16:30"):
        assert word in page


def test_a_move_that_cannot_be_keeps_what_was_typed(desk, day):
    answer = take(desk, day, "move", date="2026-11-01", starts="14:00", ends="13:00", why="会议室有会")

    page = said(answer)
    assert answer.status_code == 422
    assert "请填写今天或以后的日期。" in page
    assert "结束时间应晚于开始时间。" in page
    assert "会议室有会</textarea>" in page


def test_a_day_is_cancelled_with_its_reason_and_nothing_more_can_be_done(desk, day):
    answer = take(desk, day, "cancel", why="站内停电")

    page = said(desk.get(answer.url))
    assert "2026年11月24日取消：站内停电" in page
    assert 'id="publish"' not in page
    assert take(desk, day, "publish").status_code == 409


def test_a_day_that_passed_unpublished_can_be_struck(client, day, officer):
    with time_machine.travel("2026-12-10T10:00:00+08:00", tick=False):
        desk = as_user(client, officer)
        page = said(desk.get(page_of(day)))
        take(desk, day, "cancel", why="当天没有举行")

    day.refresh_from_db()
    assert 'id="publish"' not in page
    assert day.cancelled_at
    assert day.publish_clock.is_stopped


def test_a_paper_for_a_day_published_late_is_acknowledged_on_its_page(client, day):
    head = a_user(Role.HEAD)
    reminder = supervision.press(day.publish_clock, by=head, note="请立即公布")
    as_user(client, head)
    page = said(client.get(page_of(day)))

    empty = take(client, day, "acknowledge", target=reminder.pk, text="")
    take(client, day, "acknowledge", target=reminder.pk, text="今天公布，已排好轮值。")

    reminder.refresh_from_db()
    after = said(client.get(page_of(day)))
    assert reminder.paper.number in page
    assert empty.status_code == 422
    assert reminder.acknowledged_by == head
    assert "今天公布，已排好轮值。" in after
    assert take(client, day, "acknowledge", target=reminder.pk, text="再来一次").status_code == 404


def test_who_booked_is_opened_for_a_reason_and_logged(desk, day, officer):
    booked = booked_on(day, identity={"name": "孟庆余", "phone": "13900000042"})
    address = reverse("deputies:booking_reveal", args=[booked.number])
    closed = said(desk.get(page_of(day)))

    without = desk.post(address, {"reason": ""})
    opened = desk.post(address, {"reason": "电话确认时间"})

    assert "供暖不热" in closed
    assert "9:20" in closed
    assert "孟庆余" not in closed + said(without)
    assert without.status_code == 422
    assert "孟庆余" in said(opened)
    assert "no-store" in opened["Cache-Control"]
    assert ViewLog.objects.get().reason == "电话确认时间"
    assert "孟庆余" not in said(desk.get(page_of(day)))


def test_nobody_else_opens_who_booked(client, day, deputies):
    booked = booked_on(day, identity={"name": "孟庆余", "phone": "13900000042"})
    address = reverse("deputies:booking_reveal", args=[booked.number])
    own = a_user(Role.DEPUTY)
    Deputy.objects.filter(pk=day.turns.first().deputy_id).update(user=own)
    elsewhere = a_user(Role.OFFICER, StationFactory())

    assert as_user(client, own).post(address, {"reason": "看看"}).status_code == 403
    assert "查看预约人" not in said(client.get(page_of(day)))
    assert as_user(client, elsewhere).post(address, {"reason": "看看"}).status_code == 404
    assert ViewLog.objects.count() == 0


def test_a_day_of_another_station_is_not_there(client, day):
    as_user(client, a_user(Role.OFFICER, StationFactory()))

    assert client.get(page_of(day)).status_code == 404
    assert take(client, day, "cancel", why="x").status_code == 404


def test_a_viewer_reads_a_day_and_changes_nothing(client, day):
    as_user(client, a_user(Role.VIEWER))

    assert "现在可以做的</h2>" not in said(client.get(page_of(day)))
    assert take(client, day, "cancel", why="x").status_code == 403


def test_an_action_that_does_not_exist_is_not_there(desk, day):
    assert take(desk, day, "delete").status_code == 404


# The first page


def test_an_officer_finds_first_what_reception_days_need(desk, station, officer, day, deputies):
    today = a_reception(station, days=0, deputies=deputies[:1])
    a_reception(station, days=-4, deputies=deputies[:1])
    Absence.objects.create(deputy=day.turns.first().deputy, starts_on=day.date, ends_on=day.date)

    page = said(desk.get("/desk/"))

    assert reverse("deputies:session", args=[today.pk]) in page
    assert "接待日待公布" in page
    assert "接待日待小结" in page
    assert "2026年11月20日" in page
    assert "两周内排班有问题" in page
    assert "2026年12月2日请假" in page


def test_a_deputy_on_duty_today_is_led_to_the_desk_at_once(client, station):
    user = a_user(Role.DEPUTY)
    own = a_deputy("魏代表", user=user, station=station)
    today = a_reception(station, days=0, deputies=[own])
    a_reception(station, days=7, deputies=[own])
    as_user(client, user)

    page = said(client.get("/desk/"))

    assert "今天轮到我接待" in page
    assert reverse("deputies:session", args=[today.pk]) in page
    assert "12月1日 9:00" in page


def test_whoever_has_nothing_to_do_with_stations_is_not_led_there(client, station):
    clerk = said(as_user(client, a_user(Role.CLERK)).get("/desk/"))
    officer = said(as_user(client, a_user(Role.OFFICER, station)).get("/desk/"))

    assert LIST not in clerk
    assert f'href="{LIST}"' in officer


# Many


@pytest.fixture
def many(station):
    """Three hundred stations, a hundred and twenty deputies in one of them, days in all of them."""
    stations = [StationFactory.build(region=station.region) for _ in range(299)]
    stations = [station, *Station.objects.bulk_create(stations)]
    people = Deputy.objects.bulk_create(Deputy(code=f"m-{n}", name=f"代表{n}") for n in range(120))
    since = dt.date(2021, 1, 1)
    Mandate.objects.bulk_create(
        Mandate(deputy=one, level=n % 5 + 1, constituency="第一选区", term="第十届", starts_on=since)
        for n, one in enumerate(people)
    )
    Membership.objects.bulk_create(
        Membership(deputy=one, station=station, group=f"第{n % 6 + 1}小组", starts_on=since)
        for n, one in enumerate(people)
    )
    hours = {"starts": dt.time(9), "ends": dt.time(11), "place": "接待室"}
    days = [
        Reception(station=one, date=dt.date(2026, 11, 1) + dt.timedelta(days=7 * week), **hours)
        for one in stations
        for week in range(6)
    ]
    days = Reception.objects.bulk_create(days)
    Turn.objects.bulk_create(
        Turn(reception=day, deputy=people[(n + seat) % 120]) for n, day in enumerate(days) for seat in range(3)
    )
    OrganFactory.create_batch(30)
    return station


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.COMMITTEE])
def test_three_hundred_stations_take_ten_queries_a_page(many, client, role, django_assert_max_num_queries):
    user = a_user(role, many if role == Role.OFFICER else None)
    as_user(client, user)
    day = many.receptions.get(date=dt.date(2026, 11, 29))
    services.publish(reception=day, actor=user)
    booked_on(day)
    market = filled_in(rhythm="market", market_digits=[2, 5, 8], preview="1")
    client.get(LIST)

    for address in (LIST, f"{LIST}?past=1", f"{LIST}?station={many.code}&state=planned", page_of(day), plan_page(many)):
        with django_assert_max_num_queries(10):
            assert client.get(address).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.post(plan_page(many), market).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(reverse("deputies:plan_where")).status_code in (200, 302)
    with django_assert_max_num_queries(10):
        assert client.get("/desk/").status_code == 200


def test_a_day_that_was_begun_without_being_published_waits_for_its_summary_as_well(client, day, officer):
    with time_machine.travel("2026-12-02T09:10:00+08:00", tick=False):
        services.open_session(reception=day, actor=officer)

    with time_machine.travel("2026-12-03T10:00:00+08:00", tick=False):
        client.force_login(officer)
        page = client.get(reverse("portal:desk"))

    groups = {group.key: group.days for group in page.context["days"].groups}
    assert groups["sum-up"] == [day]
    assert day not in groups["publish"]
    assert day.publish_clock.is_stopped


def test_an_address_with_a_key_that_cannot_be_finds_no_day(desk, day):
    assert desk.get(reverse("deputies:desk_receptions"), {"plan": "9" * 30}).status_code == 422
    assert desk.post(reverse("deputies:receptions_publish"), {"day": "9" * 30}).status_code == 302
