"""Supervision to its end, in real browsers, the days moved along: what an inspection found, and what a head promised."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.models import Role
from notices.models import Message
from notices.services import deliver
from papers.models import Paper
from petitions.models import Petition, Status
from petitions.services import sweep as follow_cases
from programmes.models import Activity, Item, Meeting, Programme
from programmes.services import sweep as follow
from supervision.links import make_anew
from supervision.services import sweep as press_on
from tests.conftest import DESKTOP, PHONE
from tests.factories import PASSWORD, OrganFactory, StationFactory, a_deputy, a_region, a_user, load_years
from tests.journeys.steps import act, assert_shown
from tests.petitions.story import Story
from workdays.calendar import BEIJING
from workdays.services import load_calendar

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db):
    """A township with its station and deputies, its county's committee and leader, one organ with accounts and one without."""
    load_years()
    station = StationFactory(name="南大郭镇代表联络站", region=a_region())
    organ = OrganFactory(name="信都区住建局", region=a_region("130503"))
    deputy_user = a_user(Role.DEPUTY, name="郑代表")
    return SimpleNamespace(
        station=station,
        organ=organ,
        small_organ=OrganFactory(name="信都区气象局", region=a_region("130503"), phone="13800000001"),
        other_organ=OrganFactory(name="信都区水务局", region=a_region("130503")),
        deputy_person=a_deputy(user=deputy_user, station=station),
        deputy=deputy_user,
        officer=a_user(Role.OFFICER, station, name="联络员"),
        head=a_user(Role.HEAD, station.region, name="主席"),
        committee=a_user(Role.COMMITTEE, a_region("130503"), name="代工委"),
        viewer=a_user(Role.VIEWER, a_region("130503"), name="领导"),
        clerk=a_user(Role.CLERK, organ, name="经办"),
        leader=a_user(Role.LEADER, organ, name="局长"),
    )


@pytest.fixture
def signed_in(open_page):
    def signed_in(user, viewport=DESKTOP):
        page = open_page(viewport)
        page.goto("/accounts/login/")
        page.get_by_label("登录名").fill(user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(re.compile("/desk/"))
        return page

    return signed_in


@pytest.fixture
def move_to(time_machine):
    """Move the clock to a day and hour of Beijing time, and let every working day in between be swept."""
    now = [None]

    def move_to(text):
        aim = dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)
        while now[0] and now[0].date() < aim.date():
            now[0] = dt.datetime.combine(now[0].date() + dt.timedelta(days=1), dt.time(8, 40), BEIJING)
            if now[0] < aim:
                _sweep_at(time_machine, now[0])
        now[0] = aim
        _sweep_at(time_machine, aim)

    return move_to


def _sweep_at(time_machine, moment):
    time_machine.move_to(moment, tick=False)
    press_on()
    follow_cases()
    follow()
    deliver()
    time_machine.move_to(moment)


def test_what_a_law_inspection_found_is_followed_to_its_end(office, open_page, signed_in, move_to, axe):
    move_to("2026-11-02 09:00")
    head = signed_in(office.head)
    programme = begin_a_programme(head, axe)
    activity = plan_an_inspection(head, office, programme, axe)

    move_to("2026-11-04 14:00")
    head = signed_in(office.head)
    item = {item.title: item for item in record_three_findings(head, office, activity, axe)}
    fixed, contested, late = item["扬尘未覆盖"], item["台账不全"], item["监测点停用"]

    move_to("2026-11-05 10:00")
    head = signed_in(office.head)
    report_and_verify(signed_in(office.clerk, PHONE), head, fixed, axe)
    object_and_settle(signed_in(office.clerk), head, contested, axe)

    move_to("2026-11-18 10:00")
    head = signed_in(office.head)
    order = climbs_to_the_chair(late, office)
    acknowledge_by_link(open_page(PHONE), office, late, order, axe)
    circulate(head, programme, axe)

    move_to("2026-11-19 10:00")
    head = signed_in(office.head)
    report_by_link(open_page(PHONE), office, late, axe)
    head.goto(reverse("programmes:item", args=[late.pk]))
    act(head, "核实销号", fill={"核实情况": "现场看了，数据已经上传。"})
    close(head, programme, axe)

    assert set(Item.objects.values_list("status", flat=True)) == {Item.Status.VERIFIED}
    assert not any(item.clock.next_rung_at for item in Item.objects.select_related("clock"))


def begin_a_programme(head, axe):
    head.goto("/desk/programmes/new/")
    axe(head)
    head.get_by_label("类别").select_option(label="年度监督议题")
    head.get_by_label("名称").fill("大气污染防治执法检查")
    head.get_by_label("年度").fill("2026")
    head.get_by_label("开始日期").fill("2026-11-02")
    head.get_by_label("完成日期").fill("2026-12-31")
    head.locator("main form button[type=submit]").last.click()
    head.wait_for_url(re.compile(r"/desk/programmes/\d+/"))
    axe(head)
    return Programme.objects.get()


def plan_an_inspection(head, office, programme, axe):
    head.goto(f"/desk/activities/new/?programme={programme.pk}")
    axe(head)
    head.get_by_label("类别").select_option(label="执法检查")
    head.get_by_label("名称").fill("大气污染防治法执法检查")
    head.get_by_label("开始时间").fill("2026-11-04T09:00")
    head.get_by_label("结束时间").fill("2026-11-04T11:00")
    head.get_by_label("地点").fill("镇区三处工地")
    head.locator("main form button[type=submit]").first.click()
    head.wait_for_url(re.compile(r"/desk/activities/\d+/$"))
    activity = Activity.objects.get()
    assert activity.programme == programme
    head.goto(reverse("programmes:activity_invite", args=[activity.pk]))
    axe(head)
    for name in ("郑代表", office.organ.name, office.small_organ.name):
        head.get_by_label(name).first.check()
    head.locator("main form button[type=submit]").last.click()
    head.wait_for_url(re.compile(r"/desk/activities/\d+/$"))
    act(head, "发出邀请")
    axe(head)
    return activity


def record_three_findings(head, office, activity, axe):
    head.goto(reverse("programmes:activity_attendance", args=[activity.pk]))
    axe(head)
    for name in ("郑代表", office.organ.name, office.small_organ.name):
        head.locator("section.came", has_text=name).locator("select").select_option(label="到会")
    head.locator("main form button[type=submit]").last.click()
    head.wait_for_url(re.compile(r"/desk/activities/\d+/$"))
    head.goto(reverse("programmes:activity_minutes", args=[activity.pk]))
    axe(head)
    head.get_by_label("活动纪要").fill("看了三处工地和一处监测点，当面指出三个问题。")
    findings = (
        ("扬尘未覆盖", office.organ, "2026-11-13"),
        ("台账不全", office.organ, "2026-11-13"),
        ("监测点停用", office.small_organ, "2026-11-11"),
    )
    for number, (title, organ, due_on) in enumerate(findings, start=1):
        row = head.get_by_role("region", name=f"第 {number} 项")
        row.get_by_label("事项").fill(title)
        row.get_by_label("由谁办").select_option(label=organ.name)
        row.get_by_label("完成期限").fill(due_on)
    head.get_by_role("button", name="形成纪要").click()
    head.wait_for_url(re.compile(r"/desk/activities/\d+/$"))
    axe(head)
    return list(Item.objects.filter(activity=activity))


def report_and_verify(clerk, head, item, axe):
    clerk.goto(reverse("programmes:item", args=[item.pk]))
    axe(clerk)
    act(clerk, "签收")
    act(clerk, "报告整改完成", fill={"完成情况": "三处工地都盖上了防尘网。"})
    head.goto(reverse("programmes:item", args=[item.pk]))
    assert_shown(head, "三处工地都盖上了防尘网。")
    act(head, "核实销号", fill={"核实情况": "三处都看了。"})
    assert_shown(head, "已销号")
    axe(head)


def object_and_settle(clerk, head, item, axe):
    clerk.goto(reverse("programmes:item", args=[item.pk]))
    act(clerk, "提出异议", fill={"异议理由": "台账今年改为电子台账，纸质的不再要求。"})
    head.goto(reverse("programmes:item", args=[item.pk]))
    act(
        head,
        "裁定异议",
        fill={"裁定理由": "电子台账也要补上九月以前的。", "新的期限": "2026-11-20"},
        choose=[("裁定", "异议不成立或部分成立，继续办理")],
    )
    axe(head)
    clerk.reload()
    assert_shown(clerk, "电子台账也要补上九月以前的。")
    act(clerk, "报告整改完成", fill={"完成情况": "九月以前的台账已经补录。"})
    head.reload()
    act(head, "核实销号", fill={"核实情况": "抽查了两个月。"})


def climbs_to_the_chair(item, office):
    """The item fell due on the 11th: order on the 12th, the chair after three working days, all by the sweep alone."""
    item.refresh_from_db()
    reminders = item.clock.reminders.filter(passed_over=False).select_related("paper")
    order = next(each for each in reminders if each.must_acknowledge)
    assert order.paper.number == "南大郭镇人督〔2026〕1号"
    assert any(office.head.name in each.told for each in reminders), [each.told for each in reminders]
    calendar = load_calendar()
    arrived = Message.objects.filter(recipient__isnull=False, sent_at__isnull=False).values_list("sent_at", flat=True)
    assert all(calendar.next_open(at) == at for at in arrived), "nobody of the house is told out of hours"
    return order


def acknowledge_by_link(page, office, item, order, axe):
    _link, token = make_anew(item.clock, by=office.head)
    page.goto(reverse("programmes:by_link", args=[token]))
    axe(page)
    assert_shown(page, office.small_organ.name)
    act(page, "督办回执", fill={"回执内容": "设备返厂检修，18日装回。"}, button=re.compile("."))
    axe(page)
    order.refresh_from_db()
    assert order.acknowledgement == "设备返厂检修，18日装回。"
    assert order.acknowledged_by is None


def circulate(head, programme, axe):
    head.goto(programme.get_absolute_url())
    act(head, "通报超期事项", button="出具通报")
    axe(head)
    circular = Paper.objects.get(kind=Paper.Kind.CIRCULAR)
    assert circular.number == "南大郭镇人通〔2026〕1号"
    assert [row[1] for row in circular.sheet["rows"]] == ["监测点停用"]


def report_by_link(page, office, item, axe):
    _link, token = make_anew(item.clock, by=office.head)
    page.goto(reverse("programmes:by_link", args=[token]))
    act(page, "报告整改完成", fill={"完成情况": "监测点已经恢复，数据正常上传。"})
    axe(page)
    page.goto(reverse("programmes:by_link", args=[token]))
    assert_shown(page, "打不开")


def close(head, programme, axe):
    head.goto(programme.get_absolute_url())
    axe(head)
    act(head, "结束工作", fill={"工作报告": "三个问题全部整改销号。"}, button=re.compile("."))
    programme.refresh_from_db()
    assert programme.closed_at is not None
    head.goto(reverse("programmes:programme_report", args=[programme.pk]))
    axe(head)
    assert_shown(head, "三个问题全部整改销号。")


def test_what_a_head_promised_after_two_dissatisfied_rounds_closes_the_case(office, open_page, signed_in, move_to, axe):
    move_to("2026-11-02 10:00")
    story = Story.brought_to(Status.RATING, office)
    story.take("rate", process="satisfied", result="dissatisfied", text="")
    for action in ("reply", "pass_reply"):
        story.take(action)
    story.take("rate", process="satisfied", result="dissatisfied", text="")
    assert story.petition.current_round == 3

    move_to("2026-11-03 09:00")
    meeting = Meeting.objects.get()
    assert meeting.asked_by is None
    committee = signed_in(office.committee)
    committee.goto("/desk/meetings/")
    axe(committee)
    committee.goto(meeting.get_absolute_url())
    act(committee, "安排约见", fill={"约见时间": "2026-11-06T09:00", "地点": "代表之家会议室"})
    axe(committee)

    move_to("2026-11-06 11:00")
    committee = signed_in(office.committee)
    committee.goto(meeting.get_absolute_url())
    act(
        committee,
        "登记到会",
        fill={"姓名": "局长", "职务": "局长"},
        choose=[("谁到会", "主要负责人")],
    )
    act(
        committee,
        "形成纪要",
        fill={
            "纪要": "局长当面说明了原因，承诺十天内换好路灯。",
            "承诺1：办成什么": "换好村口三盏路灯",
            "承诺1：完成日期": "2026-11-16",
        },
        pick={"承诺1：属于哪件意见": str(story.petition)},
    )
    axe(committee)
    committee.goto(story.petition.get_absolute_url())
    assert committee.get_by_role("link", name=re.compile("约见")).count() > 0, "the case leads to its meeting"
    axe(committee)

    move_to("2026-11-12 10:00")
    organ = office.organ
    leader = signed_in(office.leader, PHONE)
    leader.goto(story.petition.get_absolute_url())
    act(
        leader,
        "拟写答复",
        fill={"答复内容": "三盏路灯已经全部更换。"},
        choose=[("办理结果", "已解决")],
        button=re.compile("."),
    )
    act(leader, "报告承诺兑现", fill={"兑现情况": "三盏路灯都亮了。"})
    axe(leader)
    officer = signed_in(office.officer)
    officer.goto(story.petition.get_absolute_url())
    act(officer, "核实承诺", fill={"核实情况": "晚上去看了，都亮。"}, choose=[("核实结果", "已经兑现")])
    story.at = dt.datetime(2026, 11, 12, 11, tzinfo=BEIJING)
    story.take("pass_reply")
    story.take("rate", process="satisfied", result="satisfied", text="")

    petition = Petition.objects.get(pk=story.petition.pk)
    assert (petition.status, petition.closed_how) == (Status.CLOSED, Petition.ClosedHow.SATISFIED)
    assert organ == meeting.organ
    resident = open_page(PHONE)
    resident.goto("/petitions/track/")
    resident.get_by_label("编号").fill(petition.number)
    resident.get_by_label("查询码").fill(story.code)
    resident.keyboard.press("Enter")
    resident.wait_for_url(f"**/track/{petition.number}/")
    axe(resident)
    assert_shown(resident, "约见")
