"""One case from the door to the archive, step by step as the office does it, written as rows and not by the services.

Twenty rows a case by the services would take hours for a million; what they leave behind is what is written here. The
steps follow the table of ``petitions.lifecycle``.
"""

import datetime as dt
from dataclasses import dataclass, field

from petitions.models import Status
from supervision.models import Duty, Unit

S = Status
HAND_OVER = ("submit", "accept", "hand_over", "sign_in")
ANSWER = ("draft_reply", "sign_off", "pass_reply")
KEPT = ("report_delivery", "verify_delivery")
# How long a step takes, as a share of its whole way.
WEIGHTS = {"submit": 0, "sign_off": 0.3, "draft_reply": 4, "note_progress": 0.5, "rate": 2, "report_delivery": 8}
PAST = {  # of a hundred cases that are over
    "handled": 42, "progress": 24, "promised": 9, "twice": 4, "asked": 4, "spot": 8, "refused": 4, "signposted": 3,
    "withdrawn": 2,
}  # fmt: skip
PRESENT = {  # of a hundred that are open, where they stand
    "submitted": 8, "needs_info": 3, "accepted": 8, "handed_over": 8, "handling": 34, "drafted": 6, "reviewing": 8,
    "rating": 12, "tracking": 8, "second": 5,
}  # fmt: skip
PATHS = {
    "handled": (*HAND_OVER, *ANSWER, "rate"),
    "progress": (*HAND_OVER, "note_progress", *ANSWER, "rate"),
    "long": (*HAND_OVER, *["note_progress"] * 42, *ANSWER, "rate"),
    "promised": (*HAND_OVER, *ANSWER, "rate", *KEPT),
    "twice": (*HAND_OVER, *ANSWER, "rate", "sign_in", *ANSWER, "rate"),
    "asked": ("submit", "ask_info", "supplement", *HAND_OVER[1:], *ANSWER, "rate"),
    "spot": ("submit", "answer_on_spot", "rate"),
    "refused": ("submit", "refuse"),
    "signposted": ("submit", "signpost"),
    "withdrawn": ("submit", "withdraw"),
    "submitted": ("submit",),
    "needs_info": ("submit", "ask_info"),
    "accepted": ("submit", "accept"),
    "handed_over": HAND_OVER[:3],
    "handling": (*HAND_OVER, "note_progress"),
    "drafted": (*HAND_OVER, "draft_reply"),
    "reviewing": (*HAND_OVER, "note_progress", "draft_reply", "sign_off"),
    "rating": (*HAND_OVER, *ANSWER),
    "tracking": (*HAND_OVER, *ANSWER, "rate"),
    "second": (*HAND_OVER, *ANSWER, "rate"),
}
OUTCOMES = {"resolved": 70, "not_feasible": 30}
PROMISES = {"in_progress": 70, "planned": 30}
RATINGS = {"satisfied": 40, "basically": 15, "": 45}  # "": nobody rated
NATURES = {"ordinary": 70, "consultation": 20, "complex": 10}


def pick(draw, shares):
    """One of the keys of a dict of shares."""
    return draw.choices(list(shares), shares.values())[0]


@dataclass
class ClockRow:
    """A clock under way or stopped; the columns that differ from clock to clock."""

    duty: str
    owner_column: str
    owner: int | None
    started_at: dt.datetime
    length: int
    unit: str
    term: int | None
    due_on: dt.date
    explanation: str
    provisional: bool
    round: int
    stopped_at: dt.datetime | None = None
    paused_on: dt.date | None = None


@dataclass
class Life:
    """What has become of one case so far; each step is a method of its name, called with its moment."""

    kind: str
    station: int
    officer: int
    head: int
    organ: int
    clerk: int
    leader: int
    names: dict
    days: object
    terms: dict
    draw: object
    words: object
    status: str = ""
    outcome: str = ""
    closed_how: str = ""
    accepted_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    nature: str = "ordinary"
    stage: int | None = None  # place of the stage's clock in ``clocks``
    clocks: list = field(default_factory=list)
    events: list = field(default_factory=list)
    rounds: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    ratings: list = field(default_factory=list)
    commitment: dict | None = None

    def event(self, at, action, to, actor, label, text="", public=True):
        """Write one event and stand where it leads."""
        self.events.append((at, action, self.status, to, actor, label, text, public))
        self.status = to

    def start(self, duty, at, owner_column="", owner=None, variant="", on=None):
        """Start a clock and return its place."""
        day = at.date()
        if on:
            term, length, unit = None, 0, Unit.DATE
            reckoned = self.days.promised(day, on)
        else:
            term, length, unit = self.terms.get((duty, variant)) or self.terms[duty, ""]
            reckoned = self.days.reckon(day, length, unit)
        self.clocks.append(ClockRow(duty, owner_column, owner, at, length, unit, term, *reckoned, len(self.rounds)))
        return len(self.clocks) - 1

    def stop(self, place, at):
        if place is not None and self.clocks[place].stopped_at is None:
            self.clocks[place].stopped_at = at

    def next_stage(self, at, duty=None, **owner):
        """Stop the clock of the stage that ends and start the next one's."""
        self.stop(self.stage, at)
        self.stage = self.start(duty, at, **owner) if duty else None

    def end(self, at):
        for place in range(len(self.clocks)):
            self.stop(place, at)
        self.stage = None
        self.rounds[-1]["closed_at"] = at

    def open_round(self, at, why=""):
        self.rounds.append(
            {"opened_at": at, "why": why, "outcome": "", "reply": "", "told_at": None, "closed_at": None}
        )

    @property
    def of_station(self):
        return {"owner_column": "owner_station_id", "owner": self.station}

    @property
    def of_organ(self):
        return {"owner_column": "owner_organ_id", "owner": self.organ}

    # The steps

    def submit(self, at):
        self.open_round(at)
        self.nature = pick(self.draw, NATURES)
        self.next_stage(at, Duty.SCREEN, **self.of_station)
        self.event(at, "submit", S.SUBMITTED, None, "反映人")

    def ask_info(self, at):
        self.clocks[self.stage].paused_on = at.date()
        self.stage = self.start(Duty.SUPPLEMENT, at)
        self.event(at, "ask_info", S.NEEDS_INFO, self.officer, self.names["station"], "请补充具体地点和时间。")

    def supplement(self, at):
        self.stop(self.stage, at)
        self.stage = 0
        self.clocks[0].paused_on = None
        self.event(at, "supplement", S.SUBMITTED, None, "反映人", "已补充具体地点和时间。")

    def accept(self, at):
        self.accepted_at = at
        self.next_stage(at, Duty.HAND_OVER, **self.of_station)
        self.event(at, "accept", S.ACCEPTED, self.officer, self.names["station"])

    def hand_over(self, at):
        self.next_stage(at)
        self.assign(at)
        self.event(at, "hand_over", S.HANDLING, self.head, self.names["station"], f"主办：{self.names['organ']}。")

    def assign(self, at):
        later = len(self.rounds) > 1
        sign_in = self.start(Duty.SIGN_IN, at, **self.of_organ)
        duty, variant = (Duty.SECOND_ANSWER, "") if later else (Duty.ANSWER, self.nature)
        answer = self.start(duty, at, variant=variant, **self.of_organ)
        self.parts.append(
            {"round": len(self.rounds), "at": at, "sign_in": sign_in, "answer": answer, "signed_in_at": None}
            | {"replied_at": None, "reply": None, "until": self.days.reckon(at.date(), 5, Unit.WORKDAY)[0]}
        )

    def sign_in(self, at):
        self.parts[-1]["signed_in_at"] = at
        self.stop(self.parts[-1]["sign_in"], at)
        self.event(at, "sign_in", S.HANDLING, self.clerk, self.names["organ"])

    def note_progress(self, at):
        public = self.draw.random() < 0.5
        self.event(
            at, "note_progress", S.HANDLING, self.clerk, self.names["organ"], "已到现场查看，正在联系施工。", public
        )

    def draft_reply(self, at):
        promises = self.kind in ("promised", "tracking") and len(self.rounds) == 1
        outcome = pick(self.draw, PROMISES if promises else OUTCOMES)
        months = self.draw.randint(1, 5)
        on = min(at.date() + dt.timedelta(days=30 * months), self.days.today) if self.kind == "promised" else None
        if self.kind == "tracking":
            on = self.days.today + dt.timedelta(days=self.draw.randint(-20, 90))
        sentences = self.words.answer(self.draw, self.names["organ"])
        self.parts[-1]["reply"] = {
            "state": "draft", "sentences": sentences, "outcome": outcome, "drafted_at": at, "signed_at": None,
            "promise": "按期完成整治" if promises else "", "promised_on": on,
        }  # fmt: skip
        text = "答复已拟好，待负责人签发。"
        self.event(at, "draft_reply", S.HANDLING, self.clerk, self.names["organ"], text, False)

    def sign_off(self, at):
        part = self.parts[-1]
        part["reply"] |= {"state": "signed", "signed_at": at}
        part["replied_at"] = at
        self.clocks[part["answer"]].paused_on = at.date()
        self.next_stage(at, Duty.REVIEW, **self.of_station)
        self.event(at, "sign_off", S.REVIEWING, self.leader, self.names["organ"], "答复已签发，报交办人审核。")

    def pass_reply(self, at):
        part = self.parts[-1]
        part["reply"]["state"] = "passed"
        self.stop(part["answer"], at)
        if part["reply"]["promised_on"]:
            on = part["reply"]["promised_on"]
            clock = self.start(Duty.COMMITMENT, at, on=on, **self.of_organ)
            self.commitment = {"clock": clock, "on": on, "state": "open", "verify": None, "kept": None, "seen": None}
        self.tell(at, part["reply"]["sentences"], part["reply"]["outcome"])
        text = "".join(part["reply"]["sentences"])
        self.event(at, "pass_reply", S.RATING, self.head, self.names["station"], text)

    def tell(self, at, sentences, outcome):
        self.rounds[-1] |= {"outcome": outcome, "reply": "".join(sentences), "told_at": at}
        self.outcome = outcome
        self.next_stage(at, Duty.RATE)

    def answer_on_spot(self, at):
        self.accepted_at = at
        sentences = self.words.answer(self.draw, self.names["station"])
        self.tell(at, sentences, pick(self.draw, OUTCOMES))
        self.event(at, "answer_on_spot", S.RATING, self.officer, self.names["station"], "".join(sentences))

    def rate(self, at):
        if self.kind in ("twice", "second") and len(self.rounds) == 1:
            self.ratings.append((1, at, "dissatisfied"))
            self.next_stage(at)
            self.rounds[-1]["closed_at"] = at
            self.outcome = ""
            self.open_round(at, "群众不满意")
            self.assign(at)
            self.event(at, "rate", S.HANDLING, None, "反映人", "态度与过程：基本满意；办理结果：不满意。")
            return
        result = pick(self.draw, RATINGS)
        self.closed_how = result or "unrated"
        text, label = ("办理结果已评价。", "反映人") if result else ("逾期未评价，不计为满意。", "系统")
        if result:
            self.ratings.append((len(self.rounds), at, result))
        self.next_stage(at)
        if self.commitment:
            self.event(at, "rate", S.TRACKING, None, label, text)
        else:
            self.end(at)
            self.closed_at = at
            self.event(at, "rate", S.CLOSED, None, label, text)

    def report_delivery(self, at):
        self.stop(self.commitment["clock"], at)
        verify = self.start(Duty.VERIFY, at, **self.of_station)
        self.commitment |= {"state": "delivered", "kept": at, "verify": verify}
        self.event(at, "report_delivery", S.TRACKING, self.clerk, self.names["organ"], "报告承诺已兑现：已完成整治。")

    def verify_delivery(self, at):
        self.commitment |= {"state": "verified", "seen": at}
        self.closed_how, self.closed_at = "kept", at
        self.end(at)
        self.event(at, "verify_delivery", S.CLOSED, self.officer, self.names["station"], "核实已兑现：现场查看属实。")

    def refuse(self, at):
        self.end(at)
        self.event(at, "refuse", S.REFUSED, self.head, self.names["station"], "属于个人诉求，请向有关部门反映。")

    def signpost(self, at):
        self.end(at)
        self.event(at, "signpost", S.SIGNPOSTED, self.head, self.names["station"], "请拨打12345反映。")

    def withdraw(self, at):
        self.end(at)
        self.event(at, "withdraw", S.WITHDRAWN, None, "反映人", "问题已经解决。")
