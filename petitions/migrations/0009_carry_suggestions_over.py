"""Old suggestions become matters of their own, with their dates, clocks and answers; a number is drawn for each."""

import uuid
from datetime import timedelta

from django.db import migrations
from django.utils import timezone

COUNTY_DIGITS = 6
RATING_DAYS = 10


def carry_over(apps, schema_editor):
    for old in (
        apps.get_model("petitions", "EarlierSuggestion")
        .objects.order_by("pk")
        .select_related("petition__station", "deputy", "clock")
    ):
        _carry(apps, schema_editor, old)


def _carry(apps, schema_editor, old):
    def make(name, **facts):
        return apps.get_model("petitions", name).objects.create(**facts)

    status = _status(old)
    suggestion = make(
        "Suggestion",
        number=f"JY-{timezone.localdate(old.raised_at).year}-{_next(schema_editor):05d}",
        deputy_id=old.deputy_id,
        # The committee of the county entered the answers, so it was the office.
        region_id=old.petition.station.region_id[:COUNTY_DIGITS],
        title=old.title,
        body=old.body,
        status=status,
        raised_at=old.raised_at,
        handed_over_at=old.raised_at,
        answered_at=old.answered_at,
        closed_at=old.answered_at if status == "closed" else None,
        closed_how="earlier" if status == "closed" else "",
        submission_key=uuid.uuid4(),
    )
    make(
        "SuggestionCase",
        suggestion=suggestion,
        petition_id=old.petition_id,
        round=old.petition.current_round,
        awaits=old.answered_at is None and old.petition.status == "tracking",
    )
    one = make("SuggestionRound", suggestion=suggestion, number=1, opened_at=old.raised_at, answered_at=old.answered_at)
    part = make(
        "SuggestionPart",
        round=one,
        organ_id=old.organ_id,
        is_lead=True,
        state="open" if old.answered_at is None else "replied",
        dispatched_at=old.raised_at,
        answer_clock_id=old.clock_id,
        replied_at=old.answered_at,
        return_until=timezone.localdate(old.raised_at),
    )
    if old.answer:
        make(
            "SuggestionReply",
            part=part,
            state="signed" if old.answered_at else "sent_back",
            text=old.answer,
            outcome=old.outcome,
            promise=old.promise,
            promised_on=old.promised_on,
            drafted_at=old.answered_at or old.raised_at,
            signed_at=old.answered_at,
        )
    _move_clocks(apps, old, suggestion, status)
    told = {"raise_suggestion": old.raised_at, "draft_reply": old.answered_at}
    came_from = ""
    for action, at in told.items():
        if at is not None:
            to = "handling" if action == "raise_suggestion" else status
            make(
                "SuggestionEvent",
                suggestion=suggestion,
                at=at,
                action=action,
                from_status=came_from,
                to_status=to,
                actor_label=old.deputy.name if action == "raise_suggestion" else "系统",
                text="由旧件转入。",
            )
            came_from = to


def _status(old):
    if old.answered_at is None:
        return "handling"
    # The clock of an answer that the station still reviewed was paused, not stopped.
    return "closed" if old.clock.stopped_at else "answered"


def _move_clocks(apps, old, suggestion, status):
    """The answer's clock belongs to the suggestion from now on, and an answer not told yet waits for its deputy."""
    link = apps.get_model("petitions", "SuggestionClock").objects
    apps.get_model("petitions", "ClockLink").objects.filter(clock_id=old.clock_id).delete()
    clocks = apps.get_model("supervision", "Clock").objects
    page = f"/desk/suggestions/{suggestion.number}/"
    clocks.filter(pk=old.clock_id).update(
        station=None, region_id=suggestion.region_id, link=page, title=f"{suggestion.number} 答复代表建议"
    )
    link.create(suggestion=suggestion, clock_id=old.clock_id)
    if status == "answered":
        # The deputy is asked only now. No date that is over: it would be closed as unrated before it is reckoned.
        day = timezone.localdate() + timedelta(days=2 * RATING_DAYS)
        rating = clocks.create(
            duty="rate_suggestion",
            owner_user_id=old.deputy.user_id,
            region_id=suggestion.region_id,
            title=f"{suggestion.number} 代表评价",
            link=page,
            started_at=timezone.now(),
            length=RATING_DAYS,
            unit="workday",
            due_on=day,
            original_due_on=day,
            # No calendar's version: the next sweep reckons the due date.
            calendar_version=0,
        )
        link.create(suggestion=suggestion, clock=rating)
        suggestion.stage_clock = rating
        suggestion.save(update_fields=["stage_clock"])


def _next(schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT nextval('suggestion_number')")
        return cursor.fetchone()[0]


class Migration(migrations.Migration):
    dependencies = [("petitions", "0008_suggestions_of_their_own")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
