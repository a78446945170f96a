"""A case's page on the desk: what it shows to whom, and that everything that may be done now can be done from it."""

import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role, ViewLog
from petitions.forms.desk import FORMS
from petitions.lifecycle import TABLE
from petitions.models import Event, Petition, Photo, Proposer, Status
from petitions.permissions import NEIGHBOUR, RESIDENT, SYSTEM
from stations.models import Organ
from supervision.services import sweep as press_on
from tests.petitions.story import FACTS, REPORTER, Story, moment
from tests.petitions.test_lifecycle import dissatisfied_three_times, ready_for

# What an organ accepts at the desk is pressed on the note's page; suggestions, meetings and groups have pages of their own.
ELSEWHERE = ("accept_on_spot", "raise_suggestion", "ask_meeting", "register_promise", "group", "ungroup")
STAFF_ACTIONS = [
    action
    for action, row in TABLE.items()
    if row.sources and set(row.actors) - {RESIDENT, NEIGHBOUR, SYSTEM} and action not in ELSEWHERE
]


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


def offered(page):
    """The actions that a page offers, each with its target's key."""
    text = page.content.decode()
    forms = re.findall(r'action="/desk/petitions/[\w-]+/(\w+)/" novalidate>(.*?)</form>', text, re.DOTALL)
    found = set()
    for action, body in forms:
        target = re.search(r'name="target" value="(\d+)"', body)
        found.add((action, target.group(1) if target else ""))
    return found - {("identity", "")}


def typed(action, story):
    """What a person types for an action, from what the action's service would be given."""
    facts = {"reply": "draft_reply"}.get(action, action)
    fields = {}
    for name, value in FACTS.get(facts, lambda story: {})(story).items():
        if isinstance(value, bool):
            fields[name] = "yes" if value else "no"
        elif isinstance(value, Organ):
            fields[name] = str(value.pk)
        else:
            fields[name] = value.number if isinstance(value, Petition) else str(value)
    return fields | ({"severity": "0"} if action == "accept" else {})


def press(browser, story, action, target=None, **fields):
    address = reverse("petitions:act", args=[story.petition.number, action])
    return browser.post(address, fields | ({"target": target.pk} if target is not None else {}))


@pytest.mark.parametrize("action", STAFF_ACTIONS)
def test_every_action_of_staff_has_a_form_and_an_address(action):
    assert action in FORMS
    assert reverse("petitions:act", args=["XD-20261102-00001", action])


@pytest.mark.parametrize("status", Status.values)
def test_the_page_offers_what_may_be_done_now_and_nothing_else(status, brought_to, office, at_desk):
    story = brought_to(status, consent_publish=True)
    if status == Status.HANDLING:
        story.take("add_organ")
        story.take("ask_return", by=Role.CLERK)
        story.take("press", target=story.target("press"))

    for role in Role.values:
        page = at_desk(role).get(story.petition.get_absolute_url())
        allowed = {
            (action, str(target.pk) if target is not None else "")
            for action, position, target in story.choices()
            if position == role and action in FORMS and of_this_person(target, story, role)
        }
        visible = Petition.objects.visible_to(getattr(office, role)).filter(pk=story.petition.pk).exists()
        assert page.status_code == (200 if visible else 404)
        assert offered(page) == (allowed if visible else set()), role


def of_this_person(target, story, role):
    """Clerks and leaders of the other organ have pages of their own."""
    return story.user(role, target) == getattr(story.office, role)


@pytest.mark.parametrize("action", STAFF_ACTIONS)
def test_every_action_can_be_taken_from_the_page(action, brought_to, at_desk, office):
    story = ready_for(action, office, brought_to)
    target = story.target(action)
    user = story.user(story._usual(action, target), target)
    fields = typed(action, story)

    answer = press(at_desk(user), story, action, target, **fields)

    assert answer.status_code == 302, answer.content.decode()
    assert story.petition.events.filter(action=action, actor=user).exists()


def test_the_first_likely_action_stands_open_and_the_others_are_folded(case, at_desk):
    page = at_desk("head").get(case.petition.get_absolute_url()).content.decode()

    assert re.findall(r'<details class="action[^"]*" id="(\w+)" open>', page) == ["accept"]


def test_of_two_officers_at_once_the_second_is_told_who_did_what_and_keeps_what_was_typed(case, at_desk):
    case.take("accept", by=Role.HEAD)

    answer = press(at_desk("officer"), case, "ask_info", question="请说明是哪几盏灯，在谁家门口。")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "主席" in page
    assert "受理" in page
    assert "请说明是哪几盏灯，在谁家门口。" in page
    case.petition.refresh_from_db()
    assert case.petition.status == Status.ACCEPTED


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(case, at_desk):
    answer = press(at_desk("head"), case, "refuse", right_channel="县民政局")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>有错误：" in page
    assert "请选择一项。" in page
    assert "县民政局" in page
    assert Event.objects.filter(action="refuse").count() == 0


def test_a_text_that_is_too_long_is_refused_and_not_cut(case, at_desk):
    answer = press(at_desk("head"), case, "ask_info", question="问" * 2001)

    assert answer.status_code == 422
    assert "最多2000字，您写了2001字" in answer.content.decode()


def test_a_refusal_without_a_channel_of_its_own_names_the_usual_one(case, at_desk):
    press(at_desk("head"), case, "refuse", reason="court", text="此事正在法院审理。")

    case.petition.refresh_from_db()
    assert "人民法院" in case.petition.right_channel


def test_a_promise_needs_a_day_that_is_still_to_come(brought_to, at_desk):
    story = brought_to(Status.HANDLING)
    fields = {"text": "正在更换。", "outcome": "in_progress", "promise": "更换路灯", "promised_on": "2026-11-03"}

    answer = press(at_desk("leader"), story, "draft_reply", story.target("draft_reply"), **fields)

    assert answer.status_code == 422
    assert "请填写今天以后的日期" in answer.content.decode()


def test_a_case_cannot_be_merged_into_one_that_nobody_knows(case, at_desk):
    answer = press(at_desk("officer"), case, "merge", into="XD-20260101-99999")

    assert answer.status_code == 422
    assert "没有找到编号为XD-20260101-99999的意见" in answer.content.decode()


def test_a_target_of_another_case_is_not_found(brought_to, office, at_desk):
    mine, others = brought_to(Status.HANDLING), brought_to(Status.HANDLING)

    answer = press(at_desk("clerk"), mine, "sign_in", others.target("sign_in"))

    assert answer.status_code == 404


@pytest.mark.parametrize("action", ["rate", "withdraw", "submit", "hand_on", "nonsense"])
def test_what_is_not_an_action_of_staff_is_not_found(case, at_desk, action):
    assert press(at_desk("head"), case, action).status_code == 404


def test_an_organs_people_do_not_find_a_case_that_was_not_handed_to_them(case, at_desk):
    for name in ("clerk", "stranger", "admin"):
        assert at_desk(name).get(case.petition.get_absolute_url()).status_code == 404


def test_a_clerk_whose_part_went_to_another_organ_is_led_to_the_list(brought_to, office, at_desk):
    story = brought_to(Status.HANDLING)
    story.take("ask_return", by=Role.CLERK)
    target = story.target("decide_return")

    press(at_desk("head"), story, "decide_return", target, grant="yes", to=office.other_organ.pk)

    assert at_desk("clerk").get(story.petition.get_absolute_url()).status_code == 404
    assert at_desk("other_clerk").get(story.petition.get_absolute_url()).status_code == 200


# Identity


def reveal(browser, story, reason):
    return browser.post(reverse("petitions:reveal", args=[story.petition.number]), {"reason": reason})


def test_the_identity_stands_only_in_the_answer_to_a_reason_and_the_look_is_logged(case, office, at_desk):
    browser = at_desk("officer")
    before = browser.get(case.petition.get_absolute_url()).content.decode()

    answer = reveal(browser, case, "电话核实位置")
    after = browser.get(case.petition.get_absolute_url()).content.decode()

    assert REPORTER["name"] in answer.content.decode()
    assert REPORTER["phone"] in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert REPORTER["name"] not in before + after
    assert REPORTER["phone"] not in before + after
    log = ViewLog.objects.get()
    assert (log.user, log.number, log.reason) == (office.officer, case.petition.number, "电话核实位置")
    assert "电话核实位置" in after


def test_without_a_reason_no_identity_is_shown(case, at_desk):
    answer = reveal(at_desk("officer"), case, "  ")

    assert answer.status_code == 422
    assert "<title>有错误：" in answer.content.decode()
    assert REPORTER["name"] not in answer.content.decode()
    assert ViewLog.objects.count() == 0


@pytest.mark.parametrize("name", ["clerk", "leader", "viewer", "deputy"])
def test_who_has_no_need_to_know_is_not_asked_for_a_reason_and_gets_nothing(brought_to, at_desk, name):
    story = brought_to(Status.HANDLING)
    browser = at_desk(name)

    page = browser.get(story.petition.get_absolute_url()).content.decode()
    answer = reveal(browser, story, "想知道是谁")

    assert "查看身份" not in page
    assert answer.status_code == 409
    assert REPORTER["name"] not in answer.content.decode()


def test_the_handling_organ_of_a_case_named_to_it_may_look(brought_to, at_desk):
    story = brought_to(Status.HANDLING, secrecy=Petition.Secrecy.NAMED)

    assert REPORTER["phone"] in reveal(at_desk("clerk"), story, "联系反映人看现场").content.decode()


@pytest.mark.parametrize("form", ["identity", "accept", "nonsense"])
def test_following_a_link_to_a_form_leads_to_the_case_and_does_nothing(case, at_desk, form):
    address = case.petition.get_absolute_url()

    assert at_desk("officer").get(f"{address}{form}/").url == address
    assert ViewLog.objects.count() == 0
    assert case.petition.events.count() == 1


def test_who_looked_is_shown_to_the_stations_side_only(brought_to, at_desk):
    story = brought_to(Status.HANDLING)
    reveal(at_desk("officer"), story, "电话核实位置")

    assert "电话核实位置" in at_desk("head").get(story.petition.get_absolute_url()).content.decode()
    for name in ("clerk", "viewer", "deputy"):
        assert "电话核实位置" not in at_desk(name).get(story.petition.get_absolute_url()).content.decode()


# What stands on the page


def test_the_page_says_who_holds_the_case_and_until_when(brought_to, at_desk):
    story = brought_to(Status.HANDLING)

    page = at_desk("head").get(story.petition.get_absolute_url()).content.decode()

    assert "信都区水务局" in page
    assert "2026年11月16日到期" in page


def test_the_ledger_of_supervision_stands_apart_with_paper_and_acknowledgement(brought_to, at_desk):
    story = brought_to(Status.HANDLING)
    story.take("press", note="请抓紧办理。")
    story.take("acknowledge", by=Role.LEADER, text="已安排专人。")

    page = at_desk("head").get(story.petition.get_absolute_url()).content.decode()

    ledger = page[page.index('id="ledger"') :]
    assert "督办单" in ledger
    assert "已安排专人。" in ledger


def test_a_rung_that_was_passed_over_is_told_as_such(brought_to, at_desk):
    story = brought_to(Status.HANDLING)
    with time_machine.travel("2026-11-25T10:00:00+08:00"):
        press_on(at=moment("2026-11-25 10:00"))
        page = at_desk("head").get(story.petition.get_absolute_url()).content.decode()

    assert "越过，未发" in page


def test_similar_cases_are_shown_to_the_station_while_it_screens(office, case, at_desk):
    Story.begin(office, title="村口路灯又不亮了", body="村口三盏路灯坏了半个月。")

    page = at_desk("officer").get(case.petition.get_absolute_url()).content.decode()

    assert "可能是同一件事" in page
    assert "村口路灯又不亮了" in page


def test_the_words_of_a_resident_cannot_become_markup(office, at_desk):
    story = Story.begin(office, title="<b>粗</b>", body="<script>alert(1)</script>")

    page = at_desk("officer").get(story.petition.get_absolute_url()).content.decode()

    assert "<script>alert" not in page
    assert "<b>粗" not in page


# Queries


def fill(petition, number):
    Event.objects.bulk_create(
        Event(
            petition=petition,
            at=moment("2026-11-02 12:00"),
            action="note_progress",
            actor_label="水务局",
            text=f"第{n}次",
        )
        for n in range(number)
    )
    Photo.objects.bulk_create(
        Photo(petition=petition, file=f"photos/{n}.jpg", width=4, height=3) for n in range(min(number, 6))
    )
    Proposer.objects.bulk_create(
        Proposer(
            petition=petition,
            is_first=False,
            code_hash=f"{petition.pk}-{n}",
            joined_at=moment("2026-11-02 13:00"),
            submission_key=f"00000000-0000-0000-0000-{petition.pk:06}{n:06}",
        )
        for n in range(number)
    )


@pytest.mark.parametrize("name", ["officer", "head", "committee", "clerk", "leader", "viewer", "deputy"])
@pytest.mark.parametrize("secrecy", [Petition.Secrecy.STATION, Petition.Secrecy.NAMED])
def test_a_case_with_a_long_history_takes_no_more_queries_than_a_short_one(
    brought_to, at_desk, name, secrecy, django_assert_max_num_queries
):
    story = brought_to(Status.HANDLING, secrecy=secrecy, deputy=None)
    story.take("add_organ")
    for target in story.targets("assignment"):
        story.take("press", target=target)
    story.take("ask_extension", by=Role.CLERK)
    fill(story.petition, 60)
    browser = at_desk(name)
    browser.get(story.petition.get_absolute_url())

    with django_assert_max_num_queries(10):
        answer = browser.get(story.petition.get_absolute_url())

    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["officer", "head", "committee", "viewer"])
def test_the_last_round_of_a_long_dispute_takes_no_more_queries(
    brought_to, at_desk, name, django_assert_max_num_queries
):
    story = brought_to(Status.RATING)
    dissatisfied_three_times(story)
    fill(story.petition, 60)
    browser = at_desk(name)
    browser.get(story.petition.get_absolute_url())

    with django_assert_max_num_queries(10):
        answer = browser.get(story.petition.get_absolute_url())

    assert "第 3 轮办理" in answer.content.decode()


def test_a_new_case_with_similar_ones_takes_no_more_queries(office, case, at_desk, django_assert_max_num_queries):
    for n in range(60):
        Story.begin(office, title=f"村口路灯不亮{n}")
    browser = at_desk("officer")
    browser.get(case.petition.get_absolute_url())

    with django_assert_max_num_queries(10):
        browser.get(case.petition.get_absolute_url())
