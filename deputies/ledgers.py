"""The ledgers of reception days: the register of notes (接待登记簿), roster and plan (轮值安排); and the roll of deputies."""

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Case, F, IntegerField, Min, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.services import has_role
from deputies.agenda import STATES
from deputies.forms.ledgers import NoteFilter, RosterFilter
from deputies.forms.people import FilterForm
from deputies.models import Mandate, Membership, Note, Reception, Standing, Turn
from deputies.permissions import STATION_SIDE, seen_deputies, seen_stations, with_kept
from papers.sheets import Column, Kind, Ledger, Sheet, labelled, of_days, parts, spoken_filters

COMMA, SEMICOLON = "、", "；"  # as text: an expression would be printed as its source


def ask_notes(user, asked):
    """The notes that a user may open, by day and number: topic and words, and never who said them."""
    form = NoteFilter(asked, user=user, stations=seen_stations(user).order_by("region_id", "name"))
    notes = form.notes().order_by("reception__date", "reception", "number")
    return Sheet(str(_("接待登记簿")), _note_columns(), notes, spoken_filters(form))


def _note_columns():
    return [
        Column(_("接待日期"), "reception__date", Kind.DAY, width=6),
        Column(_("联络站"), "reception__station__name", width=11),
        Column(_("序号"), "number", Kind.NUMBER, width=3),
        Column(_("来访人数"), "visitors", Kind.NUMBER, width=3),
        Column(_("事由"), "topic", width=14),
        Column(_("反映的内容"), "words", width=26),
        Column(_("发生区划"), "region__name", width=7),
        Column(_("接待代表"), "deputy__name", width=5),
        Column(_("处理"), labelled("outcome", Note.Outcome.choices), width=6),
        Column(_("当场答复的内容"), "answer", width=18),
        Column(_("拟办意见"), "proposal", width=14),
        Column(_("现场受理单位"), "organ__name", width=8, on_paper=False),
        Column(_("现场承诺"), "promise", width=10),
        Column(_("承诺完成日期"), "promised_on", Kind.DAY, width=6),
        Column(_("意见编号"), "petition__number", width=9),
    ]


def ask_days(user, asked):
    """The reception days of the list that a user sees, by date, each with its roster and who came."""
    form = RosterFilter(asked, stations=seen_stations(user).order_by("region_id", "name"))
    days = form.days(user, today=timezone.localdate(), is_past="past" in asked)
    return Sheet(str(_("接待日轮值台账")), _day_columns(), days.order_by("date", "starts", "pk"), spoken_filters(form))


def _day_columns():
    whens = [When(condition, then=Value(str(Reception.State(state).label))) for state, condition in STATES.items()]
    return [
        Column(_("日期"), "date", Kind.DAY, width=6),
        Column(_("开始"), "starts", Kind.TIME, width=5),
        Column(_("结束"), "ends", Kind.TIME, width=5),
        Column(_("联络站"), "station__name", width=12),
        Column(_("地点"), "place", width=12),
        Column(_("接待内容"), "scope", width=14),
        Column(_("轮值代表"), _turns(planned=True), width=14),
        Column(_("到岗代表"), _turns(present_at__isnull=False), width=14),
        Column(_("状态"), Case(*whens, default=Value("")), width=5),
        Column(_("公布时间"), "published_at", Kind.MOMENT),
        Column(_("小结时间"), "closed_at", Kind.MOMENT),
        Column(_("原定日期"), "meant_on", Kind.DAY, width=6),
        Column(_("改期原因"), "moved_why", width=10),
        Column(_("取消原因"), "cancelled_why", width=10),
    ]


def _turns(**facts):
    own = Turn.objects.filter(reception=OuterRef("pk"), **facts).order_by().values("reception")
    return Subquery(own.values(said=StringAgg("deputy__name", COMMA, order_by="pk")))


def ask_deputies(user, asked):
    """The deputies of the list that a user finds, by code; telephone numbers only of those whose record the user keeps."""
    today = timezone.localdate()
    form = FilterForm(asked, stations=seen_stations(user).order_by("region_id", "name"))
    found = form.narrow(seen_deputies(user), today).order_by("code")
    columns = _deputy_columns(today)
    if has_role(user, *STATION_SIDE):
        found = with_kept(found, user)
        phone = Case(When(is_kept=True, then=F("phone")), default=Value(""))
        columns.append(Column(_("联系电话"), phone, width=9))
    return Sheet(str(_("代表名册")), columns, found, spoken_filters(form))


def _deputy_columns(today):
    seats, groups = _seats(today), _groups(today)
    return [
        Column(_("编号"), "code", width=10),
        Column(_("姓名"), "name", width=6),
        Column(_("性别"), "gender", width=3),
        Column(_("状态"), seats, width=6, part=1),
        Column(_("代表资格"), seats, width=20, part=2),
        Column(_("选举单位"), seats, width=16, part=3),
        Column(_("联络站"), groups, width=18, part=1),
        Column(_("代表小组"), groups, width=14, part=2),
    ]


def standing_rank(day):
    """An expression over mandates: the place of their standing on a day in ``Standing``, the rule of ``Mandate.standing``."""
    rank = {standing: place for place, standing in enumerate(Standing)}
    return Case(
        When(status=Mandate.Status.ENDED, then=rank[Standing.ENDED]),
        When(ends_on__lt=day, then=rank[Standing.OVER]),
        When(starts_on__gt=day, then=rank[Standing.TO_COME]),
        When(status=Mandate.Status.SUSPENDED, then=rank[Standing.SUSPENDED]),
        default=rank[Standing.SERVING],
        output_field=IntegerField(),
    )


def _seats(day):
    """Of a deputy's mandates, as parts: where the strongest stands, all of them in words, and their constituencies."""
    ranks = [(place, standing.label) for place, standing in enumerate(Standing)]
    order = ("level", "starts_on")
    seat = Concat(
        labelled("level", Mandate.Level.choices),
        Value(" "),
        F("term"),
        Value("（"),
        labelled("rank", ranks),
        Value("）"),
        output_field=TextField(),
    )
    own = Mandate.objects.filter(deputy=OuterRef("pk")).annotate(rank=standing_rank(day)).order_by().values("deputy")
    found = own.annotate(strongest=Min("rank"), said=StringAgg(seat, SEMICOLON, order_by=order))
    places = StringAgg("constituency", SEMICOLON, order_by=order)
    return Subquery(
        found.annotate(places=places).values(said_parts=parts(labelled("strongest", ranks), "said", "places"))
    )


def _groups(day):
    """Of the groups of a day, as parts: the stations, and the names of the groups that have one."""
    own = Membership.objects.on(day).filter(deputy=OuterRef("pk")).order_by().values("deputy")
    found = own.annotate(
        stations=StringAgg("station__name", SEMICOLON, order_by="pk"),
        names=StringAgg("group", SEMICOLON, order_by="pk", filter=~Q(group="")),
    )
    return Subquery(found.values(said_parts=parts("stations", "names")))


READERS = (*STATION_SIDE, Role.VIEWER)
NOTES = Ledger(
    key="reception-register",
    title=_("接待登记簿"),
    about=_("接待日来访的事由、内容和处理，一事一条；不写来访人是谁。"),
    ask=ask_notes,
    roles=(*READERS, Role.DEPUTY),
    during=of_days,
    signatures=(_("接待代表"), _("站长（盖章）")),
)
DAYS = Ledger(
    key="roster",
    title=_("接待日轮值台账"),
    about=_("接待日的计划和轮值：哪天、在哪里、排了哪些代表、谁到了岗。"),
    ask=ask_days,
    page="deputies:desk_receptions",
    roles=(*READERS, Role.DEPUTY),
    during=of_days,
)
DEPUTIES = Ledger(
    key="deputies",
    title=_("代表名册"),
    about=_("代表资格、选举单位和编组，以今天为准。"),
    ask=ask_deputies,
    page="deputies:desk_deputies",
    roles=READERS,
)
