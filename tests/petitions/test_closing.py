"""From review to archive: ratings, promises, rounds, the end."""

import pytest

from notices.models import Message
from petitions.errors import ActionError
from petitions.models import OVER, Assignment, Commitment, Outcome, Petition, Rating, Status
from supervision.models import Clock, Duty, Severity
from tests.petitions.story import moment


@pytest.fixture
def rated(brought_to):
    """A case whose answer the resident was told, waiting for the rating."""
    return brought_to(Status.RATING)


@pytest.fixture
def promised(brought_to):
    """A case rated satisfied while a promise (until 1 December 2026) is open."""
    return brought_to(Status.TRACKING)


def next_round(story, **facts):
    story.take("rate", result="dissatisfied")
    story.take("reply", **facts)
    story.take("pass_reply")


def test_what_the_resident_is_told_is_the_assigners_text_and_the_leads_outcome(brought_to, office):
    case = brought_to(Status.HANDLING)
    case.take("add_organ")
    lead, other = case.targets("assignment")
    case.take("draft_reply", by=office.other_leader, target=other, outcome="not_feasible")
    case.take("reply", target=lead, outcome="resolved")

    case.take("pass_reply", text="路灯已修好。")

    handled = case.petition.rounds.get()
    assert (handled.reply, handled.outcome, handled.told_at) == ("路灯已修好。", Outcome.RESOLVED, case.at)
    assert case.petition.outcome == Outcome.RESOLVED
    assert not case.running.filter(duty=Duty.ANSWER).exists()
    assert Message.objects.filter(outside_key=case.proposer.identity.outside_key, body="路灯已修好。").exists()


def test_a_promise_becomes_a_clock_to_the_promised_date(promised):
    commitment = promised.targets("commitment")[0]

    assert commitment.clock.duty == Duty.COMMITMENT
    assert commitment.clock.due_on == commitment.promised_on
    assert commitment.clock.owner_organ == promised.office.organ


def test_satisfied_and_nothing_owed_the_case_is_closed_and_nothing_runs(rated):
    rated.take("rate", result="basically")

    assert rated.petition.status == Status.CLOSED
    assert rated.petition.closed_how == Petition.ClosedHow.BASICALLY
    assert rated.petition.closed_at == rated.petition.rounds.get().closed_at == rated.at
    assert not rated.running.exists()


def test_the_result_decides_and_a_bad_process_alone_opens_no_second_round(rated):
    rated.take("rate", process="dissatisfied", result="satisfied")

    rating = Rating.objects.get()
    assert (rating.process, rating.result) == ("dissatisfied", "satisfied")
    assert rated.petition.status == Status.CLOSED


def test_a_call_back_is_marked_with_who_and_when(rated, office):
    rated.take("call_back")

    rating = Rating.objects.get()
    assert (rating.called_back_by, rating.at) == (office.officer, rated.at)
    assert rated.petition.events.get(action="call_back").actor == office.officer


def test_a_case_with_an_undelivered_commitment_cannot_close(promised):
    assert promised.petition.status == Status.TRACKING
    assert promised.petition.stage_clock is None

    for action in ("close_with_opinion", "reopen", "rate"):
        with pytest.raises(ActionError):
            promised.take(action)
    promised.take("report_delivery")

    assert promised.petition.status == Status.TRACKING
    assert promised.petition.closed_at is None


def test_a_case_with_an_open_assignment_cannot_close(brought_to, office):
    case = brought_to(Status.HANDLING)
    case.take("add_organ")
    case.take("reply", target=case.targets("assignment")[0])

    for action in ("pass_reply", "rate", "call_back", "close_with_opinion"):
        with pytest.raises(ActionError):
            case.take(action)

    assert Assignment.objects.open().count() == 1
    assert case.petition.status == Status.HANDLING


def test_kept_and_verified_the_promise_closes_the_case_as_resolved(promised, office):
    promised.take("report_delivery", at=moment("2026-11-20 10:00"))
    commitment = promised.targets("commitment")[0]
    assert commitment.verify_clock.owner_station == office.station
    assert not Clock.objects.running().filter(pk=commitment.clock_id).exists()

    promised.take("verify_delivery", at=moment("2026-11-23 10:00"))

    assert promised.petition.status == Status.CLOSED
    assert (promised.petition.closed_how, promised.petition.outcome) == (Petition.ClosedHow.KEPT, Outcome.RESOLVED)
    assert promised.petition.rounds.get().outcome == Outcome.IN_PROGRESS
    assert not promised.running.exists()


def test_a_promise_found_broken_opens_the_next_round(promised):
    promised.take("report_delivery")

    promised.take("verify_delivery", kept=False)

    assert promised.petition.status == Status.HANDLING
    assert promised.petition.current_round == 2
    assert Commitment.objects.get().state == Commitment.State.BROKEN
    assert promised.petition.rounds.get(number=2).why == "承诺未兑现"


def test_a_promise_of_an_earlier_round_is_reported_and_verified_while_the_next_is_handled(brought_to):
    case = brought_to(Status.REVIEWING)
    case.take("send_back")
    case.take("promise")
    case.take("pass_reply")
    case.take("rate", result="dissatisfied")

    case.take("report_delivery")
    case.take("verify_delivery", kept=False)

    assert case.petition.status == Status.HANDLING
    assert case.petition.current_round == 2
    assert Commitment.objects.get().state == Commitment.State.BROKEN


def test_a_dissatisfied_rating_opens_a_round_with_the_same_organs_and_its_own_clocks(rated):
    rated.take("rate", result="dissatisfied")

    first, second = rated.petition.rounds.all()
    assignment = second.assignments.get()
    assert rated.petition.status == Status.HANDLING
    assert (first.closed_at, first.outcome, first.rating.result) == (rated.at, "resolved", "dissatisfied")
    assert assignment.organ == rated.office.organ
    assert (assignment.answer_clock.duty, assignment.answer_clock.started_at) == (Duty.SECOND_ANSWER, rated.at)
    assert first.assignments.get().answer_clock.stopped_at is not None


def test_a_second_dissatisfied_round_puts_the_third_under_key_supervision(rated, office):
    next_round(rated)

    rated.take("rate", result="dissatisfied")

    assert rated.petition.current_round == 3
    assert rated.petition.severity == Severity.KEY
    assert rated.petition.leader == office.committee
    assert rated.running.filter(duty=Duty.SECOND_ANSWER, severity=Severity.KEY).exists()
    assert Message.objects.filter(recipient=office.committee, title__contains="重点督办").exists()


def test_a_third_dissatisfied_round_ends_with_the_committees_written_opinion(rated, office):
    next_round(rated)
    next_round(rated)

    rated.take("rate", result="dissatisfied")
    assert rated.petition.status == Status.TRACKING
    assert rated.petition.awaits_opinion
    assert rated.running.get().duty == Duty.CLOSING_OPINION
    with pytest.raises(ActionError, match="没有权限"):
        rated.take("close_with_opinion", by=office.head)
    rated.take("close_with_opinion")

    assert rated.petition.closed_how == Petition.ClosedHow.OPINION
    assert rated.petition.closing_opinion == "已尽力办理，结案。"
    assert [one.rating.result for one in rated.petition.rounds.all()] == ["dissatisfied"] * 3


def test_an_opinion_waits_for_promises_that_are_still_open(rated):
    next_round(rated)
    rated.take("rate", result="dissatisfied")
    rated.take("promise")
    rated.take("pass_reply")
    rated.take("rate", result="dissatisfied")

    with pytest.raises(ActionError, match="还有未兑现的承诺"):
        rated.take("close_with_opinion")
    rated.take("report_delivery")
    rated.take("verify_delivery", kept=False)

    assert rated.petition.status == Status.TRACKING
    rated.take("close_with_opinion")
    assert rated.petition.status == Status.CLOSED


def test_reopening_starts_new_clocks_and_keeps_the_old_figures(brought_to):
    case = brought_to(Status.CLOSED)
    figures = list(case.clocks.values("pk", "started_at", "due_on", "original_due_on", "stopped_at"))
    handled = case.petition.rounds.values("outcome", "reply", "told_at", "closed_at").get()

    case.take("reopen", at=moment("2026-11-20 10:00"))

    assert list(case.clocks.values(*figures[0]).filter(pk__in=[old["pk"] for old in figures])) == figures
    assert case.petition.rounds.filter(number=1).values(*handled).get() == handled
    assert {clock.started_at for clock in case.running} == {moment("2026-11-20 10:00")}
    assert (case.petition.status, case.petition.current_round) == (Status.HANDLING, 2)
    assert (case.petition.closed_at, case.petition.closed_how, case.petition.outcome) == (None, "", "")
    assert Rating.objects.get().round.number == 1


def test_a_very_long_reason_is_kept_whole_in_the_event(brought_to):
    case = brought_to(Status.CLOSED)

    case.take("reopen", reason="灯" * 400)

    assert case.petition.events.get(action="reopen").text == "灯" * 400
    assert len(case.petition.rounds.get(number=2).why) == 300


def test_rating_is_asked_once_a_round(rated):
    rated.take("rate")

    with pytest.raises(ActionError, match="此件现在是“办结”，不能“评价”"):
        rated.take("rate")


@pytest.mark.parametrize("status", OVER)
def test_whatever_is_over_has_no_running_clock(status, brought_to):
    assert not brought_to(status).running.exists()
