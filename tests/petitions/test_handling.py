"""Hand-over and what organs do."""

import datetime as dt

import pytest

from accounts.models import Grant, Role
from notices.models import Message
from notices.services import deliver
from petitions import services
from petitions.errors import ActionError
from petitions.models import Assignment, Petition, Reply, Status
from supervision.models import Duty, Term
from supervision.services import sweep as press_on
from tests.petitions.story import moment


@pytest.fixture
def handed(brought_to):
    """A case handed over to one organ on Monday, 2 November 2026."""
    return brought_to(Status.HANDLING)


@pytest.fixture
def answer_clock(handed):
    return lambda: handed.clocks.get(duty=Duty.ANSWER)


def test_each_organ_gets_its_own_clocks_from_the_hour_of_dispatch(case, office):
    case.take("accept", nature="complex")

    case.take("hand_over", co_organs=[office.other_organ, office.other_organ, office.organ])

    lead, other = case.targets("assignment")
    assert (lead.organ, lead.is_lead) == (office.organ, True)
    assert (other.organ, other.is_lead) == (office.other_organ, False)
    for assignment in (lead, other):
        assert assignment.answer_clock.length == 22
        assert assignment.answer_clock.started_at == case.at
        assert str(assignment.sign_in_clock.due_on) == "2026-11-04"
    assert case.petition.events.get(action="hand_over").text == "主办：信都区水务局。协办：信都区住建局。"
    assert case.petition.stage_clock is None


def test_assigning_and_signing_in_never_touch_a_due_date(handed, answer_clock):
    due_on = answer_clock().due_on

    handed.take("add_organ", at=moment("2026-11-03 10:00"))
    handed.take("sign_in", at=moment("2026-11-04 10:00"))
    handed.take("note_progress", at=moment("2026-11-05 10:00"))

    clock = handed.target("note_progress").answer_clock
    assert (clock.due_on, clock.original_due_on) == (due_on, due_on)
    assert not handed.running.filter(duty=Duty.SIGN_IN, owner_organ=handed.office.organ).exists()


def test_an_organ_is_not_added_twice(handed, office):
    with pytest.raises(ActionError, match="已经在办理此件"):
        handed.take("add_organ", organ=office.organ)


def test_a_returned_case_keeps_its_clock_running_until_the_assigner_decides(handed, answer_clock):
    before = answer_clock()

    handed.take("ask_return", at=moment("2026-11-03 10:00"))
    handed.take("decide_return", grant=False, at=moment("2026-11-06 10:00"))

    after = answer_clock()
    assert (after.due_on, after.started_at, after.is_paused) == (before.due_on, before.started_at, False)
    assert handed.petition.status == Status.HANDLING
    with pytest.raises(ActionError, match="已申请过退回"):
        handed.take("ask_return")


def test_asked_too_late_a_return_is_refused(handed):
    with pytest.raises(ActionError, match="已过申请退回的期限"):
        handed.take("ask_return", at=moment("2026-11-10 09:00"))

    handed.take("ask_return", at=moment("2026-11-09 17:00"))


def test_granted_a_return_ends_the_organs_clocks_and_the_case_is_handed_over_anew(handed):
    handed.take("ask_return")

    handed.take("decide_return")

    assert handed.petition.status == Status.ACCEPTED
    assert handed.running.get().duty == Duty.HAND_OVER
    assert handed.targets("assignment")[0].state == Assignment.State.RETURNED


def test_granted_with_another_organ_the_case_goes_there_at_once(handed, office):
    handed.take("ask_return")

    handed.take("decide_return", to=office.other_organ)

    current = Assignment.objects.current().get(round__petition=handed.petition)
    assert handed.petition.status == Status.HANDLING
    assert (current.organ, current.is_lead) == (office.other_organ, True)
    assert set(handed.running.values_list("owner_organ__name", flat=True)) == {"信都区住建局"}


def test_granted_a_return_cannot_hand_the_case_to_the_same_organ_with_a_new_term(handed, office):
    handed.take("ask_return")
    due = set(handed.running.values_list("pk", "due_on"))

    with pytest.raises(ActionError, match="刚退回此件"):
        handed.take("decide_return", to=office.organ)

    assert set(handed.running.values_list("pk", "due_on")) == due


def test_a_case_is_returned_twice_a_round_at_most(handed, office):
    for _time in range(2):
        handed.take("ask_return", target=handed.target("ask_return"))
        handed.take("decide_return")
        handed.take("hand_over")

    with pytest.raises(ActionError, match="已退回过两次"):
        handed.take("ask_return", target=Assignment.objects.open().get())


def test_when_the_last_open_part_is_returned_the_case_goes_to_review(handed, office):
    handed.take("add_organ")
    handed.take("reply")
    handed.take("ask_return", target=Assignment.objects.open().get())

    handed.take("decide_return", target=Assignment.objects.open().get())

    assert handed.petition.status == Status.REVIEWING


def test_a_granted_extension_moves_the_due_date_and_the_resident_is_told(handed, answer_clock):
    handed.take("ask_extension", at=moment("2026-11-10 10:00"))

    handed.take("decide_extension", at=moment("2026-11-11 10:00"))

    clock = answer_clock()
    assert (str(clock.original_due_on), str(clock.due_on)) == ("2026-11-16", "2026-11-23")
    told = Message.objects.get(outside_key=handed.proposer.identity.outside_key, title__contains="答复期限延长")
    assert told.body == "信都区水务局的答复期限延长5个工作日。"
    assert handed.petition.events.get(action="decide_extension").public


def test_a_refused_extension_leaves_the_due_date_and_stays_inside(handed, answer_clock):
    handed.take("ask_extension")

    handed.take("decide_extension", grant=False)

    assert str(answer_clock().due_on) == "2026-11-16"
    assert not handed.petition.events.get(action="decide_extension").public
    with pytest.raises(ActionError, match="只能申请一次延期"):
        handed.take("ask_extension")


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (1, True), (10, True), (11, False)])
def test_an_extension_keeps_within_the_offices_term(handed, days, allowed):
    if allowed:
        handed.take("ask_extension", days=days)
    else:
        with pytest.raises(ActionError, match="延期为1至10个工作日"):
            handed.take("ask_extension", days=days)


def test_the_longest_extension_is_what_the_office_has_set(handed):
    Term.objects.filter(duty=Duty.EXTENSION).update(length=3)

    with pytest.raises(ActionError, match="延期为1至3个工作日"):
        handed.take("ask_extension", days=4)


def test_an_extension_asked_in_time_may_be_granted_after_the_due_date(handed):
    handed.take("ask_extension", at=moment("2026-11-16 17:00"))

    handed.take("decide_extension", at=moment("2026-11-17 09:00"))

    assert handed.target("note_progress").answer_clock.due_on > moment("2026-11-16 17:00").date()


def test_after_the_due_date_no_extension_is_asked(handed):
    with pytest.raises(ActionError, match="已过答复期限"):
        handed.take("ask_extension", at=moment("2026-11-17 09:00"))


def test_a_clerks_reply_waits_for_the_leaders_signature(handed):
    handed.take("draft_reply", by=Role.CLERK)
    assert handed.petition.status == Status.HANDLING
    with pytest.raises(ActionError, match="已有一份答复在签发"):
        handed.take("draft_reply", by=Role.CLERK)

    handed.take("reject_draft")
    handed.take("draft_reply", by=Role.CLERK, text="11月6日更换。")
    handed.take("sign_off")

    assert handed.petition.status == Status.REVIEWING
    assert list(Reply.objects.values_list("state", "text")) == [
        ("sent_back", "路灯已更换。"),
        ("signed", "11月6日更换。"),
    ]


def test_a_reply_without_signing_in_signs_in(handed):
    handed.take("reply")

    assert handed.targets("assignment")[0].signed_in_at == handed.at
    assert not handed.running.filter(duty=Duty.SIGN_IN).exists()


def test_an_organ_without_a_leader_replies_all_the_same(handed, office):
    Grant.objects.filter(role=Role.LEADER, organ=office.organ).delete()

    handed.take("draft_reply", by=Role.CLERK)

    assert handed.petition.status == Status.REVIEWING


def test_review_begins_when_every_organ_has_replied(handed, office):
    handed.take("add_organ")
    lead, other = handed.targets("assignment")

    handed.take("reply", target=lead)
    assert handed.petition.status == Status.HANDLING
    handed.take("draft_reply", by=office.other_leader, target=other)

    assert handed.petition.status == Status.REVIEWING
    assert handed.running.get(paused_on=None).duty == Duty.REVIEW


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"outcome": "planned", "promise": "更换"}, "写明今后完成的日期"),
        ({"outcome": "in_progress", "promise": "更换", "promised_on": dt.date(2026, 11, 2)}, "写明今后完成的日期"),
        ({"outcome": "planned", "promised_on": dt.date(2026, 12, 1)}, "写明承诺办成什么"),
    ],
)
def test_a_promise_says_what_and_until_when(handed, facts, sentence):
    with pytest.raises(ActionError, match=sentence):
        handed.take("reply", **facts)


def test_days_of_review_are_not_the_organs_and_a_reply_sent_back_gets_no_new_term(handed, answer_clock):
    handed.take("reply", at=moment("2026-11-12 10:00"))
    assert answer_clock().is_paused

    handed.take("send_back", at=moment("2026-11-17 10:00"))

    clock = answer_clock()
    assert str(clock.due_on) == "2026-11-19"
    assert (clock.length, clock.is_paused) == (10, False)
    assert handed.petition.status == Status.HANDLING
    assert handed.petition.stage_clock is None


def test_a_notice_queued_for_a_clock_that_has_since_stopped_is_not_sent(handed, office):
    press_on(at=moment("2026-11-17 00:10"))
    queued = Message.objects.filter(topic__startswith="clock:", status=Message.Status.QUEUED)
    assert queued.filter(recipient=office.clerk).exists()

    handed.take("reply", at=moment("2026-11-17 00:20"))
    deliver(at=moment("2026-11-17 09:00"))

    about = Message.objects.filter(topic=f"clock:{handed.clocks.get(duty=Duty.ANSWER).pk}")
    assert set(about.values_list("status", flat=True)) == {"withdrawn"}


def test_a_paper_issued_by_hand_is_acknowledged_by_the_organ_and_stands_in_the_case(handed, office):
    handed.take("press")
    reminder = handed.target("acknowledge")

    with pytest.raises(ActionError, match="没有权限"):
        handed.take("acknowledge", by=office.head)
    handed.take("acknowledge", by=office.leader)

    events = handed.petition.events
    assert f"向信都区水务局发出督办单{reminder.paper.number}。" == events.get(action="press").text
    assert "已安排。" in events.get(action="acknowledge").text
    with pytest.raises(ActionError, match="已有回执"):
        handed.take("acknowledge")


def test_an_organ_learns_of_a_case_by_its_assignment_and_loses_it_by_its_return(handed, office):
    assert Petition.objects.visible_to(office.clerk).filter(pk=handed.petition.pk).exists()

    handed.take("ask_return")
    handed.take("decide_return")

    assert not Petition.objects.visible_to(office.clerk).exists()
    with pytest.raises(ActionError):
        services.sign_in(petition=handed.petition, actor=office.clerk, assignment=handed.targets("assignment")[0])
