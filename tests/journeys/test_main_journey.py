"""One case from a resident's phone to the archive, by everybody who has a part in it, on the real running portal."""

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from tests.journeys.steps import act, assert_shown

pytestmark = [pytest.mark.browser, pytest.mark.faults]

WATER, TRAFFIC = "信都区供水服务中心", "信都区交通运输局"
TITLE = "建设路东头三盏路灯下面的水管一直漏水"
DONE = "承诺兑现后办结"


@pytest.fixture
def photo():
    """A picture as a phone takes it."""
    file = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(file, "JPEG")
    return {"name": "漏水.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def test_a_case_goes_from_a_phone_to_the_archive(visitor, signed_in, photo, axe):
    resident = visitor()
    number, code = submit(resident, photo, axe)
    officer, head = signed_in("officer"), signed_in("head")
    water, water_leader = signed_in("clerk"), signed_in("leader")
    traffic, traffic_leader = signed_in("clerk2"), signed_in("leader2")
    staff = (officer, head, water, water_leader, traffic, traffic_leader)
    case = f"/desk/petitions/{number}/"

    def at_case(page):
        page.goto(case)
        axe(page)
        return page

    # The officer screens and accepts, the chair hands over to two organs.
    officer.goto("/desk/")
    axe(officer)
    act(at_case(officer), "受理", choose=[("性质", "一般类")])
    act(at_case(head), "交办", pick={"主办单位": WATER}, check=[TRAFFIC])
    assert_shown(head, "办理中")

    # One organ asks for more time, which moves its date and nobody else's.
    act(at_case(water), "签收")
    act(at_case(water), "申请延期", fill={"延长几个工作日": "5", "理由": "需要停水开挖，等待备件到货。"})
    due_before = head_reads_due(at_case(head), WATER)
    act(head, "决定延期申请", choose=[("决定", "同意延期")])
    assert head_reads_due(at_case(head), WATER) > due_before

    # Both reply, one with a promise; each leader signs; the chair passes it on.
    promised_on = (timezone.localdate() + timedelta(days=40)).isoformat()
    reply(at_case(traffic), "路面下沉处已围挡，开挖占道手续当天办结。", "已解决")
    act(at_case(traffic_leader), "签发答复")
    reply(
        at_case(water),
        "漏点已经找到，先装了抱箍，主管要换新管。",
        "正在解决",
        fill={"承诺办成什么": "更换建设路东头主管60米", "承诺完成日期": promised_on},
    )
    act(at_case(water_leader), "签发答复")
    act(at_case(head), "审核通过并告知群众", button="通过并告知群众")
    assert_shown(head, "待评价")

    # The resident is not satisfied: a second round by itself, with the same organs.
    track(resident, number, code, axe)
    assert_shown(resident, "更换建设路东头主管60米")
    rate(resident, "不满意", "抱箍装了三天又漏了，路上还是结冰。")
    axe(resident)
    act(at_case(traffic), "签收")
    reply(traffic, "已在结冰路段撒盐，并安排专人巡查。", "已解决")
    act(at_case(traffic_leader), "签发答复")
    reply(at_case(water), "抱箍已换成加长型，三天复查没有再漏。", "已解决")
    act(at_case(water_leader), "签发答复")
    act(at_case(head), "审核通过并告知群众", button="通过并告知群众")

    # Satisfied now, but the promise is still open: the case is tracked until it is kept and somebody has looked.
    track(resident, number, code, axe)
    rate(resident, "满意", "")
    assert_shown(at_case(head), "跟踪办理")
    act(at_case(water), "报告承诺兑现", fill={"兑现情况": "新管60米已经换完，路面恢复。"})
    act(
        at_case(officer),
        "核实承诺",
        choose=[("核实结果", "已经兑现")],
        fill={"核实情况": "到现场看过，换了新管，没有漏水。"},
    )
    assert_shown(at_case(head), "办结")
    track(resident, number, code, axe)
    assert_shown(resident, "已经办结")

    # Nobody else's screen ever held who it was; the worker has carried the resident's mail meanwhile.
    for page in staff:
        page.goto(case)
        assert "席云峰" not in page.content()
        assert "19900000077" not in page.content()
    head.goto("/desk/mailbox/")
    axe(head)
    assert head.get_by_text(f"{number} 已收到您反映的情况").count() > 0


def submit(page, photo, axe):
    """Submit with a photo, from the home page to the receipt; returns number and query code."""
    page.goto("/")
    axe(page)
    page.goto("/petitions/new/?station=NDG-J01")
    axe(page)
    page.get_by_label("一句话说是什么事").fill(TITLE)
    page.get_by_label("具体情况").fill("路灯下面的井边一直往外冒水，早上结一层冰，已经摔了两个人。希望尽快修好。")
    page.get_by_label("添加照片").set_input_files(photo)
    page.get_by_label("您的姓名").fill("席云峰")
    page.get_by_label("联系电话").fill("１９９００００００７７")
    page.locator("summary", has_text="再留住址或电子邮箱").click()
    page.get_by_label("电子邮箱").fill("resident@example.invalid")
    page.get_by_role("button", name="提交", exact=True).click()
    if page.get_by_role("button", name="都不是").count():
        axe(page)
        page.get_by_role("button", name="都不是").click()
    page.wait_for_url(re.compile("/receipt/"))
    axe(page)
    number, code = page.locator("output.code").all_inner_texts()
    return number, code


def track(page, number, code, axe):
    page.goto("/petitions/track/")
    axe(page)
    page.get_by_label("编号").fill(number.lower())
    page.get_by_label("查询码").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="查询").click()
    page.wait_for_url(re.compile(f"/track/{number}/"))
    axe(page)


def rate(page, result, text):
    act(
        page,
        "评价",
        choose=[("办理的态度和过程", "基本满意"), ("办理的结果", result)],
        fill={"想说的话": text},
        button="提交评价",
    )


def reply(page, text, outcome, fill=None):
    act(page, "拟写答复", choose=[("办理结果", outcome)], fill={"答复内容": text} | (fill or {}))


def head_reads_due(page, organ):
    """The date until which an organ has to answer, as the case's page says it."""
    clock = page.locator(".clock", has_text=organ).filter(has_text="答复").filter(has_text="到期").first
    year, month, day = re.search(r"(\d{4})年(\d+)月(\d+)日到期", clock.inner_text()).groups()
    return f"{year}-{int(month):02}-{int(day):02}"
