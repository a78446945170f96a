"""A case raised to a deputy's suggestion."""

import pytest

from notices.models import Message
from petitions.errors import ActionError
from petitions.models import Assignment, Outcome, Status, Suggestion
from supervision.models import Duty
from tests.petitions.story import moment


@pytest.fixture
def raised(brought_to):
    """A case under way that the station's deputy raised to a suggestion."""
    case = brought_to(Status.HANDLING)
    case.take("raise_suggestion", at=moment("2026-11-30 10:00"))
    return case


def test_a_suggestion_is_answered_in_three_calendar_months(raised):
    clock = raised.running.get()

    assert (clock.duty, clock.owner_organ) == (Duty.SUGGESTION, raised.office.organ)
    assert str(clock.due_on) == "2027-02-28"
    assert "2027年2月28日" in raised.petition.events.get(action="raise_suggestion").text


def test_the_organs_part_is_taken_back_and_the_same_organ_is_still_told_of_the_suggestion(raised, office):
    titles = set(
        Message.objects.filter(recipient=office.clerk, topic=raised.petition.topic).values_list("title", flat=True)
    )

    assert Assignment.objects.get().state == Assignment.State.RECALLED
    assert f"{raised.petition.number} 已收回，不再需要办理" in titles
    assert f"{raised.petition.number} 已转为代表建议，请答复" in titles


def test_only_a_deputy_in_office_raises_a_suggestion(brought_to, office):
    case = brought_to(Status.ACCEPTED)
    office.deputy_person.mandates.update(status="suspended")

    with pytest.raises(ActionError, match="只有在任的人大代表"):
        case.take("raise_suggestion")

    assert case.petition.status == Status.ACCEPTED


def test_a_case_waits_for_the_answer_of_its_suggestion(raised):
    for action in ("pass_reply", "rate", "close_with_opinion", "reopen"):
        with pytest.raises(ActionError):
            raised.take(action)

    assert raised.petition.status == Status.TRACKING


def test_the_answer_is_reviewed_told_and_rated_like_any_other(raised):
    raised.take("answer_suggestion")
    assert raised.petition.status == Status.REVIEWING
    assert raised.running.get(paused_on=None).duty == Duty.REVIEW

    raised.take("pass_reply")
    raised.take("rate")

    assert raised.petition.status == Status.CLOSED
    assert raised.petition.outcome == Outcome.RESOLVED


def test_a_promise_in_the_answer_becomes_the_organs_commitment(raised):
    raised.take(
        "answer_suggestion", outcome="planned", promise="统一维护", promised_on=moment("2027-03-01 00:00").date()
    )

    raised.take("pass_reply")
    raised.take("rate")

    commitment = raised.targets("commitment")[0]
    assert raised.petition.status == Status.TRACKING
    assert (commitment.organ, commitment.text) == (raised.office.organ, "统一维护")


def test_the_suggestions_answer_counts_even_where_an_organ_had_replied_before(brought_to, office):
    case = brought_to(Status.HANDLING)
    case.take("add_organ")
    case.take("reply", target=case.targets("assignment")[0], outcome="resolved")
    case.take("raise_suggestion")

    case.take("answer_suggestion", outcome="not_feasible")
    case.take("pass_reply")

    assert case.petition.outcome == Outcome.NOT_FEASIBLE


def test_dissatisfied_with_the_answer_the_case_waits_for_hand_over(raised):
    raised.take("answer_suggestion")
    raised.take("pass_reply")

    raised.take("rate", result="dissatisfied")

    assert raised.petition.status == Status.ACCEPTED
    raised.take("hand_over")
    assert Suggestion.objects.get().answered_at is not None


def test_an_answer_sent_back_is_answered_again_in_what_is_left_of_the_term(raised):
    due_on = raised.running.get().due_on
    raised.take("answer_suggestion", at=moment("2026-12-01 10:00"))

    raised.take("send_back_answer", at=moment("2026-12-04 10:00"))

    clock = raised.running.get()
    assert raised.petition.status == Status.TRACKING
    assert (clock.duty, (clock.due_on - due_on).days) == (Duty.SUGGESTION, 3)
    raised.take("answer_suggestion", at=moment("2026-12-07 10:00"))
    raised.take("pass_reply", at=moment("2026-12-08 10:00"))
    assert raised.running.get().duty == Duty.RATE
