"""A plan of reception days as an officer fills it in, and what the list of days is narrowed by."""

import datetime as dt

from borax.calendars.lunardate import LunarDate
from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import ListFilter
from accounts.paging import LONGEST_KEY
from deputies.agenda import days_of
from deputies.models import Membership, Plan, Reception
from deputies.services.planning import LONGEST, furthest, too_far
from stations.models import CITY_DIGITS, COUNTY_DIGITS, Organ, of_county_or_city
from vault.fields import PlainField
from workdays.calendar import DAY, WEEKDAYS
from workdays.rhythm import DIGITS, LAST, Months, Rhythm, WhenRest

MOST_A_DAY = 10  # deputies; default
OWN = "own"
MISSING = gettext_lazy("请填写这一项。")
# A month of the moon that has all thirty days.
LUNAR_DAYS = [(n, LunarDate(2024, 10, n).cn_day) for n in range(1, 31)]
SLOTS = [
    (0, gettext_lazy("不接受预约，直接来")),
    (15, gettext_lazy("每人15分钟")),
    (20, gettext_lazy("每人20分钟")),
    (30, gettext_lazy("每人30分钟")),
]
# Which group of days a rhythm reads; that of weekdays of the month reads the ordinals, too.
DAYS_OF = {
    Rhythm.WEEKDAY: "weekdays",
    Rhythm.NTH_WEEKDAY: "weekdays",
    Rhythm.MONTH_DAY: "month_days",
    Rhythm.LUNAR_DAY: "lunar_days",
    Rhythm.MARKET: "market_digits",
}


def date_field(label, **facts):
    """A date, in the browser's own picker."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
        error_messages={"required": MISSING, "invalid": gettext_lazy("请填写日期，例如2026-12-31。")},
        **facts,
    )


def time_field(label, **facts):
    """A time of day, in the browser's own picker."""
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"}),
        error_messages={"required": MISSING, "invalid": gettext_lazy("请填写时间，例如14:30。")},
        **facts,
    )


def number_boxes(label, choices, **facts):
    """Any of a row of numbers, as a grid of boxes; integers."""
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("没有这一项，请重新选择。")},
        **facts,
    )


def cards(label, choices, **facts):
    """One of a few, as cards."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项。")},
        **facts,
    )


def spans(today):
    """The spans a plan is usually made for, from today on: key → (first day, last day, words)."""
    quarter = (today.month - 1) // 3
    bounds = [(today.year + (quarter + step) // 4, (quarter + step) % 4) for step in range(3)]
    starts = [dt.date(year, index * 3 + 1, 1) for year, index in bounds]
    this_words = _("%(year)s年第%(quarter)s季度（今天起）") % _named(bounds[0])
    next_words = _("%(year)s年第%(quarter)s季度") % _named(bounds[1])
    next_year = today.year + 1
    return {
        "this_quarter": (today, starts[1] - DAY, this_words),
        "next_quarter": (starts[1], starts[2] - DAY, next_words),
        "next_year": (dt.date(next_year, 1, 1), dt.date(next_year, 12, 31), _("%(year)s年全年") % {"year": next_year}),
    }


def _named(bound):
    year, quarter = bound
    return {"year": year, "quarter": DIGITS[quarter + 1]}


class PlanForm(forms.Form):
    """Span, rhythm, hours and how many deputies; ``plan()`` gives the unsaved ``Plan``.

    ``shown`` carries the dates of the last preview, so that nothing is saved that nobody has looked at.
    """

    span = cards(gettext_lazy("计划哪一段"), [])
    starts_on = date_field(gettext_lazy("自"), required=False)
    ends_on = date_field(gettext_lazy("至"), required=False)
    rhythm = cards(gettext_lazy("按什么节奏"), Rhythm)
    nths = number_boxes(
        gettext_lazy("第几个"),
        [
            *((n, format_lazy(gettext_lazy("第{nth}个"), nth=DIGITS[n])) for n in range(1, 6)),
            (LAST, gettext_lazy("最后一个")),
        ],
        help_text=gettext_lazy("“每月第几个周几”选这一项，可多选。"),
    )
    weekdays = number_boxes(
        gettext_lazy("周几"),
        [(n, WEEKDAYS[n - 1]) for n in range(1, 8)],
        help_text=gettext_lazy("“每周几”和“每月第几个周几”选这一项，可多选。"),
    )
    month_days = number_boxes(
        gettext_lazy("几号"),
        [(n, str(n)) for n in range(1, 32)],
        help_text=gettext_lazy("“每月几号”选这一项。没有这一天的月份不安排。"),
    )
    lunar_days = number_boxes(
        gettext_lazy("农历几日"),
        LUNAR_DAYS,
        help_text=gettext_lazy("“农历每月几日”选这一项。"),
    )
    market_digits = number_boxes(
        gettext_lazy("逢几"),
        [(n, format_lazy(gettext_lazy("逢{digit}"), digit=DIGITS[n])) for n in (*range(1, 10), 0)],
        help_text=gettext_lazy("“逢集”选这一项。例如逢二、五、八：初二、初五、初八、十二……"),
    )
    months = cards(gettext_lazy("哪些月份"), Months, initial=Months.ALL)
    when_rest = cards(gettext_lazy("遇到休息日怎么办"), WhenRest, initial=WhenRest.NEXT)
    weekends_count = forms.BooleanField(label=gettext_lazy("周末照常接待，只避开法定节假日"), required=False)
    starts = time_field(gettext_lazy("开始"), initial=dt.time(9))
    ends = time_field(gettext_lazy("结束"), initial=dt.time(11, 30))
    place = PlainField(label=gettext_lazy("地点"), max_length=120, error_messages={"required": MISSING})
    scope = PlainField(
        label=gettext_lazy("接待内容"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("有重点时写明，例如：供暖、农田灌溉。不写就是不限内容。"),
    )
    slot_minutes = forms.TypedChoiceField(label=gettext_lazy("预约"), choices=SLOTS, coerce=int, initial=20)
    group = forms.ChoiceField(
        label=gettext_lazy("由谁轮值"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("没有这个小组，请重新选择。")},
    )
    per_day = forms.IntegerField(
        label=gettext_lazy("每次几名代表"),
        min_value=1,
        max_value=MOST_A_DAY,
        initial=2,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
        error_messages={
            "required": MISSING,
            "invalid": gettext_lazy("请填写整数。"),
            "min_value": gettext_lazy("至少1名代表。"),
            "max_value": gettext_lazy("每次最多10名代表。"),
        },
    )
    organs = forms.ModelMultipleChoiceField(
        Organ.objects.none(),
        label=gettext_lazy("联合接待单位"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("派人一同接待、可以当场受理的单位。"),
    )
    shown = forms.CharField(required=False, max_length=LONGEST * 11, widget=forms.HiddenInput)

    def __init__(self, *args, station, **kwargs):
        super().__init__(*args, **kwargs)
        self.station = station
        self.spans = spans(timezone.localdate())
        self.fields["span"].choices = [
            *((key, words) for key, (_first, _last, words) in self.spans.items()),
            (OWN, _("自己定起止日期")),
        ]
        self.fields["group"].choices = [("", _("本站全部代表")), *((name, name) for name in _groups_of(station))]
        self.fields["organs"].queryset = _organs_near(station)

    def clean(self):
        self._clean_span()
        self._clean_days()
        starts, ends = self.cleaned_data.get("starts"), self.cleaned_data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("结束时间应晚于开始时间。"))
        return self.cleaned_data

    def _clean_span(self):
        typed = self.cleaned_data
        span = typed.get("span")
        if span in self.spans:
            typed["starts_on"], typed["ends_on"], _words = self.spans[span]
            for name in ("starts_on", "ends_on"):
                self.errors.pop(name, None)
        elif span == OWN:
            self._clean_own_span()

    def _clean_own_span(self):
        first, last = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        for name in ("starts_on", "ends_on"):
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, MISSING)
        if not first or not last:
            return
        if last < first:
            self.add_error("ends_on", _("结束日期不能早于开始日期。"))
        elif last < timezone.localdate():
            self.add_error("ends_on", _("这一段已经过去，请填写今天以后的日期。"))
        elif (last - first).days >= LONGEST:
            self.add_error("ends_on", _("一份计划最长一年，请缩短。"))
        elif last > furthest(timezone.localdate()):
            self.add_error("ends_on", too_far(timezone.localdate()))

    def _clean_days(self):
        rhythm = self.cleaned_data.get("rhythm")
        if rhythm is None:
            return
        group = DAYS_OF[rhythm]
        if group not in self.errors and not self.cleaned_data.get(group):
            self.add_error(group, _("请至少选择一项。"))
        if rhythm == Rhythm.NTH_WEEKDAY and "nths" not in self.errors and not self.cleaned_data.get("nths"):
            self.add_error("nths", _("请至少选择一项。"))

    @property
    def days_field(self):
        """The name of the group of days that the chosen rhythm reads."""
        return DAYS_OF[self.cleaned_data["rhythm"]]

    @staticmethod
    def shown_as(days):
        """Previewed days as ``shown`` carries them."""
        return ",".join(day.day.isoformat() for day in days)

    def was_shown(self, days):
        """Whether the last preview showed exactly these days."""
        return self.cleaned_data["shown"] == self.shown_as(days)

    def plan(self, made_by):
        """The plan as typed, not saved; from today on, where its span began before."""
        typed = self.cleaned_data
        typed["starts_on"] = max(typed["starts_on"], timezone.localdate())
        rhythm = typed["rhythm"]
        same = (
            "starts_on", "ends_on", "rhythm", "months", "when_rest", "weekends_count",
            "starts", "ends", "place", "scope", "group", "per_day", "slot_minutes",
        )  # fmt: skip
        return Plan(
            station=self.station,
            made_by=made_by,
            days=sorted(typed[self.days_field]),
            nths=typed["nths"] if rhythm == Rhythm.NTH_WEEKDAY else [],
            **{name: typed[name] for name in same},
        )


def _groups_of(station):
    """Names of the groups of a station's deputies today."""
    named = Membership.objects.on(timezone.localdate()).filter(station=station).exclude(group="")
    return named.order_by("group").values_list("group", flat=True).distinct()


def _organs_near(station):
    """Organs of the station's county and of the city above it."""
    code = station.region_id
    return Organ.objects.filter(of_county_or_city(code[:COUNTY_DIGITS], code[:CITY_DIGITS]), active=True)


class DaysForm(ListFilter):
    """What the list of reception days is narrowed by; the address holds it."""

    station = forms.ChoiceField(label=gettext_lazy("联络站"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[("", gettext_lazy("全部")), *Reception.State.choices]
    )
    since = forms.DateField(
        label=gettext_lazy("从哪天起"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    plan = forms.ChoiceField(label=gettext_lazy("计划"), required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, stations):
        super().__init__(data)
        self.fields["station"].choices = [("", _("全部")), *((one.code, one.name) for one in stations)]
        self.fields["plan"].choices = _plan_named(data.get("plan", ""), stations)

    def found(self, user):
        """The days that ``user`` finds; none when the address asks for something that does not exist."""
        if not self.is_valid():
            return Reception.objects.none()
        wanted = {name: self.cleaned_data[name] for name in ("station", "state", "since", "plan")}
        return days_of(user, **wanted)


def _plan_named(key, stations):
    """The plan that an address names, as a choice; none where these stations have no such plan."""
    if not (key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY):
        return []
    plans = Plan.objects.filter(pk=key, station__in=stations).select_related("station")
    return [(key, str(plan)) for plan in plans]
