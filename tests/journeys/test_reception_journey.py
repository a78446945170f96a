"""A reception day from the plan of its quarter to the deputy's duty record, in real browsers, the days moved along."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.models import Role
from deputies.models import Mandate, Note, Reception
from petitions.models import Petition
from tests.conftest import DESKTOP, PHONE
from tests.factories import PASSWORD, StationFactory, UserFactory, a_deputy, a_region, grant, load_years
from workdays.services import load_calendar

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BEIJING = dt.timezone(dt.timedelta(hours=8))
LEVELS = [Mandate.Level.NATIONAL, Mandate.Level.CITY, Mandate.Level.COUNTY, Mandate.Level.TOWNSHIP]


class Office:
    """A station with an officer and eight deputies of four levels, each with an account."""

    def __init__(self):
        load_years()
        self.station = StationFactory(name="南大郭镇代表联络站", region=a_region())
        self.officer = UserFactory(username="lianluoyuan", name="联络员")
        grant(self.officer, Role.OFFICER, self.station)
        grant(UserFactory(name="主席"), Role.HEAD, a_region())
        self.deputies = [self._deputy(place) for place in range(8)]

    def _deputy(self, place):
        user = UserFactory(username=f"daibiao{place}", name=f"代表{place}")
        grant(user, Role.DEPUTY)
        deputy = a_deputy(user.name, user=user, station=self.station)
        deputy.mandates.update(level=LEVELS[place % len(LEVELS)])
        return deputy


@pytest.fixture
def office(transactional_db):
    return Office()


@pytest.fixture
def signed_in(open_page):
    def signed_in(user, viewport):
        page = open_page(viewport)
        page.goto("/accounts/login/")
        page.get_by_label("登录名").fill(user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(re.compile("/desk/"))
        return page

    return signed_in


def test_a_quarter_of_market_days_is_planned_staffed_published_held_and_remembered(
    office, open_page, signed_in, axe, time_machine
):
    time_machine.move_to(dt.datetime(2026, 9, 14, 10, tzinfo=BEIJING))
    officer = signed_in(office.officer, DESKTOP)
    days = plan_the_quarter(officer, office, axe)
    assert_days_keep_the_calendar(days)
    assert_turns_are_fair(days, office)
    publish_all(officer, axe)

    day = next(day for day in days if day.date >= dt.date(2026, 10, 8))
    deputy = day.turns.first().deputy
    number, code = book(open_page(PHONE), office, day, axe)

    time_machine.move_to(dt.datetime.combine(day.date, dt.time(9, 2), BEIJING))
    desk = signed_in(deputy.user, PHONE)
    record_three_visitors(desk, day, deputy, axe)
    assert Note.objects.filter(reception=day).count() == 3
    made = [make_a_case(desk, day, topic, axe) for topic in ("村北水渠堵了", "公交末班太早")]

    time_machine.move_to(dt.datetime.combine(day.date, dt.time(11, 40), BEIJING))
    sum_up(signed_in(office.officer, DESKTOP), day, axe)
    read_the_duty_record(desk, deputy, day, axe)
    follow(open_page(PHONE), *made[0], axe)
    assert_over(open_page(PHONE), number, code)


def plan_the_quarter(page, office, axe):
    page.goto(f"/desk/receptions/plan/{office.station.code}/")
    axe(page)
    page.get_by_label("2026年第四季度", exact=True).check()
    page.get_by_label("逢集（农历逢几）").check()
    for digit in "二五八":
        page.get_by_label(f"逢{digit}", exact=True).check()
    page.get_by_label("地点").fill("代表接待室")
    page.get_by_role("button", name="预览").click()
    preview = page.locator("#preview")
    preview.get_by_text("农历逢二、五、八").wait_for()
    axe(page)
    assert preview.get_by_text("10月2日（国庆节）并入10月8日").count() == 1, preview.inner_text()
    assert not Reception.objects.exists(), "nothing is saved by looking"
    page.get_by_role("button", name="保存计划").click()
    page.get_by_text("代表接待室").first.wait_for()
    axe(page)
    return list(Reception.objects.filter(station=office.station).order_by("date"))


def assert_days_keep_the_calendar(days):
    calendar = load_calendar()
    assert len(days) > 20
    assert all(calendar.is_workday(day.date) for day in days)
    assert not any(dt.date(2026, 10, 1) <= day.date <= dt.date(2026, 10, 7) for day in days)
    assert len({day.date for day in days}) == len(days)


def assert_turns_are_fair(days, office):
    turns = [deputy.turns.count() for deputy in office.deputies]
    assert sum(turns) == 2 * len(days)
    assert max(turns) - min(turns) <= 1
    levels = [{turn.deputy.mandates.get().level for turn in day.turns.all()} for day in days]
    assert all(len(both) == 2 for both in levels), "deputies of two levels sit together"


def publish_all(page, axe):
    while Reception.objects.filter(published_at=None).exists():
        page.goto("/desk/receptions/?state=planned")
        page.get_by_role("button", name="全选未公布的").click()
        with page.expect_navigation():
            page.get_by_role("button", name="公布所选").click()
        axe(page)
    assert not Reception.objects.filter(publish_clock__stopped_at=None).exists(), "each duty to publish is done"


def book(page, office, day, axe):
    """A resident finds the day on the station's page and books its first slot."""
    page.goto(office.station.get_absolute_url())
    axe(page)
    page.goto(f"/receptions/{day.pk}/book/")
    axe(page)
    page.locator("input[name=slot]").first.check()
    page.get_by_label("想反映什么事").fill("路灯不亮")
    page.get_by_label("联系电话").fill("19900000011")
    page.get_by_role("button", name="确认预约").click()
    page.get_by_role("heading", name="预约好了").wait_for()
    axe(page)
    codes = page.locator("output.code")
    return codes.nth(0).inner_text(), codes.nth(1).inner_text()


def record_three_visitors(page, day, deputy, axe):
    page.goto("/desk/")
    axe(page)
    page.goto(f"/desk/receptions/{day.pk}/session/")
    page.get_by_role("button", name="开始接待").click()
    page.get_by_role("button", name=re.compile(rf"{deputy.name}\s*已到")).wait_for()
    axe(page)

    # Who booked comes first; what they want is known, and who they are stays in the vault.
    page.get_by_role("link", name="来了").click()
    write_note(page, "路灯不亮", "门前三盏路灯坏了半个月，晚上不敢出门。", "当场答复", answer="已联系电工，今晚修好。")
    page.get_by_text("已记为第 1 号").wait_for()

    # The network goes away in between, and two more visitors do not wait for it.
    page.context.set_offline(True)
    write_note(page, "村北水渠堵了", "水渠淤了两年，浇不上地。", "需要办理", name="石泉林", phone="19900000012")
    page.get_by_text("等待发送 1 条").wait_for()
    write_note(page, "公交末班太早", "末班车五点就没了，下班回不了家。", "需要办理")
    page.get_by_text("等待发送 2 条").wait_for()
    assert Note.objects.filter(reception=day).count() == 1
    page.context.set_offline(False)
    page.get_by_role("link", name="公交末班太早").wait_for()
    page.get_by_role("link", name="村北水渠堵了").wait_for()
    axe(page)


def write_note(page, topic, words, outcome, *, answer="", name="", phone=""):
    page.get_by_label("什么事").fill(topic)
    page.get_by_label("来访人的原话").fill(words)
    page.get_by_label(outcome, exact=True).check()
    if answer:
        page.get_by_label("当场怎么答复的").fill(answer)
    if name:
        page.get_by_role("textbox", name="姓名").fill(name)
        page.get_by_role("textbox", name="电话").fill(phone)
    page.get_by_role("button", name="保存", exact=True).click()


def make_a_case(page, day, topic, axe):
    page.goto(f"/desk/receptions/{day.pk}/session/")
    note = page.locator("[data-notes] > li", has_text=topic)
    with page.expect_navigation():
        note.get_by_role("button", name=re.compile("转为群众意见")).click()
    axe(page)
    codes = page.locator("output.code")
    number = codes.nth(0).inner_text()
    case = Petition.objects.get(number=number)
    assert (case.channel, case.note.reception_id, case.title) == (Petition.Channel.RECEPTION, day.pk, topic)
    return number, codes.nth(1).inner_text()


def sum_up(page, day, axe):
    page.goto(f"/desk/receptions/{day.pk}/summary/")
    axe(page)
    page.get_by_role("button", name="结束并形成小结").click()
    page.get_by_text("记录不再改动").first.wait_for()
    axe(page)
    assert figure(page, "转为群众意见") == 2
    assert figure(page, "当场答复") == 1
    day.refresh_from_db()
    assert timezone.localtime(day.closed_at).hour == 11
    answer = page.request.get(f"/desk/receptions/{day.pk}/summary.pdf")
    assert answer.body().startswith(b"%PDF")


def figure(page, label):
    tile = page.locator(".figures li", has_text=label).first
    return int(re.search(r"\d+", tile.inner_text()).group())


def read_the_duty_record(page, deputy, day, axe):
    page.goto(f"/desk/duty-records/{deputy.code}/?year=2026")
    axe(page)
    assert (figure(page, "到岗接待"), figure(page, "接待记录"), figure(page, "反映给本人的意见")) == (1, 3, 2)
    page.get_by_role("link", name="村北水渠堵了").first.click()
    axe(page)
    assert "村北水渠堵了" in page.locator("main").inner_text()


def follow(page, number, code, axe):
    """The visitor looks their case up at home with what they were handed on paper."""
    page.goto("/petitions/track/")
    page.get_by_label("编号").fill(number)
    page.get_by_label("查询码").fill(code)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    axe(page)
    assert "村北水渠堵了" in page.locator("main").inner_text()


def assert_over(page, number, code):
    page.goto("/appointments/")
    page.get_by_label("预约编号").fill(number)
    page.get_by_label("查询码").fill(code)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    assert "接待已登记" in page.locator("main").inner_text()
