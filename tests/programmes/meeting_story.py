"""Meetings played through the real actions, in the office of ``tests.petitions.story``, each step by whoever takes it."""

import datetime as dt

from petitions.models import Status as CaseStatus
from programmes.models import Meeting
from programmes.services import meeting_minutes, meetings
from tests.petitions.story import Story, moment

MONDAY = moment("2026-11-02 10:00")
MEETS_AT = moment("2026-11-18 09:00")
SERVICES = {
    "arrange": meetings.arrange,
    "decline": meetings.decline,
    "postpone": meetings.postpone,
    "hold": meetings.hold,
    "miss": meetings.miss,
    "record_minutes": meeting_minutes.record_minutes,
}
FACTS = {
    "arrange": {"meets_at": MEETS_AT, "place": "区人大会议室"},
    "decline": {"why": "该局正在机构调整。"},
    "postpone": {"to": moment("2026-12-10 09:00"), "why": "局长在外学习"},
    "hold": {"came": Meeting.Came.DELEGATE, "came_name": "王民", "came_title": "副局长"},
    "miss": {"note": "电话无人接听。"},
    "record_minutes": {"minutes": "双方交换了意见。"},
}
PATHS = {
    Meeting.Status.ASKED: (),
    Meeting.Status.ARRANGED: ("arrange",),
    Meeting.Status.DECLINED: ("decline",),
    Meeting.Status.HELD: ("arrange", "hold"),
    Meeting.Status.RECORDED: ("arrange", "hold", "record_minutes"),
}
ON_THE_DAY = ("hold", "miss", "record_minutes")


def asked(office, *, actor=None, at=MONDAY, **facts) -> Meeting:
    """A deputy's request to meet the water bureau's head about the station's road, unless told otherwise."""
    usual = {"organ": office.organ, "title": "南大郭村排水", "body": "雨季积水。", "station": office.station}
    return meetings.ask(actor=actor or office.deputy, at=at, **usual | facts)


def take(office, meeting, action, *, actor=None, at=None, **facts) -> Meeting:
    """Take one action, by the committee unless told otherwise, on its day or the day after the request."""
    held = action in ON_THE_DAY and meeting.meets_at
    at = at or (held + dt.timedelta(hours=2) if held else MONDAY + dt.timedelta(days=1))
    SERVICES[action](meeting=meeting, actor=actor or office.committee, at=at, **FACTS[action] | facts)
    meeting.refresh_from_db()
    return meeting


def a_meeting(office, status=Meeting.Status.ASKED, **facts) -> Meeting:
    """A meeting brought to a status."""
    meeting = asked(office, **facts)
    for action in PATHS[status]:
        take(office, meeting, action)
    return meeting


def twice_dissatisfied(office, *, times=2, **facts) -> Story:
    """A case with so many dissatisfied rounds, each by the water bureau; the last rating on 2 November 2026."""
    story = Story.brought_to(CaseStatus.RATING, office, **facts)
    story.take("rate", result="dissatisfied")
    for _round in range(times - 1):
        story.take("reply")
        story.take("pass_reply")
        story.take("rate", result="dissatisfied")
    return story
