"""The calendar page, and who changes what on it."""

import re
from datetime import date

import pytest
import time_machine

from accounts.models import Role
from tests.factories import UserFactory, a_user, load_years
from workdays import services
from workdays.models import CalendarChange, Day, Year

pytestmark = pytest.mark.django_db

PAGE = "/desk/calendar/"
NOTICE = "2027-01-01 休 元旦\n2027-02-05 休 春节\n\n2027年2月7日 班 春节调休\n"
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-24 10:00 +0800", tick=False):
        yield


@pytest.fixture
def committee(client):
    user = a_user(Role.COMMITTEE, name="王敏")
    client.force_login(user)
    return user


@pytest.fixture
def officer(client):
    user = a_user(Role.OFFICER)
    client.force_login(user)
    return user


def confirm(client, page, facts=None):
    """Look at what follows from a change, confirm it, and return the page that it leads to."""
    shown = text_of(client.post(page, facts or {}))
    seal = re.search(r'name="seen" value="(\w+)"', shown).group(1)
    return client.post(page, {**(facts or {}), "seen": seal}, follow=True)


def text_of(answer) -> str:
    return answer.content.decode()


def test_this_years_calendar_shows_rest_days_and_make_up_days_in_words(client, officer):
    load_years()

    page = text_of(client.get(PAGE))

    assert "2026年工作日历" in page
    assert page.count('<table class="month">') == 12
    makeup = '<td class="day-makeup"><time datetime="2026-10-10">10</time><small>班</small>'
    rest = '<td class="day-holiday"><time datetime="2026-10-01">1</time><small>休</small>'
    assert makeup in page
    assert rest in page
    assert 'aria-current="date"><time datetime="2026-11-24">' in page
    assert "国务院办公厅关于2026年部分节假日安排的通知" in page


def test_everybody_at_a_desk_reads_and_only_the_committee_and_administrators_change(client, officer):
    page = text_of(client.get(PAGE))

    assert f'href="{PAGE}day/"' not in page
    for place in ("day/", "year/", "hours/"):
        answer = client.get(f"{PAGE}{place}")
        assert answer.status_code == 403
        assert "工作日历只由代工委和管理员修改" in text_of(answer)
    assert client.post(f"{PAGE}year/2026/load/").status_code == 403
    assert client.post(f"{PAGE}day/2026-10-01/remove/").status_code == 403
    client.force_login(a_user(Role.ADMIN))
    assert client.get(f"{PAGE}day/").status_code == 200


def test_the_calendar_is_not_for_visitors_nor_for_people_without_a_grant(client):
    assert client.get(f"{PAGE}?year=2026").url == "/accounts/login/?next=/desk/calendar/%3Fyear%3D2026"

    client.force_login(UserFactory())
    assert client.get(PAGE).status_code == 403


def test_the_days_of_one_holiday_stand_together(client, officer):
    load_years()

    page = text_of(client.get(PAGE))

    assert "2月15日 星期日至2月23日 星期一" in page
    assert "9 天" in page


def test_a_banner_says_that_next_year_is_provisional_until_it_is_loaded(client, officer):
    load_years()
    assert "2027年的放假安排还没有载入" in text_of(client.get(PAGE))

    services.record_year(year=2027, source=SOURCE, days=[(date(2027, 1, 1), False, "元旦")], by_name="王敏")

    assert "2027年的放假安排还没有载入" not in text_of(client.get(PAGE))


def test_a_year_without_notice_shows_the_fixed_holidays_as_provisional(client, officer):
    load_years()

    page = text_of(client.get(f"{PAGE}?year=2027"))

    assert "2027年的安排是暂定的" in page
    assert 'class="day-holiday day-provisional"><time datetime="2027-10-01">' in page
    assert "从系统自带资料载入" not in page


@pytest.mark.parametrize("year", ["", "abc", "1", "99999", "２０２７", "-1"])
def test_a_year_that_makes_no_sense_shows_this_year(client, officer, year):
    assert "2026年工作日历" in text_of(client.get(PAGE, {"year": year}))


def test_an_empty_year_says_what_would_fill_it(client, officer):
    assert "这一年没有设定节假日和调休" in text_of(client.get(PAGE))


def test_a_day_is_set_changed_and_removed(client, committee):
    facts = {"date": "2026-12-07", "kind": "休", "name": "暴雪停工", "source": "市政府通知〔2026〕9号"}

    answer = confirm(client, f"{PAGE}day/", facts)
    assert "未办结事项的期限会在几分钟内按新日历重新计算" in text_of(answer)
    assert not services.load_calendar().is_workday(date(2026, 12, 7))
    form = text_of(client.get(f"{PAGE}day/?date=2026-12-07"))
    assert 'value="暴雪停工"' in form
    assert f'action="{PAGE}day/2026-12-07/remove/"' in form
    confirm(client, f"{PAGE}day/", {**facts, "name": "大雪停工"})
    assert Day.objects.get().name == "大雪停工"
    confirm(client, f"{PAGE}day/2026-12-07/remove/")
    assert services.load_calendar().is_workday(date(2026, 12, 7))

    page = text_of(client.get(PAGE))
    assert "2026年12月7日 恢复为按星期计算" in page
    assert set(CalendarChange.objects.values_list("by_name", flat=True)) == {"王敏"}


def test_removing_a_day_twice_says_so_and_changes_nothing(client, committee):
    answer = client.post(f"{PAGE}day/2026-12-07/remove/", follow=True)

    assert "2026年12月7日 不是特殊日期" in text_of(answer)
    assert client.post(f"{PAGE}day/2026-02-31/remove/").status_code == 404


def test_a_year_is_entered_by_hand_from_its_notice(client, committee):
    confirm(client, f"{PAGE}year/", {"year": 2027, "source": SOURCE, "days": NOTICE})

    calendar = services.load_calendar()
    assert Year.objects.get().source == SOURCE
    assert calendar.why_rest(date(2027, 2, 5)) == "春节"
    assert calendar.is_workday(date(2027, 2, 7))
    assert Day.objects.count() == 3


def test_every_wrong_line_of_a_notice_is_named_and_nothing_is_stored(client, committee):
    lines = [
        "2027-01-01 休 元旦",
        "春节放假",
        "2027-02-30 休 春节",
        "2026-10-01 休 国庆节",
        "2027-05-01 放 劳动节",
        "2027-02-08 班 春节",
        "2027/1/1 休 元旦",
        f"2027-10-01 休 {'长' * 41}",
    ]

    page = text_of(client.post(f"{PAGE}year/", {"year": 2027, "source": SOURCE, "days": "\n".join(lines)}))

    for sentence in (
        "第 2 行：看不懂“春节放假”，应写成“2027-02-05 休 春节”。",
        "第 3 行：没有“2027-02-30”这一天。",
        "第 4 行：2026-10-01 不在2027年。",
        "第 5 行：“放”应写成“休”或“班”。",
        "第 6 行：2027-02-08 是周一，本来就上班，不必写“班”。",
        "第 7 行：与第 1 行是同一天。",
        "第 8 行：名称超过 40 个字。",
    ):
        assert sentence in page
    assert "春节放假" in page
    assert not Day.objects.exists()
    assert not Year.objects.exists()


def test_a_year_that_the_portal_brings_along_is_loaded_at_a_press(client, committee):
    assert "从系统自带资料载入" in text_of(client.get(PAGE))

    confirm(client, f"{PAGE}year/2026/load/")
    unknown = client.post(f"{PAGE}year/2027/load/", follow=True)

    assert list(Year.objects.values_list("year", flat=True)) == [2026]
    assert "没有2027年的放假安排" in text_of(unknown)


def test_office_hours_are_changed_and_must_make_sense(client, committee):
    refused = text_of(client.post(f"{PAGE}hours/", {"opens": "17:30", "closes": "08:30"}))
    confirm(client, f"{PAGE}hours/", {"opens": "09:00", "closes": "17:00"})

    assert "下班时间必须晚于上班时间" in refused
    assert "工作日 09:00 至 17:00" in text_of(client.get(PAGE))


def test_looking_at_the_pages_changes_nothing(client, committee):
    for place in ("", "day/", "day/?date=2026-10-01", "day/?date=rubbish", "year/", "year/?year=rubbish", "hours/"):
        assert client.get(f"{PAGE}{place}").status_code == 200

    assert client.get(f"{PAGE}year/2026/load/").status_code == 405
    assert client.get(f"{PAGE}day/2026-10-01/remove/").status_code == 405
    assert not CalendarChange.objects.exists()


def test_the_page_takes_ten_queries_at_most_whatever_was_changed(client, committee, django_assert_max_num_queries):
    load_years()
    for day in range(1, 25):
        services.set_day(date=date(2026, 3, day), is_workday=True, name="突击", source="通知", by_name="王敏")

    with django_assert_max_num_queries(10):
        client.get(PAGE)
