"""A case played through the real actions: who does what by default, and how it comes to a status."""

import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace
from uuid import uuid4

from accounts.models import Role
from petitions import lifecycle, services
from petitions.models import Assignment, Commitment, Petition, Status
from petitions.permissions import NEIGHBOUR, RESIDENT, SYSTEM, positions
from petitions.services.sweep import hand_on
from supervision.models import Clock, Reminder
from tests.factories import OrganFactory, StationFactory, a_deputy, a_note, a_reception, a_region, a_user
from workdays.calendar import BEIJING

REPORTER = {"name": "孟庆余", "phone": "13900000042", "address": "南大郭村东街9号", "email": "meng@example.invalid"}
OF_THE_SUGGESTION = ("note_suggestion", "answer_suggestion", "send_back_answer", "end_suggestion")
OF_THE_SYSTEM = ("hand_on", "note_meeting", *OF_THE_SUGGESTION)
MINUTE = dt.timedelta(minutes=1)
PATHS = {
    Status.SUBMITTED: (),
    Status.NEEDS_INFO: ("ask_info",),
    Status.ACCEPTED: ("accept",),
    Status.HANDLING: ("accept", "hand_over"),
    Status.REVIEWING: ("accept", "hand_over", "reply"),
    Status.RATING: ("accept", "hand_over", "reply", "pass_reply"),
    Status.TRACKING: ("accept", "hand_over", "promise", "pass_reply", "rate"),
    Status.CLOSED: ("accept", "hand_over", "reply", "pass_reply", "rate"),
    Status.REFUSED: ("refuse",),
    Status.SIGNPOSTED: ("signpost",),
    Status.MERGED: ("merge",),
    Status.WITHDRAWN: ("withdraw",),
}


def moment(text):
    """A moment of Beijing time, e.g. 2026-11-02 10:00."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def an_office():
    """A station with everybody who has to do with its cases, two organs, and people who have nothing to do with them."""
    station, organ, other = StationFactory(), OrganFactory(name="信都区水务局"), OrganFactory(name="信都区住建局")
    county = a_region("130503")
    deputy_user = a_user(Role.DEPUTY, name="郑代表")
    return SimpleNamespace(
        station=station,
        organ=organ,
        other_organ=other,
        deputy_person=a_deputy(user=deputy_user, station=station),
        officer=a_user(Role.OFFICER, station, name="联络员"),
        head=a_user(Role.HEAD, station.region, name="主席"),
        committee=a_user(Role.COMMITTEE, county, name="代工委"),
        viewer=a_user(Role.VIEWER, county, name="领导"),
        admin=a_user(Role.ADMIN, name="管理员"),
        privacy=a_user(Role.PRIVACY, name="保护负责人"),
        clerk=a_user(Role.CLERK, organ, name="经办"),
        leader=a_user(Role.LEADER, organ, name="局长"),
        other_clerk=a_user(Role.CLERK, other, name="住建经办"),
        other_leader=a_user(Role.LEADER, other, name="住建局长"),
        deputy=deputy_user,
        stranger=a_user(Role.OFFICER, name="外站联络员"),
    )


def a_joint_note(office, **facts):
    """A visitor's note of a joint reception, which an organ took over at the desk."""
    reception = a_reception(office.station, days=0, deputies=[office.deputy_person])
    reception.organs.add(office.organ)
    return a_note(reception, office.officer, organ=office.organ, **facts)


def submission(office, **facts):
    """What a resident's form gives to ``services.submit``."""
    return {
        "station": office.station,
        "region": office.station.region,
        "title": "村口路灯不亮",
        "body": "村口三盏路灯坏了半个月，老人晚上不敢出门。",
        "secrecy": Petition.Secrecy.STATION,
        "identity": REPORTER,
        "submission_key": uuid4(),
        "at": moment("2026-11-02 10:00"),
    } | facts


@dataclass
class Story:
    """One case under way; each step is taken a minute after the one before."""

    office: SimpleNamespace
    petition: Petition
    code: str
    at: dt.datetime
    last: object = field(default=None)

    @classmethod
    def begin(cls, office, **facts):
        facts = submission(office, **facts)
        petition, code = services.submit(**facts)
        return cls(office, petition, code, facts["at"])

    @classmethod
    def brought_to(cls, status, office, **facts):
        story = cls.begin(office, **facts)
        for action in PATHS[status]:
            story.take(action)
        assert story.petition.status == status
        return story

    def take(self, action, by=None, **facts):
        """Take one action with what it needs, unless told otherwise; ``by`` is a position or a user."""
        at = facts.pop("at", None) or self.at + MINUTE
        action, facts = self._words(action, facts)
        target = facts.pop("target", None) or self.target(action)
        self.last = perform(action, self, by or self._usual(action, target), target, at, facts)
        self.at = at
        self.petition.refresh_from_db()
        return self.last

    def _words(self, action, facts):
        if action == "reply":
            return "draft_reply", {"by_leader": True} | facts
        if action == "promise":
            promise = {"outcome": "in_progress", "promise": "更换路灯", "promised_on": dt.date(2026, 12, 1)}
            return "draft_reply", {"by_leader": True} | promise | facts
        return action, facts

    def _usual(self, action, target):
        actors = lifecycle.TABLE[action].actors
        if action == "draft_reply":
            actors = (Role.LEADER,)
        return next(actor for actor in actors if actor != SYSTEM or action in OF_THE_SYSTEM)

    def user(self, position, target=None):
        """The person in a position; of the organ that the target belongs to."""
        organ = organ_of(target)
        if organ is not None and organ == self.office.other_organ and position in (Role.CLERK, Role.LEADER):
            position = f"other_{position}"
        return getattr(self.office, str(position))

    @property
    def proposer(self):
        return self.petition.proposers.get(is_first=True)

    @property
    def suggestion(self):
        """The suggestion that the case was raised to last, or None."""
        return self.petition.suggestions.order_by("pk").last()

    @property
    def clocks(self):
        return Clock.objects.filter(petition_link__petition=self.petition).order_by("pk")

    @property
    def running(self):
        return self.clocks.running()

    def targets(self, per):
        """What of this case the actions of a kind are taken on; the case itself is no target."""
        if per == "assignment":
            of_case = Assignment.objects.filter(round__petition=self.petition)
            return list(of_case.select_related("organ", "answer_clock").prefetch_related("replies"))
        if per == "commitment":
            return list(Commitment.objects.filter(round__petition=self.petition).select_related("organ"))
        if per == "reminder":
            of_case = Reminder.objects.filter(clock__petition_link__petition=self.petition)
            return list(of_case.select_related("clock__owner_organ", "paper"))
        return [None]

    def target(self, action):
        """The first target for which an action is meant now, else any, else none."""
        row = lifecycle.TABLE[action]
        found = [target for target in self.targets(row.per) if target is not None]
        fitting = [target for target in found if row.when(target)]
        return next(iter(fitting or found), None)

    def choices(self):
        """Every ``(action, position, target)`` that somebody may take now, as pages would offer it."""
        case = Petition.objects.select_related("station", "deputy").get(pk=self.petition.pk)
        found = []
        for per in ("case", "assignment", "commitment", "reminder"):
            for target in self.targets(per):
                for position in Role.values:
                    user = self.user(position, target)
                    held = positions(case, user, organ=organ_of(target))
                    found += [(row.action, position, target) for row in lifecycle.open_actions(case, per, held, target)]
        found += [(row.action, RESIDENT, None) for row in lifecycle.open_actions(case, "case", {RESIDENT})]
        return found


def organ_of(target):
    if isinstance(target, Reminder):
        return target.clock.owner_organ
    return getattr(target, "organ", None)


def perform(action, story, by, target, at, facts):
    """Call the real service of an action for a position (or a user)."""
    facts = FACTS.get(action, lambda story: {})(story) | facts
    by_leader = facts.pop("by_leader", False)
    row = lifecycle.TABLE[action]
    if row.per != "case":
        facts[row.per] = target
    if by == NEIGHBOUR:
        return services.join(petition=story.petition, at=at, **facts)
    if by == SYSTEM:
        service = {"hand_on": hand_on, "rate": services.close_unrated}.get(action) or getattr(services, action)
        return service(petition=story.petition, at=at, **facts)
    if by == RESIDENT:
        return getattr(services, action)(petition=story.petition, proposer=story.proposer, at=at, **facts)
    if by_leader:
        by = Role.LEADER
    user = story.user(by, target) if isinstance(by, str) else by
    if action == "raise_suggestion":
        return services.raise_suggestion(actor=user, petitions=[story.petition], at=at, **facts)
    if action == "group":
        cases = [story.petition, facts["beside"]]
        return services.confirm_cluster(title="路灯不亮", cases=cases, actor=user, at=at)
    if action == "ungroup":
        group = story.petition.cluster
        return services.remove_from_cluster(cluster=group, cases=[story.petition], actor=user, at=at)
    return getattr(services, action)(petition=story.petition, actor=user, at=at, **facts)


def _merge_target(story):
    return {"into": Story.begin(story.office, title="路灯不亮", at=story.at).petition}


FACTS = {
    "join": lambda story: {"note": "我家门前也一样", "identity": None, "submission_key": uuid4()},
    "ask_info": lambda story: {"question": "请说明是哪几盏灯。"},
    "supplement": lambda story: {"text": "是东口的三盏。"},
    "accept": lambda story: {"nature": Petition.Nature.ORDINARY},
    "answer_on_spot": lambda story: {"text": "当天已修好。", "outcome": "resolved"},
    "accept_on_spot": lambda story: {},
    "refuse": lambda story: {
        "reason": "outside_area",
        "text": "不在本区域。",
        "right_channel": "襄都区联络站",
    },
    "signpost": lambda story: {"text": "此事由法院受理。", "right_channel": "信都区人民法院"},
    "merge": _merge_target,
    "group": lambda story: {"beside": _merge_target(story)["into"]},
    "hand_over": lambda story: {"lead": story.office.organ, "instruction": "请尽快办理。"},
    "add_organ": lambda story: {"organ": story.office.other_organ},
    "ask_return": lambda story: {"ground": "不属于本局职责。", "proposal": story.office.other_organ},
    "decide_return": lambda story: {"grant": True},
    "ask_extension": lambda story: {"days": 5, "reason": "需要订购灯具。"},
    "decide_extension": lambda story: {"grant": True},
    "note_progress": lambda story: {"text": "已派人查看。"},
    "draft_reply": lambda story: {"text": "路灯已更换。", "outcome": "resolved"},
    "reject_draft": lambda story: {"note": "请写明更换日期。"},
    "press": lambda story: {"note": "请抓紧。"},
    "acknowledge": lambda story: {"text": "已安排。"},
    "send_back": lambda story: {"why": "没有回答何时修好。"},
    "pass_reply": lambda story: {"text": "路灯已更换，请您查看。"},
    "rate": lambda story: {"process": "satisfied", "result": "satisfied"},
    "call_back": lambda story: {"process": "satisfied", "result": "satisfied", "text": "电话回访"},
    "report_delivery": lambda story: {"evidence": "三盏灯已亮。"},
    "verify_delivery": lambda story: {"kept": True, "finding": "现场看过，灯亮。"},
    "raise_suggestion": lambda story: {
        "region": story.office.station.region,
        "title": "关于农村路灯的建议",
        "body": "请统一维护。",
        "submission_key": uuid4(),
    },
    "note_suggestion": lambda story: {"suggestion": story.suggestion, "text": "由水务局主办。"},
    "answer_suggestion": lambda story: {"suggestion": story.suggestion},
    "send_back_answer": lambda story: {"suggestion": story.suggestion, "why": "没有写何时完成。"},
    "end_suggestion": lambda story: {"suggestion": story.suggestion, "why": "代表撤回建议。"},
    "close_with_opinion": lambda story: {"opinion": "已尽力办理，结案。"},
    "ask_meeting": lambda story: {"organ": story.office.organ, "link": "/desk/meetings/1/"},
    "note_meeting": lambda story: {
        "text": "已约请水务局负责人会商。",
        "link": "/desk/meetings/1/",
        "by_label": "信都区人大常委会代工委",
        "public": True,
    },
    "register_promise": lambda story: {
        "organ": story.office.organ,
        "text": "更换路灯",
        "on": story.at.date() + dt.timedelta(days=20),
        "link": "/desk/meetings/1/",
    },
    "reopen": lambda story: {"reason": "群众反映又坏了。"},
    "withdraw": lambda story: {"reason": "自己解决了。"},
    "object_to": lambda story: {"reason": "我不同意。"},
    "publish": lambda story: {"public_title": "路灯修复", "summary": "村口路灯已修复。"},
    "unpublish": lambda story: {"reason": "改写。"},
    "withdraw_consent": lambda story: {},
}
