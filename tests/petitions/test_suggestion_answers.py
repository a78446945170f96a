"""What organs answer to a suggestion and promise with it, what the deputy says to it, and the second handling."""

import pytest

from petitions import services as cases
from petitions.errors import ActionError
from petitions.models import Suggestion, SuggestionPart
from petitions.suggestion_todo import waiting
from supervision import services as supervision
from supervision.links import link_to
from supervision.models import Clock, Duty
from tests.factories import OrganFactory, load_years
from tests.petitions.story import moment
from tests.petitions.suggesting import Suggesting, an_office_with_a_sponsor

S = Suggestion.Status


@pytest.fixture
def office(db):
    load_years()
    return an_office_with_a_sponsor()


@pytest.fixture
def brought_to(office):
    return lambda status, **facts: Suggesting.brought_to(status, office, **facts)


def test_a_clerks_answer_waits_for_the_leader_and_is_then_the_deputys_to_rate(brought_to, office):
    story = brought_to(S.HANDLING)
    story.take("draft_reply", by="clerk")
    assert story.suggestion.status == S.HANDLING

    story.take("sign_off")

    assert story.suggestion.status == S.ANSWERED
    clock = story.suggestion.stage_clock
    assert (clock.duty, clock.owner_user) == (Duty.RATE_SUGGESTION, office.deputy)
    assert story.part().answer_clock.is_paused


def test_an_answer_without_outcome_or_with_an_undated_promise_is_none(brought_to):
    story = brought_to(S.HANDLING)

    with pytest.raises(ActionError, match="办理结果"):
        story.take("draft_reply", outcome="")
    with pytest.raises(ActionError, match="今后完成的日期"):
        story.take("draft_reply", outcome="planned", promise="更换路灯")


def test_a_co_organ_gives_its_opinion_to_the_lead_and_its_silence_holds_up_no_answer(office):
    story = Suggesting.begin(office)
    story.take("hand_over", co_organs=[office.other_organ])
    story.take("draft_reply", by="other_leader", target=story.part(office.other_organ), outcome="resolved")
    assert story.suggestion.status == S.HANDLING
    assert story.part(office.other_organ).replies.get().outcome == ""
    story.take("draft_reply")

    silent = Suggesting.begin(office)
    silent.take("hand_over", co_organs=[office.other_organ])
    silent.take("draft_reply")

    assert silent.suggestion.status == S.ANSWERED
    assert silent.part(office.other_organ).state == SuggestionPart.State.RECALLED
    assert "信都区住建局" in silent.suggestion.events.get(action="draft_reply").text


def test_an_answer_sent_back_is_given_again_in_what_is_left_of_the_term(brought_to):
    story = brought_to(S.ANSWERED)
    due_on = story.part().answer_clock.due_on

    story.take("send_back", at=moment("2026-11-05 10:00"))

    clock = story.part().answer_clock
    assert story.suggestion.status == S.HANDLING
    assert not clock.is_paused
    assert (clock.due_on - due_on).days == 3
    story.take("draft_reply")
    assert story.suggestion.status == S.ANSWERED


def test_a_promise_that_no_case_takes_up_has_a_clock_of_its_own_until_the_office_has_looked(brought_to, office):
    story = brought_to(S.HANDLING)
    story.promise()
    story.take("rate")
    promise = story.target("report_delivery")

    assert story.suggestion.status == S.CLOSED
    assert (promise.clock.duty, promise.clock.owner_organ) == (Duty.COMMITMENT, office.organ)
    assert (str(promise.clock.due_on), promise.clock.is_stopped) == ("2026-12-18", False)

    story.take("report_delivery", by="leader")
    story.take("verify_delivery", kept=False, finding="只亮了八盏。")
    again = story.target("report_delivery")
    assert (again.state, again.clock.is_paused, str(again.clock.due_on)) == ("open", False, "2026-12-18")

    story.take("report_delivery", by="clerk")
    story.take("verify_delivery")
    assert story.target("verify_delivery").state == "verified"
    assert not Clock.objects.running().exists()


@pytest.mark.parametrize("action", ["send_back", "rate"])
def test_an_answer_that_is_given_anew_promises_anew(action, brought_to, office):
    story = brought_to(S.HANDLING)
    story.promise()
    first = story.target("report_delivery")
    story.take("report_delivery", by="leader")

    story.take(action, **({"result": "dissatisfied"} if action == "rate" else {}))
    first.refresh_from_db()
    assert (first.state, first.clock.is_stopped) == ("recalled", True)
    assert not Clock.objects.running().filter(duty__in=[Duty.COMMITMENT, Duty.VERIFY]).exists()

    story.promise()
    assert story.target("report_delivery").pk != first.pk


def test_the_order_that_presses_a_promise_is_acknowledged_after_the_end(brought_to, office):
    story = brought_to(S.HANDLING)
    story.promise()
    story.take("rate")
    clock = story.target("report_delivery").clock
    supervision.press(clock, by=office.head, note="请抓紧。", at=story.at)

    story.take("acknowledge", by="leader")

    assert story.target("acknowledge").acknowledged_at == story.at


def test_office_and_organ_find_what_was_promised_in_what_waits_for_them(brought_to, office):
    story = brought_to(S.HANDLING)
    story.promise()

    assert list(waiting(office.clerk, "report_delivery")) == [story.suggestion]
    story.take("report_delivery", by="clerk")
    assert not waiting(office.clerk, "report_delivery").exists()
    assert list(waiting(office.head, "verify_delivery")) == [story.suggestion]


def test_an_organ_that_nobody_signs_in_for_is_handed_no_suggestion(brought_to, office):
    nobody = OrganFactory(name="信都区小单位", email="xiao@example.invalid")
    story = brought_to(S.RAISED)

    for organs in ({"lead": nobody}, {"co_organs": [nobody]}):
        with pytest.raises(ActionError, match="开通账号"):
            story.take("hand_over", **organs)
    story.take("hand_over")
    story.take("ask_return")
    with pytest.raises(ActionError, match="开通账号"):
        story.take("decide_return", to=nobody)


def test_no_link_is_made_to_the_duties_of_a_suggestion_since_it_would_lead_nowhere(brought_to):
    part = brought_to(S.HANDLING).part()

    for clock in (part.sign_in_clock, part.answer_clock):
        assert link_to(clock.topic, at=clock.started_at) == ""


def test_dissatisfied_the_second_handling_keeps_the_first_round_and_comes_once(brought_to):
    story = brought_to(S.ANSWERED)
    story.take("rate", result="dissatisfied", opinion="只说了原则。")

    first, second = story.suggestion.rounds.all()
    assert story.suggestion.status == S.HANDLING
    assert (first.result, first.opinion, first.parts.get().replies.get().text) == (
        "dissatisfied",
        "只说了原则。",
        "已列入统一维护。",
    )
    assert first.parts.get().answer_clock.is_stopped
    assert second.parts.get().answer_clock.duty == Duty.SECOND_ANSWER
    with pytest.raises(ActionError, match="按月计算"):
        story.take("ask_extension")

    story.take("draft_reply", text="每盏灯有专人维护。")
    story.take("rate", result="dissatisfied")

    assert (story.suggestion.status, story.suggestion.closed_how) == (S.CLOSED, "dissatisfied")
    assert story.suggestion.rounds.count() == 2
    assert not Clock.objects.running().filter(suggestion_link__suggestion=story.suggestion).exists()


def test_what_the_deputy_does_not_rate_in_ten_working_days_is_closed_as_unrated(brought_to):
    story = brought_to(S.ANSWERED)
    cases.sweep(at=moment("2026-11-16 23:00"))
    story.suggestion.refresh_from_db()
    assert story.suggestion.status == S.ANSWERED

    cases.sweep(at=moment("2026-11-17 00:10"))

    story.suggestion.refresh_from_db()
    assert (story.suggestion.status, story.suggestion.closed_how) == (S.CLOSED, "unrated")
