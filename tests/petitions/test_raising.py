"""A case raised to a deputy's suggestion, as the case's own people see it."""

import pytest

from notices.models import Message
from petitions.errors import ActionError
from petitions.models import Assignment, Outcome, Status, Suggestion
from petitions.services import suggestions
from supervision.models import Duty
from tests.petitions.story import moment


@pytest.fixture
def raised(brought_to):
    """A case under way that the station's deputy raised to a suggestion, which the presidium handed over."""
    case = brought_to(Status.HANDLING)
    case.take("raise_suggestion", at=moment("2026-11-30 10:00"))
    suggestions.hand_over(
        suggestion=case.suggestion, actor=case.office.head, lead=case.office.organ, at=moment("2026-11-30 10:05")
    )
    return case


def answer(case, **facts):
    """The organ's leader answers the suggestion."""
    told = {"text": "已列入维护。", "outcome": "resolved"} | facts
    case.at = told.pop("at", case.at + (moment("2026-11-30 10:10") - moment("2026-11-30 10:00")))
    part = case.suggestion.rounds.last().parts.get(is_lead=True)
    suggestions.draft_reply(suggestion=case.suggestion, actor=case.office.leader, part=part, at=case.at, **told)
    case.petition.refresh_from_db()


def test_a_suggestion_is_answered_in_three_calendar_months(raised):
    clock = raised.suggestion.rounds.get().parts.get().answer_clock

    assert (clock.duty, clock.owner_organ) == (Duty.SUGGESTION, raised.office.organ)
    assert str(clock.due_on) == "2027-02-28"
    assert "2027年2月28日" in raised.petition.events.get(action="note_suggestion").text
    assert not raised.running.exists()


def test_the_organs_part_is_taken_back_and_the_same_organ_is_still_told_of_the_suggestion(raised, office):
    titles = set(Message.objects.filter(recipient=office.clerk).values_list("title", flat=True))

    assert Assignment.objects.get().state == Assignment.State.RECALLED
    assert f"{raised.petition.number} 已收回，不再需要办理" in titles
    assert f"{raised.suggestion.number} 新交办的代表建议，请签收" in titles


def test_only_a_deputy_in_office_raises_a_suggestion(brought_to, office):
    case = brought_to(Status.ACCEPTED)
    office.deputy_person.mandates.update(status="suspended")

    with pytest.raises(ActionError, match="只有在任的人大代表"):
        case.take("raise_suggestion")

    case.petition.refresh_from_db()
    assert case.petition.status == Status.ACCEPTED
    assert not Suggestion.objects.exists()


def test_a_case_waits_for_the_answer_of_its_suggestion(raised):
    for action in ("pass_reply", "rate", "close_with_opinion", "reopen"):
        with pytest.raises(ActionError):
            raised.take(action)

    assert raised.petition.status == Status.TRACKING


def test_the_answer_is_reviewed_told_and_rated_like_any_other(raised):
    answer(raised)
    assert raised.petition.status == Status.REVIEWING
    assert raised.running.get(paused_on=None).duty == Duty.REVIEW

    raised.take("pass_reply")
    raised.take("rate")

    assert raised.petition.status == Status.CLOSED
    assert raised.petition.outcome == Outcome.RESOLVED


def test_a_promise_in_the_answer_becomes_the_organs_commitment(raised):
    answer(raised, outcome="planned", promise="统一维护", promised_on=moment("2027-03-01 00:00").date())

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
    suggestions.hand_over(suggestion=case.suggestion, actor=office.head, lead=office.organ, at=case.at)

    answer(case, outcome="not_feasible")
    case.take("pass_reply")

    assert case.petition.outcome == Outcome.NOT_FEASIBLE


def test_dissatisfied_with_the_answer_the_case_waits_for_hand_over(raised):
    answer(raised)
    raised.take("pass_reply")

    raised.take("rate", result="dissatisfied")

    assert raised.petition.status == Status.ACCEPTED
    raised.take("hand_over")
    assert raised.suggestion.answered_at is not None


def test_an_answer_sent_back_is_answered_again_in_what_is_left_of_the_term(raised, office):
    part = raised.suggestion.rounds.get().parts.get()
    due_on = part.answer_clock.due_on
    answer(raised, at=moment("2026-12-01 10:00"))

    suggestions.send_back(
        suggestion=raised.suggestion, actor=office.head, why="没有写何时完成。", at=moment("2026-12-04 10:00")
    )

    raised.petition.refresh_from_db()
    part.answer_clock.refresh_from_db()
    assert raised.petition.status == Status.TRACKING
    assert (part.answer_clock.duty, (part.answer_clock.due_on - due_on).days) == (Duty.SUGGESTION, 3)
    answer(raised, at=moment("2026-12-07 10:00"))
    assert raised.petition.status == Status.REVIEWING
