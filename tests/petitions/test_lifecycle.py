"""The table of a case's life: everything in it can be done, and nothing else."""

from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Role
from deputies.models import Deputy
from petitions import lifecycle, services
from petitions.errors import ActionError
from petitions.lifecycle import TABLE
from petitions.models import OVER, Assignment, Commitment, Reply, Status
from petitions.permissions import NEIGHBOUR, RESIDENT, SYSTEM
from petitions.services.step import step
from supervision.models import Duty
from supervision.services import sweep as press_on
from tests.petitions.story import Story, a_joint_note

BEGINNINGS = ("submit", "import")
ACTIONS = [action for action in TABLE if action not in BEGINNINGS]
POSITIONS = (*Role.values, RESIDENT, NEIGHBOUR, SYSTEM)
STAGES = (Duty.SCREEN, Duty.SUPPLEMENT, Duty.HAND_OVER, Duty.REVIEW, Duty.RATE, Duty.CLOSING_OPINION)

# What must have happened before an action, where its first status alone is not enough.
READY = {
    "decide_return": (Status.HANDLING, "ask_return"),
    "decide_extension": (Status.HANDLING, "ask_extension"),
    "sign_off": (Status.HANDLING, "draft_by_clerk"),
    "reject_draft": (Status.HANDLING, "draft_by_clerk"),
    "acknowledge": (Status.HANDLING, "press"),
    "report_delivery": (Status.TRACKING,),
    "verify_delivery": (Status.TRACKING, "report_delivery"),
    "note_suggestion": (Status.HANDLING, "raise_suggestion"),
    "answer_suggestion": (Status.HANDLING, "raise_suggestion"),
    "send_back_answer": (Status.HANDLING, "raise_suggestion", "answer_suggestion"),
    "end_suggestion": (Status.HANDLING, "raise_suggestion"),
    "close_with_opinion": (Status.RATING, "three_bad_rounds"),
    "publish": (Status.RATING,),
    "ungroup": (Status.SUBMITTED, "group"),
    "unpublish": (Status.RATING, "publish"),
}


def ready_for(action, office, brought_to):
    status, *before = READY.get(action) or (next(iter(TABLE[action].sources)),)
    told = {"note": a_joint_note(office)} if action == "accept_on_spot" else {}
    story = brought_to(status, consent_publish=True, deputy=Deputy.objects.get(), **told)
    for earlier in before:
        if earlier == "draft_by_clerk":
            story.take("draft_reply", by=Role.CLERK)
        elif earlier == "three_bad_rounds":
            dissatisfied_three_times(story)
        else:
            story.take(earlier)
    return story


def dissatisfied_three_times(story):
    for _round in range(2):
        story.take("rate", result="dissatisfied")
        story.take("reply")
        story.take("pass_reply")
    story.take("rate", result="dissatisfied")


def everything_of(story):
    """What a refused action must leave as it was."""
    story.petition.refresh_from_db()
    return (
        story.petition.status,
        story.petition.events.count(),
        list(story.clocks.values("pk", "due_on", "paused_on", "stopped_at")),
        list(Assignment.objects.values_list("pk", "state", "return_state", "extension_state", "signed_in_at")),
        list(Reply.objects.values_list("pk", "state")),
        list(Commitment.objects.values_list("pk", "state")),
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_every_row_of_the_table_can_be_taken(action, brought_to, office):
    story = ready_for(action, office, brought_to)
    came_from = story.petition.status

    story.take(action)

    event = story.petition.events.get(action=action)
    assert event.from_status == came_from
    assert event.to_status == story.petition.status
    assert event.to_status in (TABLE[action].targets or (came_from,))


@pytest.mark.parametrize("action", [action for action in ACTIONS if set(TABLE[action].actors) & set(Role.values)])
def test_nobody_but_the_actors_of_a_row_takes_it(action, brought_to, office):
    story = ready_for(action, office, brought_to)
    target = story.target(action)
    before = everything_of(story)

    for role in {*Role.values, "stranger"} - set(TABLE[action].actors):
        with pytest.raises(ActionError, match="没有权限"):
            story.take(action, by=role, target=target)

    assert everything_of(story) == before


@pytest.mark.parametrize("action", [action for action, row in TABLE.items() if row.per == "assignment"])
def test_an_organ_has_no_hand_in_the_part_of_another(action, brought_to, office):
    story = ready_for(action, office, brought_to)
    before = everything_of(story)

    for user in (office.other_clerk, office.other_leader):
        with pytest.raises(ActionError, match="没有权限"):
            story.take(action, by=user)

    assert everything_of(story) == before


@pytest.mark.parametrize("status", Status.values)
def test_no_action_is_taken_from_a_status_that_is_not_its_own(status, brought_to):
    elsewhere = brought_to(Status.TRACKING)
    story = brought_to(status)
    before = everything_of(story)

    for action in ACTIONS:
        row = TABLE[action]
        if status in row.sources:
            continue
        target = story.target(action) or elsewhere.target(action)
        if row.per != "case" and target is None:
            continue
        with pytest.raises(ActionError):
            story.take(action, target=target, **({"into": elsewhere.petition} if action == "merge" else {}))

    assert everything_of(story) == before


STANDING = {
    "sign_off": [SimpleNamespace(state=Reply.State.DRAFT)],
    "reject_draft": [SimpleNamespace(state=Reply.State.DRAFT)],
    "send_back": [SimpleNamespace(state=Reply.State.SIGNED)],
}


def a_case_ready_for(action, status):
    """A stand-in for a case and its target on which nothing but status and position can forbid the action."""
    asked = Assignment.Asked.ASKED if action.startswith("decide_") else Assignment.Asked.NONE
    target = SimpleNamespace(
        state="replied" if action == "send_back" else "delivered" if action == "verify_delivery" else "open",
        signed_in_at=None,
        return_state=asked,
        extension_state=asked,
        replies=SimpleNamespace(all=lambda: STANDING.get(action, [])),
        answered_at="2026-12-01" if action == "send_back_answer" else None,
        must_acknowledge=True,
        acknowledged_at=None,
        clock=SimpleNamespace(owner_organ_id=1, is_stopped=False),
    )
    petition = SimpleNamespace(
        status=status,
        get_status_display=lambda: Status(status).label,
        awaits_opinion=True,
        objected=False,
        deputy_id=1,
        note=SimpleNamespace(organ_id=1),
        cluster_id=1 if action == "ungroup" else None,
        publication="published" if action == "unpublish" else "consented",
        Publication=SimpleNamespace(CONSENTED="consented", PUBLISHED="published"),
    )
    return petition, target


@pytest.mark.parametrize("action", TABLE)
def test_the_guard_and_the_buttons_agree_with_the_table_for_every_status_and_position(action):
    row = TABLE[action]
    actors = set(row.actors) & set(lifecycle.ORGAN_SIDE) if action == "acknowledge" else set(row.actors)

    for status in Status.values:
        petition, target = a_case_ready_for(action, status)
        for position in POSITIONS:
            offered = row in lifecycle.open_actions(petition, row.per, {position}, target)
            try:
                lifecycle.check(petition, action, {position}, target)
            except ActionError:
                allowed = False
            else:
                allowed = True
            assert allowed == offered == (status in row.sources and position in actors), (status, position)


def test_an_action_cannot_lead_where_the_table_does_not(case):
    with (
        pytest.raises(ValueError, match="accept does not lead from submitted to closed"),
        step(case.petition, "accept", actor=case.office.officer) as under_way,
    ):
        under_way.move(Status.CLOSED)

    case.petition.refresh_from_db()
    assert case.petition.status == Status.SUBMITTED


def test_rights_to_one_case_open_no_part_of_another(brought_to, office):
    mine, theirs = brought_to(Status.HANDLING), brought_to(Status.HANDLING)
    before = everything_of(theirs)

    with pytest.raises(ActionError, match="此件没有您选择的这一项"):
        mine.take("sign_in", target=theirs.target("sign_in"))

    assert everything_of(theirs) == before


# What ends a case or leads aside is drawn seldom, so that a walk comes far.
RARE = ("refuse", "signpost", "withdraw", "merge", "publish", "unpublish", "note_progress", "group", "ungroup")
STARTS = (Status.SUBMITTED, Status.HANDLING, Status.REVIEWING, Status.RATING, Status.TRACKING)
FACTS_OF_A_WALK = {
    "rate": lambda draw: {"result": draw(st.sampled_from(["satisfied", "basically", "dissatisfied"]))},
    "call_back": lambda draw: {"result": draw(st.sampled_from(["satisfied", "dissatisfied"]))},
    "decide_return": lambda draw: {"grant": draw(st.booleans())},
    "decide_extension": lambda draw: {"grant": draw(st.booleans())},
    "verify_delivery": lambda draw: {"kept": draw(st.booleans())},
}


def take_any(story, draw):
    """Take one of the actions that are offered now; a clock or a limit may still refuse it, and then nothing changes."""
    choices = [choice for choice in story.choices() if choice[0] not in RARE or draw(st.integers(0, 19)) == 0]
    if not choices:
        return
    wanted = draw(st.sampled_from(sorted({action for action, _position, _target in choices})))
    action, position, target = draw(st.sampled_from([choice for choice in choices if choice[0] == wanted]))
    facts = FACTS_OF_A_WALK.get(action, lambda draw: {})(draw)
    if action == "draft_reply" and draw(st.booleans()):
        facts |= {"outcome": "planned", "promise": "更换路灯", "promised_on": story.at.date() + timedelta(days=20)}
    if action == "add_organ":
        facts["organ"] = draw(st.sampled_from([story.office.organ, story.office.other_organ]))
    before = everything_of(story)
    by = position if position == RESIDENT else story.user(position, target)
    try:
        with transaction.atomic():
            story.take(action, by=by, target=target, **facts)
    except ActionError:
        assert everything_of(story) == before


def assert_sound(story):
    petition = story.petition
    events = list(petition.events.order_by("at", "pk"))
    stages = story.running.filter(duty__in=STAGES, paused_on=None)
    assert stages.count() <= 1
    assert petition.status not in OVER or not story.running.exists()
    assert petition.stage_clock is None or petition.stage_clock.stopped_at is None
    for before, after in pairwise(events):
        assert after.from_status == before.to_status
    assert events[-1].to_status == petition.status
    for event in events[1:]:
        row = TABLE[event.action]
        assert event.from_status in row.sources
        assert event.to_status == event.from_status or row.leads(event.from_status, event.to_status)
    if petition.status == Status.CLOSED:
        assert not Assignment.objects.open().filter(round__petition=petition).exists()
        assert not Commitment.objects.filter(round__petition=petition, state__in=["open", "delivered"]).exists()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_a_case_stays_sound_whatever_people_do(office, data):
    with transaction.atomic():
        story = Story.brought_to(data.draw(st.sampled_from(STARTS)), office, consent_publish=True)
        for _step in range(data.draw(st.integers(5, 20))):
            take_any(story, data.draw)
            if data.draw(st.integers(0, 14)) == 0:
                story.at += timedelta(days=16)
                press_on(at=story.at)
                services.sweep(at=story.at)
                story.petition.refresh_from_db()
            assert_sound(story)
        transaction.set_rollback(True)
