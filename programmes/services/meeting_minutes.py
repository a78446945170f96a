"""The minutes of a meeting with an organ's head: what was said, what was promised, and the numbered paper of both."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from papers.models import Paper
from papers.services import Draft, issue_all
from petitions import services as petitions
from petitions.models import Petition
from programmes.errors import ProgrammeError
from programmes.models import Item, Meeting, MeetingPromise
from programmes.services.items import raise_items
from programmes.services.meeting_step import MeetingStep, head_of, meeting_step, spoken_time
from workdays.services import spoken


@dataclass(frozen=True)
class Pledge:
    """What the organ promised at the meeting by a day (Beijing date): for one of the cases, or of its own accord."""

    text: str
    due_on: dt.date
    petition: Petition | None = None


def record_minutes(
    *, meeting: Meeting, actor: User, minutes: str, pledges: Iterable[Pledge] = (), at: dt.datetime | None = None
) -> None:
    """The committee writes the minutes; a promise for a case becomes its commitment, any other one an item of the organ.

    Both have clocks, and are verified by the other side. The minutes are issued as a numbered paper.
    Raises ProgrammeError where a promise is due before tomorrow, or its case can take none any more.
    """
    with meeting_step(meeting, "record_minutes", actor=actor, at=at) as doing:
        pledges = list(pledges)
        if any(pledge.due_on <= doing.day for pledge in pledges):
            raise ProgrammeError(_("承诺的完成日期须在今天以后。"))
        doing.meeting.minutes = minutes
        doing.meeting.minutes_at = doing.at
        doing.move(Meeting.Status.RECORDED)
        doing.stage()
        _take_up(doing, pledges)
        paper = _issue(doing, pledges)
        doing.record(_("已形成%(paper)s，登记承诺%(n)d项。") % {"paper": paper.number, "n": len(pledges)})
        doing.tell([*doing.of_the_organ(), *doing.askers()], _("约见已形成纪要"), paper.number)
        facts = {"when": spoken_time(doing.meeting.held_at), "head": head_of(doing.meeting.organ)}
        doing.note_in_cases(_("已于%(when)s与%(head)s会商，形成纪要。") % facts, public=True)


def _take_up(doing: MeetingStep, pledges: list[Pledge]) -> None:
    of_cases = sorted((pledge for pledge in pledges if pledge.petition), key=lambda pledge: pledge.petition.pk)
    for pledge in of_cases:
        if not doing.meeting.cases.filter(pk=pledge.petition.pk).exists():
            raise ProgrammeError(_("承诺所属的意见不在这次约见之中。"))
        commitment = petitions.register_promise(
            petition=pledge.petition,
            organ=doing.meeting.organ,
            text=pledge.text,
            on=pledge.due_on,
            link=doing.meeting.get_absolute_url(),
            actor=doing.actor,
            at=doing.at,
        )
        MeetingPromise.objects.create(meeting=doing.meeting, commitment=commitment)
    others = [_spec(doing, pledge) for pledge in pledges if not pledge.petition]
    if others:
        raise_items(specs=others, region=doing.meeting.region, actor=doing.actor, at=doing.at, meeting=doing.meeting)


def _spec(doing, pledge):
    title = pledge.text[: Item._meta.get_field("title").max_length]
    return {
        "kind": Item.Kind.PROMISE,
        "title": title,
        "demand": "" if title == pledge.text else pledge.text,
        "owner_organ": doing.meeting.organ,
        "due_on": pledge.due_on,
    }


def paper_key(meeting: Meeting) -> str:
    """What the paper of a meeting's minutes is issued, and found again, by."""
    return f"{meeting.topic}:minutes"


def _issue(doing: MeetingStep, pledges: list[Pledge]) -> Paper:
    meeting = doing.meeting
    deputies = "、".join(deputy.name for deputy in meeting.deputies.all())
    facts = [
        (_("时间"), spoken_time(meeting.held_at)),
        (_("地点"), meeting.place),
        (_("到会"), f"{meeting.came_title}{meeting.came_name}（{meeting.get_came_display()}）"),
        (_("参加代表"), deputies or _("无")),
    ]
    rows = [
        [pledge.text, spoken(pledge.due_on), pledge.petition.number if pledge.petition else ""] for pledge in pledges
    ]
    draft = Draft(
        kind=Paper.Kind.MINUTES,
        office=meeting.region,
        addressee=meeting.organ.name,
        addressee_organ=meeting.organ,
        station=meeting.station,
        title=_("约见%(head)s的会议纪要") % {"head": head_of(meeting.organ)},
        body=meeting.minutes,
        key=paper_key(meeting),
        by=doing.actor,
        facts=facts,
        sheet={"heads": [_("承诺事项"), _("完成期限"), _("涉及群众意见")], "rows": rows} if rows else None,
    )
    return issue_all([draft], at=doing.at)[draft.key]
