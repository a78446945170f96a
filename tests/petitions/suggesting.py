"""A suggestion played through the real actions: who does what by default, and how it comes to a status."""

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import uuid4

from accounts.models import Role
from petitions import suggestion_lifecycle as lifecycle
from petitions.models import Suggestion, SuggestionPart, SuggestionPromise
from petitions.services import suggestions as services
from petitions.suggestion_permissions import LEAD, OFFICE, SPONSOR, SYSTEM
from supervision.models import Reminder
from tests.factories import a_deputy, a_user
from tests.petitions.story import MINUTE, an_office, moment

S = Suggestion.Status
PATHS = {
    S.RAISED: (),
    S.HANDLING: ("hand_over",),
    S.ANSWERED: ("hand_over", "draft_reply"),
    S.CLOSED: ("hand_over", "draft_reply", "rate"),
    S.RETURNED: ("return_to_deputy",),
    S.WITHDRAWN: ("withdraw",),
}
ACTORS = {LEAD: "deputy", SPONSOR: "sponsor", OFFICE: "head", Role.CLERK: "clerk", Role.LEADER: "leader"}


def an_office_with_a_sponsor():
    """The office of a township with its deputy, another deputy who lends a name, and two organs."""
    office = an_office()
    office.sponsor = a_user(Role.DEPUTY, name="联名代表甲")
    office.sponsor_person = a_deputy("联名代表甲", user=office.sponsor, station=office.station)
    return office


@dataclass
class Suggesting:
    """One suggestion under way; each step is taken a minute after the one before."""

    office: SimpleNamespace
    suggestion: Suggestion
    at: dt.datetime

    @classmethod
    def begin(cls, office, *, at=None, petitions=(), **facts):
        at = at or moment("2026-11-02 15:00")
        told = {"region": office.station.region, "title": "关于农村路灯的建议", "body": "请统一维护。"}
        told |= {"submission_key": uuid4(), "co_sponsors": [office.sponsor_person]} | facts
        return cls(office, services.raise_suggestion(actor=office.deputy, petitions=petitions, at=at, **told), at)

    @classmethod
    def brought_to(cls, status, office, **facts):
        story = cls.begin(office, **facts)
        for action in PATHS[status]:
            story.take(action)
        assert story.suggestion.status == status
        return story

    def take(self, action, *, by=None, at=None, target=None, **facts):
        """Take one action with what it needs, unless told otherwise; ``by`` is a person of the office, by name or user."""
        at = at or self.at + MINUTE
        row = lifecycle.TABLE[action]
        if row.per != "case":
            target = target or self.target(action)
            facts[row.per] = target
        facts = FACTS.get(action, lambda story: {})(self) | facts
        if by == SYSTEM:
            services.close_unrated(suggestion=self.suggestion, at=at)
        else:
            by = by or self.usual(action)
            user = getattr(self.office, by) if isinstance(by, str) else by
            getattr(services, action)(suggestion=self.suggestion, actor=user, at=at, **facts)
        self.at = at
        self.suggestion.refresh_from_db()

    def usual(self, action):
        if action == "draft_reply":
            return "leader"
        return ACTORS[lifecycle.TABLE[action].actors[0]]

    def promise(self, **facts):
        """Answer with a promise."""
        promising = {"outcome": "in_progress", "promise": "装好十盏路灯", "promised_on": dt.date(2026, 12, 18)}
        self.take("draft_reply", **promising | facts)

    def part(self, organ=None):
        """The organ's part of the latest round, the lead organ's unless told otherwise."""
        parts = SuggestionPart.objects.filter(round__suggestion=self.suggestion, organ=organ or self.office.organ)
        return parts.select_related("organ", "answer_clock").latest("pk")

    def target(self, action):
        """The lead organ's part, what its answer promised, or the first 督办单."""
        if lifecycle.TABLE[action].per == "part":
            return self.part()
        if lifecycle.TABLE[action].per == "promise":
            promises = SuggestionPromise.objects.filter(reply__part__round__suggestion=self.suggestion)
            return promises.select_related("clock", "reply__part__organ").latest("pk")
        owed = Reminder.objects.filter(clock__suggestion_link__suggestion=self.suggestion, must_acknowledge=True)
        return owed.select_related("clock__owner_organ", "paper").first()


FACTS = {
    "hand_over": lambda story: {"lead": story.office.organ, "instruction": "请与代表沟通。"},
    "return_to_deputy": lambda story: {"why": "属于个人事务。"},
    "ask_return": lambda story: {"ground": "不属于本局职责。", "proposal": story.office.other_organ},
    "decide_return": lambda story: {"grant": True, "to": story.office.other_organ},
    "ask_extension": lambda story: {"reason": "涉及五个部门。"},
    "decide_extension": lambda story: {"grant": True},
    "note_progress": lambda story: {"text": "已现场查看。"},
    "draft_reply": lambda story: {"text": "已列入统一维护。", "outcome": "resolved"},
    "report_delivery": lambda story: {"evidence": "十盏路灯已亮。"},
    "verify_delivery": lambda story: {"kept": True, "finding": "晚上去看过，都亮。"},
    "reject_draft": lambda story: {"note": "请写明时间。"},
    "press": lambda story: {"note": "请抓紧。"},
    "acknowledge": lambda story: {"text": "已安排。"},
    "send_back": lambda story: {"why": "没有回答由谁维护。"},
    "rate": lambda story: {"attitude": "satisfied", "result": "satisfied"},
    "withdraw": lambda story: {"why": "问题已经解决。"},
    "publish": lambda story: {"public_title": "路灯维护", "summary": "建议统一维护路灯。", "public_answer": "已列入。"},
    "unpublish": lambda story: {"reason": "改写。"},
}
