"""What each of the other roles meets on the running portal, and a resident whose phone runs no scripts."""

import os
import re
import subprocess
import sys

import pytest

from liaison.vardir import BASE_DIR
from tests.journeys.steps import act, assert_shown

pytestmark = [pytest.mark.browser, pytest.mark.faults]


def manage(portal, *arguments):
    """Run manage.py beside the running portal, as an operator would in a second window; returns what it printed."""
    local = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=local | {"VAR_DIR": str(portal.var)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def first_number(page):
    return re.search(r"XD-\d{8}-\d{5}", page.locator("main").inner_text()).group()


def test_a_deputy_answers_a_neighbour_on_the_spot(signed_in, axe):
    deputy = signed_in("deputy")
    axe(deputy)
    deputy.goto("/desk/petitions/?status=submitted")
    deputy.goto(f"/desk/petitions/{first_number(deputy)}/")
    axe(deputy)

    act(
        deputy,
        "当场答复",
        fill={"答复群众的话": "我和村里当面说好了，明天上午贴出来。"},
        choose=[("办理结果", "已解决")],
    )

    assert_shown(deputy, "待评价")


def test_the_committee_follows_a_figure_to_exactly_its_cases(signed_in, axe):
    committee = signed_in("committee")
    committee.goto("/desk/dashboard/")
    axe(committee)
    figure = committee.get_by_role("link", name=re.compile(r"^已超期 \d+")).first
    counted = int(figure.inner_text())

    figure.click()

    axe(committee)
    assert_shown(committee, f"共 {counted} 件")
    for page in ("calendar", "ladder", "terms"):
        committee.goto(f"/desk/{page}/")
        axe(committee)


def test_a_leader_looks_at_cases_without_anything_to_press(signed_in, axe):
    viewer = signed_in("viewer")
    viewer.goto("/desk/petitions/")
    axe(viewer)
    viewer.goto(f"/desk/petitions/{first_number(viewer)}/")
    axe(viewer)

    assert_shown(viewer, "现在没有需要您做的事")
    assert viewer.get_by_text("查看身份").count() == 0


def test_an_administrator_sets_up_and_sees_no_case(signed_in, axe):
    admin = signed_in("admin")
    axe(admin)

    admin.goto("/desk/petitions/")

    assert re.search(r"XD-\d{8}-\d{5}", admin.content()) is None
    admin.goto("/admin/")
    assert_shown(admin, "用户")


def test_a_clock_that_runs_out_climbs_the_ladder_before_ones_eyes(portal, signed_in):
    head = signed_in("head")
    head.goto("/desk/petitions/?status=accepted")
    number = first_number(head)
    head.goto(f"/desk/petitions/{number}/")
    before = head.get_by_text("督办单").count()

    manage(portal, "push_clock", number, "--workdays", "12")

    head.reload()
    assert head.get_by_text("督办单").count() > before
    assert_shown(head, "已超期")


def test_a_resident_without_scripts_submits_by_keyboard_and_follows_the_case(visitor):
    page = visitor(java_script_enabled=False)
    page.goto("/petitions/new/?station=NDG-J01")
    page.get_by_label("一句话说是什么事").focus()
    for keys in ("老年活动室的门锁坏了", "Tab", "活动室的门锁坏了一个月，老人们只能在外面晒太阳等人来开门。"):
        page.keyboard.press(keys) if keys == "Tab" else page.keyboard.type(keys)
    page.get_by_label("匿名").check()
    page.get_by_role("button", name="提交", exact=True).last.press("Enter")
    none_of_them, codes = page.get_by_role("button", name="都不是"), page.locator("output.code")
    none_of_them.or_(codes).first.wait_for()
    if none_of_them.count():
        none_of_them.press("Enter")
        codes.first.wait_for()
    number, code = codes.all_inner_texts()

    page.goto("/petitions/track/")
    page.get_by_label("编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/track/{number}/")

    assert_shown(page, "联络站已经收到")
    assert_shown(page, "共 2 个")
