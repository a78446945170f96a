"""What goes beyond one case: a group of like cases, meetings with heads of organs, a suggestion that stands by itself.

Beside them, what an organ without an account gets by mail, and a topic with a ladder of its own.
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from notices.services import deliver
from petitions import services as petitions
from petitions.models import Assignment, Cluster, Suggestion
from portal.demo.offices import at_clock
from portal.demo.stories import Moment, Stage, submission_key
from programmes.models import Meeting
from programmes.services import meetings
from programmes.services.meeting_minutes import Pledge, record_minutes
from stations.models import Region
from supervision import rules
from supervision.links import send_link
from supervision.models import Ladder

LIKE = ["pipe-road-collapse", "old-pipe-pressure", "yellow-water"]
RUBBISH = "garbage-second"
BY_ITSELF = submission_key("suggestion-by-itself")
OUTSIDE = "XD-YL"
TOPIC = "环境保护"


def own_ladder(stage: Stage):
    """Cases about the environment are warned of a day earlier than others."""
    committee = stage.users["committee"]
    shipped = Ladder.objects.get(level="", category="", active=True)
    own = rules.copy_ladder(ladder=shipped, by=committee, name=f"{TOPIC}类督办阶梯", level="", category=TOPIC)
    warning = own.rungs.get(offset=-1)
    seen = rules.change_rung(rung=warning, by=committee, at=stage.now, offset=-2)
    rules.change_rung(rung=warning, by=committee, seen=seen.seal, at=stage.now, offset=-2)


def matters(stage: Stage) -> Iterator[Moment]:
    """The moments of all of them."""
    play = _Play(stage)
    yield play.moment(10, "10:00", play.raise_by_itself)
    yield play.moment(8, "09:30", play.hand_over)
    yield play.moment(7, "10:30", play.sign_in)
    yield play.moment(7, "15:00", play.ask_about_rubbish)
    yield play.moment(6, "09:10", play.arrange)
    yield play.moment(3, "11:30", play.hold)
    yield play.moment(2, "16:00", play.record_minutes)
    yield play.moment(1, "09:05", play.send_link)
    yield play.moment(1, "15:00", play.group)
    yield play.moment(1, "16:20", play.ask_about_pipes)


class _Play:
    """The steps, on one stage."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.today = timezone.localdate(stage.now)

    def moment(self, workdays_ago: int, time: str, take) -> Moment:
        """A moment so many working days ago."""
        return Moment(at_clock(self._day(-workdays_ago), time), "matters", 0, take)

    def _day(self, workdays: int) -> date:
        return self.stage.calendar.add_workdays(self.today, workdays)

    def raise_by_itself(self, at: datetime):
        petitions.raise_suggestion(
            actor=self.stage.users["deputy"],
            region=Region.objects.get(code="130503"),
            title="关于在全区小学周边统一设置放学时段限时停车位的建议",
            body="走访八所小学，放学时段家长停车占道，孩子在车缝里穿行。建议由公安交管部门牵头，"
            "逐校划定限时停车位和等候区，并与学校商定错峰放学的时间。",
            co_sponsors=[self.stage.deputies["DB005"]],
            submission_key=BY_ITSELF,
            at=at,
        )

    def hand_over(self, at: datetime):
        petitions.suggestions.hand_over(
            suggestion=Suggestion.objects.get(submission_key=BY_ITSELF),
            actor=self.stage.users["committee"],
            lead=self.stage.organs["XD-GA"],
            co_organs=[self.stage.organs["XD-JY"]],
            instruction="请逐校列出方案，先与代表沟通再答复。",
            at=at,
        )

    def sign_in(self, at: datetime):
        suggestion = Suggestion.objects.get(submission_key=BY_ITSELF)
        part = suggestion.rounds.get().parts.select_related("organ").get(is_lead=True)
        petitions.suggestions.sign_in(suggestion=suggestion, actor=self.stage.users["k-xd-ga"], part=part, at=at)

    def ask_about_rubbish(self, at: datetime):
        meetings.ask(
            actor=self.stage.users["head"],
            organ=self.stage.organs["XD-CG"],
            title="市场西边垃圾点反复堆积",
            body="第一次办理后不久又恢复原样，请局负责人到现场商定长效办法。",
            cases=[self.stage.cases[RUBBISH]],
            deputies=[self.stage.deputies["DB001"]],
            at=at,
        )

    def arrange(self, at: datetime):
        meetings.arrange(
            meeting=self._about_rubbish(),
            actor=self.stage.users["committee"],
            meets_at=at_clock(self._day(-3), "09:30"),
            place="南大郭镇人大代表之家会议室",
            at=at,
        )

    def hold(self, at: datetime):
        meetings.hold(
            meeting=self._about_rubbish(),
            actor=self.stage.users["committee"],
            came=Meeting.Came.HEAD,
            came_name="米文杰",
            came_title="局长",
            at=at,
        )

    def record_minutes(self, at: datetime):
        """One promise is the case's, one the organ's own."""
        record_minutes(
            meeting=self._about_rubbish(),
            actor=self.stage.users["committee"],
            minutes="双方到垃圾点查看后会商：晚间清运由一次改为两次，承运班组由局里直接考核；"
            "全区集市周边的垃圾点一并排查。",
            pledges=[
                Pledge("晚间清运固定为19时和21时各一次，由村里签字确认", self._day(6), self.stage.cases[RUBBISH]),
                Pledge("排查全区集市周边垃圾点，列出整改清单", self._day(15)),
            ],
            at=at,
        )

    def _about_rubbish(self) -> Meeting:
        return Meeting.objects.get(cases=self.stage.cases[RUBBISH])

    def group(self, at: datetime):
        petitions.confirm_cluster(
            title="老旧供水管网：漏水、压力不足、水发黄",
            cases=[self.stage.cases[key] for key in LIKE],
            actor=self.stage.users["head"],
            note="三件都在同一片老管网上。",
            at=at,
        )

    def ask_about_pipes(self, at: datetime):
        cluster = Cluster.objects.get()
        meetings.ask(
            actor=self.stage.users["deputy"],
            organ=self.stage.organs["XD-GS"],
            title=cluster.title,
            body="三件意见同出一片老管网，请供水中心负责人说明改造计划和年份。",
            cases=[self.stage.cases[LIKE[0]]],
            cluster=cluster,
            at=at,
        )

    def send_link(self, at: datetime):
        """The mail itself goes out, so that the demo's mailbox holds a link that can be opened."""
        part = Assignment.objects.select_related("sign_in_clock__owner_organ").get(organ__code=OUTSIDE)
        send_link(part.sign_in_clock, at=at)
        deliver(at=at)
