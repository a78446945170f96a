"""A deputy's suggestion: its table, its terms, its rounds, and who takes a hand in it."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role
from notices.models import Message
from petitions.errors import ActionError
from petitions.models import Suggestion, SuggestionEvent, SuggestionPart
from petitions.suggestion_lifecycle import TABLE
from petitions.suggestion_permissions import SYSTEM
from stations.models import Region
from supervision.models import Clock, Duty
from tests.factories import a_region, a_user, load_years
from tests.petitions.story import moment
from tests.petitions.suggesting import ACTORS, Suggesting, an_office_with_a_sponsor

S = Suggestion.Status
ACTIONS = [action for action, row in TABLE.items() if row.sources]
READY = {
    "decide_return": (S.HANDLING, "ask_return"),
    "decide_extension": (S.HANDLING, "ask_extension"),
    "sign_off": (S.HANDLING, "draft_by_clerk"),
    "reject_draft": (S.HANDLING, "draft_by_clerk"),
    "acknowledge": (S.HANDLING, "press"),
    "unpublish": (S.ANSWERED, "publish"),
    "report_delivery": (S.HANDLING, "promise"),
    "verify_delivery": (S.HANDLING, "promise", "report_delivery"),
}


@pytest.fixture
def office(db):
    load_years()
    return an_office_with_a_sponsor()


@pytest.fixture
def brought_to(office):
    return lambda status, **facts: Suggesting.brought_to(status, office, **facts)


def ready_for(action, office):
    status, *before = READY.get(action) or (next(iter(TABLE[action].sources)),)
    story = Suggesting.brought_to(status, office)
    for earlier in before:
        if earlier == "draft_by_clerk":
            story.take("draft_reply", by="clerk")
        elif earlier == "promise":
            story.promise()
        else:
            story.take(earlier)
    return story


def everything_of(story):
    """What a refused action must leave as it was."""
    story.suggestion.refresh_from_db()
    return (
        story.suggestion.status,
        story.suggestion.events.count(),
        list(Clock.objects.order_by("pk").values("pk", "due_on", "paused_on", "stopped_at")),
        list(SuggestionPart.objects.order_by("pk").values_list("pk", "state", "return_state", "extension_state")),
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_every_row_of_the_table_can_be_taken(action, office):
    story = ready_for(action, office)
    came_from = story.suggestion.status

    story.take(action)

    event = story.suggestion.events.get(action=action)
    assert event.from_status == came_from
    assert event.to_status == story.suggestion.status
    assert event.to_status in (TABLE[action].targets or (came_from,))


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_but_the_actors_of_a_row_takes_it(action, office):
    story = ready_for(action, office)
    target = story.target(action) if TABLE[action].per != "case" else None
    before = everything_of(story)
    allowed = {ACTORS[actor] for actor in TABLE[action].actors if actor != SYSTEM}
    if action == "acknowledge":
        allowed -= {"head"}

    others = {"deputy", "sponsor", "head", "clerk", "leader", "other_clerk", "other_leader", "committee", "viewer"}
    for name in (others | {"officer", "admin", "stranger"}) - allowed:
        with pytest.raises(ActionError, match="没有权限"):
            story.take(action, by=name, target=target)

    assert everything_of(story) == before


@pytest.mark.parametrize("status", S.values)
def test_no_action_is_taken_from_a_status_that_is_not_its_own(status, office):
    elsewhere = Suggesting.brought_to(S.HANDLING, office)
    elsewhere.take("press")
    promising = Suggesting.brought_to(S.HANDLING, office)
    promising.promise()
    story = Suggesting.brought_to(status, office)
    before = everything_of(story)

    for action in ACTIONS:
        if status in TABLE[action].sources:
            continue
        target = None
        if TABLE[action].per == "part":
            target = SuggestionPart.objects.filter(round__suggestion=story.suggestion).first() or elsewhere.part()
        elif TABLE[action].per == "reminder":
            target = elsewhere.target(action)
        elif TABLE[action].per == "promise":
            target = promising.target(action)
        with pytest.raises(ActionError):
            story.take(action, target=target)

    assert everything_of(story) == before


# Raising


def test_only_a_deputy_in_office_raises_a_suggestion_and_only_to_their_own_congress(office):
    with pytest.raises(ActionError, match="不在其中"):
        Suggesting.begin(office, region=a_region("130503"))
    office.deputy_person.mandates.update(status="suspended")
    with pytest.raises(ActionError, match="只有在任的人大代表"):
        Suggesting.begin(office)


def test_a_form_that_is_sent_twice_makes_one_suggestion(office):
    first = Suggesting.begin(office)

    again = Suggesting.begin(office, submission_key=first.suggestion.submission_key)

    assert again.suggestion == first.suggestion
    assert Suggestion.objects.count() == 1


def test_the_office_is_given_a_clock_and_a_number_to_talk_about(office):
    story = Suggesting.begin(office)

    assert story.suggestion.number.startswith("JY-2026-")
    clock = story.suggestion.stage_clock
    assert (clock.duty, clock.owner_region) == (Duty.HAND_OVER, office.station.region)
    assert Message.objects.filter(recipient=office.head, title__contains="新的代表建议").exists()


def test_no_message_repeats_what_stands_in_a_suggestion(office):
    story = Suggesting.begin(office, title="关于东街九号老孟家路灯的建议")
    story.take("hand_over")
    story.promise()

    for message in Message.objects.all():
        assert "老孟" not in message.title + message.body


def test_a_co_sponsor_is_told_and_may_take_the_name_off_before_hand_over(office):
    story = Suggesting.begin(office)
    assert Message.objects.filter(recipient=office.sponsor, title__contains="联名代表").exists()

    story.take("drop_name")

    assert not story.suggestion.co_sponsors.exists()
    with pytest.raises(ActionError, match="没有权限"):
        story.take("drop_name")


def test_a_co_sponsor_must_be_in_office(office):
    office.sponsor_person.mandates.update(status="ended")

    with pytest.raises(ActionError, match="不能联名"):
        Suggesting.begin(office)


def test_a_countys_suggestion_is_handed_over_by_its_committee_and_not_by_the_presidium(office):
    office.deputy_person.mandates.update(level=4)
    story = Suggesting.begin(office, region=Region.objects.get(pk="130503"))

    with pytest.raises(ActionError, match="没有权限"):
        story.take("hand_over", by="head")
    story.take("hand_over", by="committee")

    assert story.suggestion.status == S.HANDLING


# Terms


def test_three_months_from_the_last_of_november_end_with_february(office):
    story = Suggesting.begin(office, at=moment("2025-11-28 09:00"))
    story.take("hand_over", at=moment("2025-11-30 10:00"))

    assert str(story.part().answer_clock.due_on) == "2026-02-28"


def test_from_the_31st_of_january_three_months_end_on_the_30th_of_april_and_six_on_the_31st_of_july(office):
    story = Suggesting.begin(office, at=moment("2026-01-30 09:00"))
    story.take("hand_over", at=moment("2026-01-31 10:00"))
    assert str(story.part().answer_clock.due_on) == "2026-04-30"

    story.take("ask_extension", at=moment("2026-04-30 16:00"))
    story.take("decide_extension", at=moment("2026-04-30 17:00"))

    assert str(story.part().answer_clock.due_on) == "2026-07-31"
    assert str(story.part().answer_clock.original_due_on) == "2026-04-30"
    with pytest.raises(ActionError, match="只能申请一次"):
        story.take("ask_extension")


def test_six_months_are_neither_asked_for_nor_granted_once_three_have_run_out(office):
    story = Suggesting.begin(office, at=moment("2026-01-30 09:00"))
    story.take("hand_over", at=moment("2026-01-31 10:00"))
    with pytest.raises(ActionError, match="已过答复期限"):
        story.take("ask_extension", at=moment("2026-05-01 09:00"))
    story.take("ask_extension", at=moment("2026-04-30 16:00"))

    with pytest.raises(ActionError, match="已过答复期限"):
        story.take("decide_extension", at=moment("2026-05-01 09:00"))

    assert str(story.part().answer_clock.due_on) == "2026-04-30"
    story.take("decide_extension", grant=False, at=moment("2026-05-01 09:00"))


def test_the_window_for_returning_closes_after_five_working_days(office):
    story = Suggesting.begin(office)
    story.take("hand_over", at=moment("2026-11-02 16:00"))

    with pytest.raises(ActionError, match="已过申请退回的期限"):
        story.take("ask_return", at=moment("2026-11-10 09:00"))

    story.take("ask_return", at=moment("2026-11-09 17:00"))


def test_a_returned_lead_part_goes_to_another_organ_and_never_to_nobody(brought_to, office):
    story = brought_to(S.HANDLING)
    story.take("ask_return")
    with pytest.raises(ActionError, match="改交给哪个单位"):
        story.take("decide_return", to=None)
    with pytest.raises(ActionError, match="刚退回"):
        story.take("decide_return", to=office.organ)

    story.take("decide_return")

    assert story.part().state == SuggestionPart.State.RETURNED
    assert story.part(office.other_organ).is_lead
    assert not Suggestion.objects.visible_to(office.clerk).exists()


def test_withdrawn_nothing_runs_on_and_the_organs_are_told(brought_to, office):
    story = brought_to(S.HANDLING)

    story.take("withdraw")

    assert not Clock.objects.running().filter(suggestion_link__suggestion=story.suggestion).exists()
    assert Message.objects.filter(recipient=office.clerk, title__contains="代表已撤回建议").exists()
    with pytest.raises(ActionError):
        Suggesting.brought_to(S.ANSWERED, office).take("withdraw")


def test_the_event_of_a_suggestion_is_never_changed(brought_to):
    story = brought_to(S.RAISED)

    with pytest.raises((IntegrityError, Exception), match="append-only"), transaction.atomic():
        SuggestionEvent.objects.filter(suggestion=story.suggestion).update(text="别的")


def test_an_organ_has_no_hand_in_the_part_of_another(office):
    story = Suggesting.begin(office)
    story.take("hand_over", co_organs=[office.other_organ])

    for name in ("other_clerk", "other_leader"):
        with pytest.raises(ActionError, match="没有权限"):
            story.take("draft_reply", by=name, target=story.part())


def test_a_part_of_one_suggestion_opens_no_other(office):
    own = Suggesting.brought_to(S.HANDLING, office)
    other = Suggesting.brought_to(S.HANDLING, office)

    with pytest.raises(ActionError, match="没有您选择的"):
        own.take("sign_in", target=other.part())


def test_the_next_townships_presidium_takes_no_hand_in_it(brought_to):
    story = brought_to(S.RAISED)

    with pytest.raises(ActionError, match="没有权限"):
        story.take("hand_over", by=a_user(Role.HEAD, a_region("130503101")))
