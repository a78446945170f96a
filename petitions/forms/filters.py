"""What a list of cases can be narrowed by; the address holds it, so that a list can be kept, sent and exported."""

from datetime import datetime, time, timedelta
from html import escape

from django import forms
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import ListFilter
from accounts.models import Role
from accounts.paging import TURNS, read_key
from accounts.services import grants_of, has_role
from deputies.models import Deputy, Membership
from papers.sheets import words_of
from petitions.finding import by_title_or_number
from petitions.measures import BY_KEY, MEASURES
from petitions.models import OVER, Assignment, Category, Outcome, Petition, Status
from petitions.periods import Period
from petitions.permissions import REGION_ROLES, know_deputies_and_stations, know_stations_within, known_stations
from petitions.pressing import NOBODY, RESIDENT, held, owner_of
from petitions.todo import first_overdue, narrow, soon_for, tasks_of
from stations.models import CITY_DIGITS, COUNTY_DIGITS, Organ, Region, Station, of_county_or_city
from supervision.models import Severity
from vault.fields import PlainField
from workdays.calendar import BEIJING

OPEN = "open"
WEEK = timedelta(weeks=1)
NO_TOPIC = "-"
WITHIN = "within "  # before the code of a region whose stations are asked for
HOLDERS = [(RESIDENT, gettext_lazy("群众")), (NOBODY, gettext_lazy("没有进行中的期限"))]
ANY = ("", gettext_lazy("全部"))
CHOSEN_BY_PLACE = ("station", "organ", "category", "region", "holder")
WRITTEN = {"class": "form-control"}
DAY = {"widget": forms.DateInput(attrs={**WRITTEN, "type": "date"}, format="%Y-%m-%d"), "required": False}


class PlainSelect(forms.Select):
    """A select whose options are written at once: with a template for each of hundreds, they take longer than the list."""

    def __init__(self, attrs=None, choices=()):
        super().__init__({"class": "form-select", **(attrs or {})}, choices)

    def render(self, name, value, attrs=None, renderer=None):
        chosen = str(value or "")
        options = "".join(
            f'<option value="{escape(str(key))}"{" selected" if str(key) == chosen else ""}>{escape(str(label))}</option>'
            for key, label in self.choices
        )
        select = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return mark_safe(f"<select{select}>{options}</select>")  # noqa: S308 - all of it is escaped


def select(label, choices=(), widget=PlainSelect):
    """One of the choices, or all."""
    return forms.ChoiceField(label=label, choices=[ANY, *choices], required=False, widget=widget)


class WordsField(PlainField):
    """Some words, or none."""

    def __init__(self, label, **options):
        super().__init__(label=label, required=False, widget=forms.TextInput(attrs=WRITTEN), **options)


class PeriodField(WordsField):
    """A month, a quarter or a year, as 2026-10, 2026Q3 or 2026."""

    MISWRITTEN = gettext_lazy("请按 2026-10、2026Q3 或 2026 的样子写时段。")

    def __init__(self, label):
        super().__init__(label, max_length=7)
        self.error_messages["max_length"] = self.MISWRITTEN

    def clean(self, value):
        written = super().clean(value)
        period = Period.parse(written) if written else None
        if written and period is None:
            raise forms.ValidationError(self.MISWRITTEN)
        return period


class FilterForm(ListFilter):
    """Filters over the cases that ``user`` may see; ``span`` is today and the first day that is not yet soon."""

    q = WordsField(gettext_lazy("编号或标题"), max_length=60)
    status = select(gettext_lazy("状态"), [(OPEN, gettext_lazy("未办结")), *Status.choices])
    due = select(gettext_lazy("期限"), [("overdue", gettext_lazy("已超期")), ("soon", gettext_lazy("快到期"))])
    station = select(gettext_lazy("联络站"))
    organ = select(gettext_lazy("承办单位"))
    todo = select(gettext_lazy("待办"))
    category = select(gettext_lazy("类别"))
    region = select(gettext_lazy("区划"))
    nature = select(gettext_lazy("性质"), Petition.Nature.choices)
    severity = select(gettext_lazy("等级"), Severity.choices)
    outcome = select(gettext_lazy("办理结果"), Outcome.choices)
    round = select(gettext_lazy("轮次"), [("2", gettext_lazy("二次及以上办理"))])
    trust = select(gettext_lazy("可疑提交"), [("trusted", gettext_lazy("不含没有核实的"))])
    since = forms.DateField(label=gettext_lazy("提交自"), **DAY)
    until = forms.DateField(label=gettext_lazy("提交至"), **DAY)
    holder = select(gettext_lazy("在谁手里"), widget=forms.HiddenInput)
    figure = select(gettext_lazy("统计指标"), [(each.key, each.label) for each in MEASURES if each.listed])
    period = PeriodField(gettext_lazy("统计时段"))

    always_shown = ("q", "status", "due", "region", "station", "organ")

    def __init__(self, data, *, user, span):
        super().__init__(data)
        self.user = user
        self.span = span
        offered = _places(user, data)
        offered["holder"] = [*HOLDERS, *_holders(offered)]
        for name in CHOSEN_BY_PLACE:
            if name in self.fields:
                self.fields[name].choices = [ANY, *offered.get(name, [])]
        self.fields["category"].choices = [*self.fields["category"].choices, (NO_TOPIC, _("未分类"))]
        if "todo" in self.fields:
            self.fields["todo"].choices = [ANY, *((task.key, task.title) for task in tasks_of(user, span))]

    def first_fields(self):
        return [self[name] for name in self.always_shown if self._is_shown(name)]

    def more_fields(self):
        return [bound for bound in self if bound.name not in self.always_shown and self._is_shown(bound.name)]

    def _is_shown(self, name):
        """Whether there is something to choose, or something to be said of what the address has chosen."""
        return len(getattr(self.fields[name], "choices", "some")) > 1 or name in self.errors

    @property
    def more_is_used(self):
        """Whether a field behind the first ones narrows the list, or cannot be read."""
        behind = {bound.name for bound in self.more_fields()}
        return any(chip["name"] in behind for chip in self.chips()) or not behind.isdisjoint(self.errors)

    def chips(self):
        """What is filtered by now: name, words, and the rest of the address without it."""
        return [
            {
                "name": name,
                "label": self.fields[name].label,
                "value": words_of(self.fields[name], value),
                "without": self._without(name),
            }
            for name, value in self.cleaned_data.items()
            if value not in ("", None)
        ]

    def _without(self, name):
        kept = self.data.copy()
        for key in (name, "count", *TURNS):
            kept.pop(key, None)
        return kept.urlencode()

    def cases(self):
        """The cases; none when the address asks for something that does not exist."""
        if not self.is_valid():
            return Petition.objects.none()
        wanted = self.cleaned_data
        if wanted["todo"]:
            start = narrow(self.user, wanted["todo"], self.span, behind=self._is_behind(_a_week_ago()))
        else:
            start = Petition.objects.visible_to(self.user)
        if wanted["trust"]:
            start = start.trusted()
        for name, value in wanted.items():
            if value and name not in ("todo", "organ", "due", "holder", "figure", "period", "trust"):
                start = start.filter(getattr(self, f"_by_{name}")(value))
        if wanted["figure"]:
            start = start.filter(self._by_figure(BY_KEY[wanted["figure"]], wanted["period"], wanted["organ"]))
        return start.filter(self._by_organ_and_due(wanted["organ"], wanted["due"], wanted["holder"]))

    def _by_figure(self, measure, period, organ):
        """With an organ chosen, a figure that organs have speaks of that organ's own part, whether it still has it or not."""
        organ, stations = organ if measure.by_organ else "", known_stations(self.user)
        return measure.condition(
            period,
            organ=organ,
            today=self.span.today,
            stations=stations,
            rows_first=bool(organ) or stations is not None or self._is_behind(period.begins_at),
        )

    def _is_behind(self, moment):
        """Whether the address asks for a leaf of cases that are older than a moment: fewer and fewer come in question."""
        last = read_key(self.data.get("after", ""))
        return bool(self.data.get("end")) or (last is not None and last[0] < moment)

    def _by_organ_and_due(self, organ, due, holder):
        """With an organ or a holder chosen, "due" speaks of that one's own clocks."""
        owner = owner_of(holder) or ({"owner_organ__code": organ} if organ else {})
        condition = held(holder) if holder else Q()
        if organ and not self._speaks_of_organ():
            parts = Assignment.objects.current().filter(organ__code=organ)
            condition &= Q(pk__in=parts.order_by().values("round__petition"))
        if due:
            is_due = first_overdue if due == "overdue" else soon_for(self.user, behind=self._is_behind(_a_week_ago()))
            condition &= is_due(self.span, **owner) & ~Q(status__in=OVER)
        return condition

    def _speaks_of_organ(self):
        figure = self.cleaned_data["figure"]
        return bool(figure) and BY_KEY[figure].by_organ

    def _by_q(self, words):
        return by_title_or_number(words, self.user)

    def _by_status(self, status):
        return ~Q(status__in=OVER) if status == OPEN else Q(status=status)

    def _by_station(self, code):
        return Q(station__code=code)

    def _by_category(self, name):
        if name == NO_TOPIC:
            return Q(category=None)
        below = Category.objects.filter(Q(path=name) | Q(path__startswith=f"{name}/"))
        return Q(category__in=below.order_by())

    def _by_region(self, code):
        return Q(station__region__code__startswith=code)

    def _by_nature(self, nature):
        return Q(nature=nature)

    def _by_severity(self, severity):
        return Q(severity=severity)

    def _by_outcome(self, outcome):
        return Q(outcome=outcome)

    def _by_round(self, least):
        return Q(current_round__gte=int(least))

    def _by_since(self, day):
        return Q(submitted_at__gte=datetime.combine(day, time.min, BEIJING))

    def _by_until(self, day):
        return Q(submitted_at__lte=datetime.combine(day, time.max, BEIJING))

    def clean(self):
        super().clean()
        if self.cleaned_data.get("figure") and not self.cleaned_data.get("period") and "period" not in self.errors:
            self.add_error("period", _("请写明统计时段，如 2026-10、2026Q3 或 2026。"))
        return self.cleaned_data


def _a_week_ago():
    """The moment from which on an older leaf of what is due soon is sought from the clocks: older cases are late or over."""
    return timezone.now() - WEEK


def _places(user, chosen):
    """Stations, organs, places and topics to choose from, by the user's scopes; one query for the four lists.

    What the address names already is among them, so that every figure's link finds its cases. The keys of the stations
    whose cases the user sees, and a deputy's own, are asked for along with them: by these PostgreSQL walks a long list.
    """
    kind, _dash, code = chosen.get("holder", "").partition("-")
    held_by = {kind: code}
    stations = Q(code__in=[chosen.get("station", ""), held_by.get("station", "")])
    organs = Q(code__in=[chosen.get("organ", ""), held_by.get("organ", "")])
    regions = Q(code=chosen.get("region", ""))
    for grant in grants_of(user):
        if grant.role == Role.DEPUTY:
            stations |= Q(memberships__deputy__user=user)
            continue
        if grant.scope is None:
            continue
        place = grant.region_id or grant.scope.region_id
        within = _narrowest(place, chosen.get("region", ""))
        organs |= Q(active=True) & _organs_near(within)
        if grant.role == Role.OFFICER:
            stations |= Q(pk=grant.station_id)
        else:
            # Of a whole city one chooses the county first: three thousand stations are no choice.
            stations |= Q(region__code__startswith=within) if len(within) >= COUNTY_DIGITS else Q(pk__in=[])
            regions |= Q(code__startswith=place, level=_level_below(place))
    lists = [
        Station.objects.filter(stations).values_list(Value("station"), "code", "name"),
        Organ.objects.filter(organs).values_list(Value("organ"), "code", "name"),
        Region.objects.filter(regions).values_list(Value("region"), "code", "name"),
        Category.objects.filter(level=1).values_list(Value("category"), F("path"), "name"),
    ]
    # Those of a whole city or province would be thousands, and hardly a case lies elsewhere.
    own = {
        each.region_id for each in grants_of(user) if each.role in REGION_ROLES and len(each.region_id) >= COUNTY_DIGITS
    }
    for region in own:
        those = Station.objects.filter(region__code__startswith=region)
        lists.append(those.values_list(Value(f"{WITHIN}{region}"), Cast("pk", CharField()), Value("")))
    is_deputy = has_role(user, Role.DEPUTY)
    if is_deputy:
        grouped = Membership.objects.on(timezone.localdate()).filter(deputy__user=user)
        lists += [
            Deputy.objects.filter(user=user).values_list(Value("deputy"), Cast("pk", CharField()), Value("")),
            grouped.values_list(Value("grouped"), Cast("station", CharField()), Value("")),
        ]
    offered = {}
    for kind, value, name in lists[0].order_by().union(*(each.order_by() for each in lists[1:])).order_by("code"):
        offered.setdefault(kind, []).append((value, name))

    def keys(kind):
        return [int(key) for key, _name in offered.pop(kind, [])]

    know_stations_within(user, {region: keys(f"{WITHIN}{region}") for region in own})
    if is_deputy:
        know_deputies_and_stations(user, keys("deputy"), keys("grouped"))
    return offered


def _holders(offered):
    """The organs and stations of these lists as holders."""
    return [(f"{kind}-{code}", name) for kind in ("organ", "station") for code, name in offered.get(kind, [])]


def _narrowest(place, chosen):
    """The code of the region that is chosen, where it lies within a place; else the place's own."""
    return chosen if chosen.startswith(place) else place


def _organs_near(code):
    if len(code) < COUNTY_DIGITS:
        return Q(region_id=code)
    return of_county_or_city(code[:COUNTY_DIGITS], code[:CITY_DIGITS])


def _level_below(code):
    return Region.Level.COUNTY if len(code) <= CITY_DIGITS else Region.Level.TOWNSHIP
