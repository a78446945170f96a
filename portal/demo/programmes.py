"""The demo's topic of the year, rectification list and law inspection: set to units, and brought to where they stand."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.db.models import Q
from django.utils import timezone

from portal.demo.offices import at_clock
from portal.demo.stories import Moment, Stage
from programmes import services
from programmes.forms.programmes import tasks_text
from programmes.models import Activity, Attendance, Invitation, Item, Programme, Template
from programmes.services import activities, invitations
from programmes.services.programmes import Task
from stations.models import Region

COUNTY = "130503"
TOPIC, LIST = "大气污染防治监督", "乡镇人大规范化建设整改清单"
TOWNSHIPS = ["130503100", "130503101", "130503102", "130503107"]
INSPECTION = "《水污染防治法》实施情况执法检查"
FOUND = [
    ("七里河支沟有两处生活污水直排", "XD-SW", -6),
    ("镇区雨污管网三处错接", "XD-ZJ", 5),
    ("二次供水水箱清洗记录不全", "XD-GS", 9),
]
# Who takes which step of which item how many working days ago, at what time.
TOPIC_STEPS = [
    (24, "09:10", "XD-HB", "sign_in", "l-xd-hb", {}),
    (24, "10:20", "XD-JT", "sign_in", "clerk2", {}),
    (23, "09:00", "XD-GS", "sign_in", "clerk", {}),
    (22, "15:00", "XD-CG", "object_to", "l-xd-cg", {"ground": "两处工地在建设部门监管范围内，请明确牵头单位。"}),
    (
        20,
        "10:00",
        "XD-CG",
        "settle",
        "committee",
        {"upheld": False, "text": "渣土运输由城管牵头，工地围挡由住建负责。"},
    ),
    (15, "16:00", "XD-HB", "note_progress", "k-xd-hb", {"text": "已对12家企业逐一核查，9家完成整改。"}),
    (10, "10:30", "XD-HB", "report", "l-xd-hb", {"text": "12家企业全部整改到位，监测数据连续两周达标。"}),
    (8, "09:30", "XD-HB", "verify", "committee", {"text": "抽查3家，情况属实。"}),
    (6, "11:00", "XD-JT", "report", "leader2", {"text": "主要道路每日洒水4次，抑尘车已到位。"}),
    (5, "15:20", "XD-JT", "send_back", "committee", {"why": "滨江路东段早高峰后仍有扬尘，请补充洒水频次。"}),
    (1, "15:00", "XD-JT", "report", "leader2", {"text": "滨江路东段增加到每日6次，附作业记录。"}),
]
FOUND_STEPS = [
    (13, "09:00", "XD-SW", "sign_in", "k-xd-sw", {}),
    (
        12,
        "09:20",
        "XD-ZJ",
        "object_to",
        "l-xd-zj",
        {"ground": "其中一处在供水管网改造标段内，建议由供水服务中心承担。"},
    ),
    (
        11,
        "09:00",
        "XD-ZJ",
        "settle",
        "committee",
        {"upheld": False, "text": "三处错接均在市政管网范围内，由住建局牵头。"},
    ),
    (11, "10:00", "XD-GS", "report", "leader", {"text": "已补齐清洗记录并公示，附检测报告。"}),
    (9, "15:00", "XD-GS", "verify", "committee", {"text": "查看公示和检测报告，属实。"}),
]
LIST_STEPS = [
    (9, "09:00", "130503100", 0, "sign_in", "head", {}),
    (7, "10:00", "130503100", 0, "report", "head", {"text": "专职主席、副主席均已选举产生并到任。"}),
    (5, "10:00", "130503100", 0, "verify", "committee", {"text": "查阅任职文件，属实。"}),
    (4, "16:00", "130503101", 2, "report", "h-lc", {"text": "门户已开通，附首页截图。"}),
]


def follow_ups(stage: Stage) -> Iterator[Moment]:
    """The moments of all three, and at last the sweep that takes over what stations found of themselves."""
    play = _Play(stage)
    yield play.moment(26, "09:30", play.begin_topic)
    for ago, time, owner, action, actor, facts in TOPIC_STEPS:
        yield play.moment(ago, time, partial(play.step, TOPIC, {"owner_organ__code": owner}, 0, action, actor, facts))
    yield play.moment(2, "09:00", play.circular)
    yield play.moment(22, "09:00", play.plan_inspection)
    yield play.moment(15, "16:30", play.hold_inspection)
    for ago, time, owner, action, actor, facts in FOUND_STEPS:
        owned = {"owner_organ__code": owner}
        yield play.moment(ago, time, partial(play.step, INSPECTION, owned, 0, action, actor, facts))
    yield play.moment(12, "14:00", play.begin_list)
    for ago, time, place, place_in_list, action, actor, facts in LIST_STEPS:
        owner = {"owner_region": place}
        yield play.moment(ago, time, partial(play.step, LIST, owner, place_in_list, action, actor, facts))
    yield play.moment(0, "00:00", lambda at: services.sweep(at=at))


class _Play:
    """The programmes and the inspection on one stage."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.today = timezone.localdate(stage.now)
        self.position = 0

    def moment(self, workdays_ago: int, time: str, take) -> Moment:
        """A moment so many working days ago; in the order given where two fall together."""
        self.position += 1
        day = self.stage.calendar.add_workdays(self.today, -workdays_ago) if workdays_ago else self.today
        return Moment(at_clock(day, time), "programmes", self.position, take)

    def begin_topic(self, at: datetime):
        programme = self._begin(TOPIC, at)
        tasks = {
            "工业企业排放治理": ["XD-HB"],
            "渣土运输扬尘治理": ["XD-CG"],
            "道路洒水降尘": ["XD-JT"],
            "建筑工地围挡喷淋": ["XD-ZJ"],
        }
        for title, codes in tasks.items():
            self._add(programme, [Task(title)], [self.stage.organs[code] for code in codes], -4, at)
        self._add(programme, [Task("管网施工扬尘防治")], [self.stage.organs["XD-GS"]], 8, at)

    def begin_list(self, at: datetime):
        template = Template.objects.get(name=LIST)
        tasks = [Task(*line.partition("｜")[::2]) for line in tasks_text(template).splitlines()]
        townships = list(Region.objects.filter(code__in=TOWNSHIPS).order_by("code"))
        self._add(self._begin(LIST, at), tasks, townships, 10, at)

    def _begin(self, name: str, at: datetime) -> Programme:
        template = Template.objects.get(name=name)
        day = timezone.localdate(at)
        return services.begin_programme(
            region=Region.objects.get(code=COUNTY),
            actor=self.stage.users["committee"],
            at=at,
            kind=template.kind,
            title=name,
            year=day.year,
            body="按年度工作安排开展。" if template.kind == Programme.Kind.TOPIC else template.intro,
            source="演示数据",
            starts_on=day,
            ends_on=self.stage.calendar.add_workdays(self.today, 20),
        )

    def _add(self, programme: Programme, tasks: list[Task], units: list, due_in: int, at: datetime):
        services.add_items(
            programme=programme,
            actor=self.stage.users["committee"],
            tasks=tasks,
            units=units,
            due_on=self.stage.calendar.add_workdays(self.today, due_in),
            kind=Item.Kind.TASK,
            at=at,
        )

    def step(self, title: str, owner: dict, place: int, action: str, actor: str, facts: dict, at: datetime):
        of_title = Q(programme__title=title) | Q(activity__title=title)
        item = Item.objects.filter(of_title, **owner).order_by("pk")[place]
        getattr(services, action)(item=item, actor=self.stage.users[actor], at=at, **facts)

    def plan_inspection(self, at: datetime):
        """Plan it for a week later, and invite two deputies and the organs inspected."""
        committee = self.stage.users["committee"]
        day = self.stage.calendar.add_workdays(self.today, -15)
        activity = activities.plan_activity(
            activity=Activity(
                kind=Activity.Kind.ENFORCEMENT,
                region=Region.objects.get(code=COUNTY),
                title=INSPECTION,
                starts_at=at_clock(day, "08:40"),
                ends_at=at_clock(day, "11:40"),
                place="七里河沿线和南大郭镇区",
                plan="实地查看排水口、管网和二次供水设施，听取情况汇报。",
            ),
            actor=committee,
            at=at,
        )
        deputies = [self.stage.deputies[code] for code in ("DB001", "DB005")]
        organs = [self.stage.organs[code] for _title, code, _due in FOUND]
        invitations.invite(activity=activity, deputies=deputies, organs=organs, actor=committee, at=at)
        invitations.announce(activity=activity, actor=committee, at=at)
        for invitation in activity.invitations.all():
            # By telephone, as the record says: the office answers for whoever was invited.
            invitations.answer(
                invitation=invitation, answer=Invitation.Answer.COMES, note="电话回复", actor=committee, at=at
            )

    def hold_inspection(self, at: datetime):
        """Everybody came; what was found becomes items of the organs."""
        committee = self.stage.users["committee"]
        activity = Activity.objects.get(title=INSPECTION)
        marks = dict.fromkeys(activity.invitations.values_list("pk", flat=True), (Attendance.CAME, ""))
        invitations.record_attendance(activity=activity, marks=marks, guests_came=set(), actor=committee, at=at)
        specs = [
            {
                "kind": Item.Kind.FINDING,
                "title": title,
                "owner_organ": self.stage.organs[code],
                "due_on": self.stage.calendar.add_workdays(self.today, due),
            }
            for title, code, due in FOUND
        ]
        minutes = "检查组查看7处点位，发现3个问题，逐项交办并限期整改。"
        activities.record_minutes(activity=activity, minutes=minutes, specs=specs, actor=committee, at=at)

    def circular(self, at: datetime):
        programme = Programme.objects.get(title=TOPIC)
        services.issue_circular(
            programme=programme, actor=self.stage.users["committee"], note="请于三日内报告。", at=at
        )
