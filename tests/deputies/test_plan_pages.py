"""Planning reception days and publishing them, as officers and heads find it on the desk, and the list as deputies do."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from deputies.models import Plan, Reception
from stations.models import Station
from tests.deputies.planning_desk import LIST, a_plan, as_user, filled_in, plan_page, said, shown_in
from tests.factories import OrganFactory, StationFactory, a_deputy, a_reception, a_region, a_user

pytestmark = pytest.mark.usefixtures("tuesday")


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
                "rhythm": "market",
                "market_digits": [2],
                "span": "own",
                "starts_on": "2101-03-01",
                "ends_on": "2101-03-31",
            },
            "至：接待日最远安排到2028年12月31日，请核对年份。",
        ),
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
    assert dates(station="x") == []


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
        page = said(desk.get(address))
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
