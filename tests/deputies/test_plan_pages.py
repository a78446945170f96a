"""Planning, staffing and publishing reception days, as officers, heads and deputies find it on the desk."""

import datetime as dt
import html
import re
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, ViewLog
from deputies import services
from deputies.models import Absence, Appointment, Deputy, Mandate, Membership, Plan, Reception, Turn
from stations.models import Station
from supervision import services as supervision
from tests.conftest import PHONE
from tests.factories import OrganFactory, StationFactory, a_deputy, a_reception, a_region, a_user, load_years
from vault.services import keep

LIST = "/desk/receptions/"


def said(response):
    return html.unescape(response.content.decode())


@pytest.fixture(autouse=True)
def office_hours(request):
    """Tuesday, 24 November 2026, 10:00 in Beijing; the calendar of 2027 is not out yet."""
    if "live_server" in request.fixturenames:
        yield
        return
    with time_machine.travel("2026-11-24T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def station(db):
    load_years(2026)
    return StationFactory(name="南大郭镇人大代表之家")


@pytest.fixture
def deputies(station):
    return [a_deputy(name, station=station) for name in ("郑代表", "冯代表", "陈代表", "褚代表")]


@pytest.fixture
def officer(station):
    return a_user(Role.OFFICER, station)


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def as_user(client, user):
    client.force_login(user)
    return client


def filled_in(**facts):
    """A plan as it is typed: every Wednesday of the first quarter, unless told otherwise."""
    return {
        "span": "next_quarter",
        "rhythm": "weekday",
        "weekdays": [3],
        "months": "all",
        "when_rest": "next",
        "starts": "09:00",
        "ends": "11:30",
        "place": "代表接待室",
        "slot_minutes": "20",
        "group": "",
        "per_day": "2",
    } | facts


def plan_page(station):
    return reverse("deputies:plan_new", args=[station.code])


def shown_in(response):
    return re.search(r'name="shown" value="([^"]*)"', response.content.decode()).group(1)


def a_plan(station, officer, deputies, **facts):
    """Days of a plan with their roster: every Wednesday from December on, two deputies a day."""
    plan = Plan(
        station=station,
        made_by=officer,
        **{
            "starts_on": dt.date(2026, 12, 1),
            "ends_on": dt.date(2026, 12, 31),
            "rhythm": "weekday",
            "days": [3],
            "starts": dt.time(9),
            "ends": dt.time(11, 30),
            "place": "代表接待室",
        }
        | facts,
    )
    days = services.save_plan(plan=plan, organs=[], actor=officer)
    services.fill(receptions=days, actor=officer)
    return days


def booked_on(day, *, number="YY-20261202-00001", identity=None):
    """A visit that somebody booked."""
    return Appointment.objects.create(
        number=number,
        reception=day,
        slot=dt.time(9, 20),
        topic="供暖不热",
        people=2,
        code_hash="0" * 64,
        identity=keep(identity),
        booked_at=timezone.now(),
        submission_key=uuid.uuid4(),
    )


# Planning


def test_an_officer_of_one_station_is_led_to_its_plan(desk, station):
    assert desk.get(reverse("deputies:plan_where")).url == plan_page(station)


def test_a_head_of_many_stations_finds_one_by_its_name(client, station):
    Station.objects.bulk_create(StationFactory.build(region=station.region) for _ in range(60))
    as_user(client, a_user(Role.HEAD))

    page = said(client.get(reverse("deputies:plan_where")))
    found = said(client.get(reverse("deputies:plan_where"), {"q": "代表之家"}))

    assert "只列出前面的一部分" in page
    assert plan_page(station) in found
    assert found.count('class="row-item"') == 1


def test_market_days_are_looked_at_before_anything_is_saved(desk, station, deputies):
    a_reception(station, days=9, starts=dt.time(8))

    market = filled_in(span="this_quarter", rhythm="market", market_digits=[2, 5, 8])
    answer = desk.post(plan_page(station), market | {"preview": "1"})

    page = said(answer)
    assert answer.status_code == 200
    assert "农历逢二、五、八" in page
    assert "4 名代表轮值，每次 2 名，每人 5–6 次。" in page
    assert "原11月28日（周六）顺延" not in page  # the moon's 20th is no market day
    assert "原12月6日（周日）顺延" in page
    assert "十月十八" in page
    assert "与本站当天8:00–11:30的接待日时间重叠" in page
    assert Plan.objects.count() == 0


def test_days_of_a_year_without_a_notice_are_shown_as_provisional(desk, station):
    page = said(desk.post(plan_page(station), filled_in(preview="1")))

    assert "暂定" in page
    assert "那一年的放假安排还没有公布" in page


def test_days_that_fall_together_on_the_national_day_are_named(desk, station):
    with time_machine.travel("2026-09-20T10:00:00+08:00", tick=False):
        as_user(desk, a_user(Role.OFFICER, station))
        typed = filled_in(rhythm="market", market_digits=[2, 5, 8], preview="1")
        page = said(desk.post(plan_page(station), typed))

    assert "原10月11日（周日）顺延" in page
    assert "10月2日（国庆节）并入10月8日" in page
    assert "10月5日（国庆节）并入10月8日" in page


def test_a_station_without_deputies_is_warned_before_it_saves(desk, station):
    assert "还没有能轮值的代表" in said(desk.post(plan_page(station), filled_in(preview="1")))

    a_deputy(station=station)
    assert "能轮值的代表比每次要的还少" in said(desk.post(plan_page(station), filled_in(preview="1")))


def test_what_was_previewed_is_saved_with_its_roster(desk, station, deputies):
    organ = OrganFactory()
    typed = filled_in(span="this_quarter", organs=[organ.pk])
    preview = desk.post(plan_page(station), typed | {"preview": "1"})

    answer = desk.post(plan_page(station), typed | {"save": "1", "shown": shown_in(preview)})

    plan = Plan.objects.get()
    days = plan.receptions.all()
    page = said(desk.get(answer.url))
    assert answer.url.startswith(f"{LIST}?plan={plan.pk}")
    assert [day.date.isoweekday() for day in days] == [3] * 6
    assert all(day.turns.count() == 2 and list(day.organs.all()) == [organ] for day in days)
    assert "已保存计划：6个接待日" in page
    assert "2026年12月2日" in page


def test_nothing_is_saved_that_nobody_has_looked_at(desk, station, deputies):
    unseen = desk.post(plan_page(station), filled_in(save="1"))
    preview = desk.post(plan_page(station), filled_in(preview="1"))
    changed = desk.post(plan_page(station), filled_in(weekdays=[4], save="1", shown=shown_in(preview)))

    for answer in (unseen, changed):
        assert "排出来的日子和刚才预览的不一样" in said(answer)
    assert Plan.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"weekdays": []}, "周几：请至少选择一项。"),
        ({"rhythm": "lunar_day"}, "农历几日：请至少选择一项。"),
        ({"rhythm": "nth_weekday"}, "第几个：请至少选择一项。"),
        ({"rhythm": ""}, "按什么节奏：请选择一项。"),
        ({"span": "own", "starts_on": "2026-12-01", "ends_on": ""}, "至：请填写这一项。"),
        ({"span": "own", "starts_on": "2026-12-31", "ends_on": "2026-12-01"}, "至：结束日期不能早于开始日期。"),
        ({"span": "own", "starts_on": "2026-01-01", "ends_on": "2026-03-01"}, "至：这一段已经过去"),
        ({"span": "own", "starts_on": "2026-12-01", "ends_on": "2028-12-01"}, "至：一份计划最长一年"),
        (
            {
                "rhythm": "month_day",
                "month_days": [31],
                "span": "own",
                "starts_on": "2026-12-01",
                "ends_on": "2026-12-20",
            },
            "几号：按这个节奏，这段时间里没有接待日。",
        ),
        ({"ends": "08:00"}, "结束：结束时间应晚于开始时间。"),
        ({"per_day": "11"}, "每次几名代表：每次最多10名代表。"),
        ({"place": ""}, "地点：请填写这一项。"),
        ({"group": "没有的小组"}, "由谁轮值：没有这个小组"),
    ],
)
def test_a_plan_that_cannot_be_is_said_beside_the_field_and_loses_nothing(desk, station, typed, sentence):
    answer = desk.post(plan_page(station), filled_in(scope="供暖和用水", **typed) | {"preview": "1"})

    page = said(answer)
    assert answer.status_code == 422
    assert sentence in re.sub(r"<[^>]+>", "", page)
    assert 'value="供暖和用水"' in page
    assert Plan.objects.count() == 0


def test_a_plan_whose_days_are_all_there_already_says_so(desk, station, officer, deputies):
    a_plan(station, officer, deputies)
    typed = filled_in(span="own", starts_on="2026-12-01", ends_on="2026-12-31")
    preview = desk.post(plan_page(station), typed | {"preview": "1"})

    answer = desk.post(plan_page(station), typed | {"save": "1", "shown": shown_in(preview)})

    assert "划去的 5 天 9:00 已有接待日" in said(preview)
    assert answer.status_code == 422
    assert "没有新的可以生成" in said(answer)
    assert Plan.objects.count() == 1


def test_nobody_plans_for_a_station_that_is_not_theirs(desk, client, station):
    other = StationFactory(region=a_region("130502100"))

    assert desk.get(plan_page(other)).status_code == 404
    for role in (Role.DEPUTY, Role.CLERK, Role.VIEWER):
        assert as_user(client, a_user(role)).get(plan_page(station)).status_code == 403


# The list


def test_days_stand_by_month_with_moon_roster_and_clock(desk, station, officer, deputies):
    a_plan(station, officer, deputies)

    page = said(desk.get(LIST))

    for word in (
        "2026年12月",
        "2026年12月2日",
        "农历十月廿四",
        "9:00–11:30",
        "郑代表",
        "未公布",
        "最迟11月27日公布",
        "快到期",
    ):
        assert word in page


def test_ticked_days_are_published_and_the_others_are_not(desk, station, officer, deputies):
    first, second, *_others = a_plan(station, officer, deputies)

    answer = desk.post("/desk/receptions/publish/", {"day": [first.pk], "kept": "state=planned"})

    first.refresh_from_db()
    second.refresh_from_db()
    assert answer.url == f"{LIST}?state=planned"
    assert first.published_at
    assert second.published_at is None


def test_of_a_day_that_cannot_be_published_it_is_said_why(desk, station, officer):
    day = a_reception(station, days=8, is_published=False)

    page = said(desk.post("/desk/receptions/publish/", {"day": [day.pk]}, follow=True))

    assert "还没有排代表" in page
    assert Reception.objects.get().published_at is None


def test_nobody_publishes_the_days_of_another_station(desk, station):
    other = a_reception(StationFactory(region=a_region("130502100")), is_published=False, deputies=[a_deputy()])

    desk.post("/desk/receptions/publish/", {"day": [other.pk, "x"]})

    other.refresh_from_db()
    assert other.published_at is None


def test_the_list_is_narrowed_by_state_day_and_station(client, station):
    head = a_user(Role.HEAD)
    other = StationFactory(name="别的联络站")
    a_reception(station, days=5)
    a_reception(other, days=9, is_published=False)
    as_user(client, head)

    def dates(**asked):
        return re.findall(r'<time datetime="([\d-]+)"', client.get(LIST, asked).content.decode())

    assert dates() == ["2026-11-29", "2026-12-03"]
    assert dates(state="planned") == ["2026-12-03"]
    assert dates(since="2026-12-01") == ["2026-12-03"]
    assert dates(station=station.code) == ["2026-11-29"]
    assert dates(station="x") == ["2026-11-29", "2026-12-03"]


def test_days_that_are_over_are_found_backwards(desk, station):
    for days in (-3, -40, 3):
        a_reception(station, days=days)

    past = re.findall(r'<time datetime="([\d-]+)"', desk.get(LIST, {"past": "1"}).content.decode())

    assert past == ["2026-11-21", "2026-10-15"]


@pytest.mark.parametrize("direction", [1, -1])
def test_a_long_list_is_turned_leaf_by_leaf_without_losing_a_day(desk, station, direction):
    for number in range(1, 96):
        a_reception(station, days=direction * (number // 2 + 1), starts=dt.time(8, number % 2))
    address, seen = LIST if direction > 0 else f"{LIST}?past=1", []

    for _leaf in range(5):
        page = html.unescape(desk.get(address).content.decode())
        seen += re.findall(r'<th scope="row"><a href="([^"]+)"', page)
        further = re.search(r'rel="next" href="([^"]+)"', page)
        if further is None:
            break
        address = further.group(1)

    assert len(seen) == len(set(seen)) == 95


def test_a_deputy_finds_the_days_of_their_stations_and_their_own_marked(client, station, deputies):
    user = a_user(Role.DEPUTY)
    own = a_deputy("魏代表", user=user, station=station)
    mine = a_reception(station, days=4, deputies=[own])
    a_reception(station, days=11, deputies=deputies[:2])
    a_reception(StationFactory(name="别的联络站"), days=4)
    as_user(client, user)

    page = said(client.get(LIST))
    day_page = said(client.get(mine.get_absolute_url()))

    assert page.count("我的</span>") == 1
    assert "郑代表、冯代表" in page
    assert "别的联络站" not in page
    assert "新建计划" not in page
    assert "checkbox" not in page
    assert "轮到我" in day_page
    assert "现在可以做的</h2>" not in day_page
    assert client.post(f"{LIST}publish/", {"day": [mine.pk]}).status_code == 403
    assert client.post(reverse("deputies:reception_act", args=[mine.pk, "cancel"]), {"why": "x"}).status_code == 403


def test_an_empty_list_says_what_would_fill_it(desk, station):
    assert "还没有安排接待日" in said(desk.get(LIST))
    assert "没有符合条件的接待日" in said(desk.get(LIST, {"state": "open"}))


# A day


@pytest.fixture
def day(station, officer, deputies):
    """Wednesday, 2 December 2026, with two deputies, not published yet."""
    return a_plan(station, officer, deputies)[0]


def page_of(day):
    return reverse("deputies:reception", args=[day.pk])


def take(client, day, action, **typed):
    return client.post(reverse("deputies:reception_act", args=[day.pk, action]), typed)


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


# In a real browser


@pytest.mark.django_db(transaction=True)
def test_the_pages_are_usable_by_everybody_on_a_phone(open_page, axe, live_server):
    page = open_page(PHONE)
    load_years(2026)
    station = StationFactory()
    people = [a_deputy(name, station=station) for name in ("郑代表", "冯代表", "陈代表")]
    officer = a_user(Role.OFFICER, station)
    day = a_plan(station, officer, people, starts_on=timezone.localdate(), ends_on=dt.date(2026, 12, 31))[-1]
    booked_on(day, identity={"name": "孟庆余"})
    page.goto("/accounts/login/")
    page.fill("[name=username]", officer.username)
    page.fill("[name=password]", "lianluo-zhan-2026")
    page.click("main [type=submit]")

    page.goto(plan_page(station))
    page.get_by_label("自己定起止日期").check()
    page.fill("[name=starts_on]", "2027-01-01")
    page.fill("[name=ends_on]", "2027-03-31")
    page.get_by_label("逢集").check()
    assert not page.get_by_label("周三", exact=True).is_visible()
    page.get_by_label("逢五").check()
    page.get_by_role("button", name="预览").click()
    axe(page)
    assert page.get_by_role("heading", name="预览").is_visible()
    page.goto(LIST)
    page.get_by_role("button", name="全选未公布的").click()
    assert page.locator("input[name=day]:not(:checked)").count() == 0
    axe(page)
    page.goto(page_of(day))
    page.get_by_text("手工排班").click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
