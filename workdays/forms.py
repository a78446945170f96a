"""Entering days, whole years and office hours by hand."""

import datetime as dt
import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .calendar import WEEKDAYS
from .models import Day, Year

NAME_LENGTH = Day._meta.get_field("name").max_length
SOURCE_LENGTH = Year._meta.get_field("source").max_length
REST, WORK = "休", "班"
FIRST_YEAR, LAST_YEAR = 2000, 2100
_OUT_OF_RANGE = gettext_lazy("请填写2000年到2100年之间的年份。")
LINE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s+(\S+)\s+(\S.*)")


def date_input(**attrs) -> forms.DateInput:
    """The browser's own date picker, filled in the only way it reads."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short", **attrs})


class DayForm(forms.Form):
    """One day that is not what its weekday says."""

    date = forms.DateField(
        label=gettext_lazy("日期"),
        widget=date_input(),
        validators=[
            MinValueValidator(dt.date(FIRST_YEAR, 1, 1), _OUT_OF_RANGE),
            MaxValueValidator(dt.date(LAST_YEAR, 12, 31), _OUT_OF_RANGE),
        ],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("这一天"),
        choices=[(REST, gettext_lazy("休息")), (WORK, gettext_lazy("上班（调休）"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("显示在期限说明里，例如：春节、国庆节调休。"),
    )
    source = forms.CharField(
        label=gettext_lazy("依据"), max_length=SOURCE_LENGTH, help_text=gettext_lazy("文件名称和文号。")
    )


class YearForm(forms.Form):
    """A whole year from the State Council's notice, a day a line; ``days`` is cleaned to (date, is_workday, name)."""

    year = forms.IntegerField(
        label=gettext_lazy("年份"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"class": "short"}),
        error_messages={"min_value": _OUT_OF_RANGE, "max_value": _OUT_OF_RANGE},
    )
    source = forms.CharField(
        label=gettext_lazy("通知的名称和文号"),
        max_length=SOURCE_LENGTH,
        help_text=gettext_lazy("例如：国务院办公厅关于2027年部分节假日安排的通知。"),
    )
    days = forms.CharField(
        label=gettext_lazy("放假和调休的日子"),
        help_text=gettext_lazy(
            "一行一天：日期、“休”或“班”、名称，中间空一格。例如“2027-02-05 休 春节”、“2027-02-07 班 春节调休”。"
            "平常的周末不必写。"
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    def clean(self):
        """Check every line, so that all that is wrong is said at once, by line number."""
        year, text = self.cleaned_data.get("year"), self.cleaned_data.get("days")
        if year and text:
            days, faults, seen = [], [], {}
            for number, line in enumerate(text.splitlines(), start=1):
                if not line.strip():
                    continue
                try:
                    day = read_line(line.strip(), year)
                    if day[0] in seen:
                        raise ValueError(_("与第 %(line)s 行是同一天") % {"line": seen[day[0]]})
                except ValueError as fault:
                    faults.append(_("第 %(line)s 行：%(fault)s。") % {"line": number, "fault": fault})
                else:
                    seen[day[0]] = number
                    days.append(day)
            if faults:
                self.add_error("days", [ValidationError(fault) for fault in faults])
            self.cleaned_data["days"] = days
        return self.cleaned_data


def read_line(line: str, year: int) -> tuple[dt.date, bool, str]:
    """Return ``(date, is_workday, name)`` of one line. Raises ValueError with what is wrong, in Chinese."""
    found = LINE.fullmatch(line)
    if not found:
        raise ValueError(_("看不懂“%(line)s”，应写成“2027-02-05 休 春节”") % {"line": line[:40]})
    *numbers, kind, name = found.groups()
    try:
        date = dt.date(*map(int, numbers))
    except ValueError:
        raise ValueError(_("没有“%(date)s”这一天") % {"date": "-".join(numbers)}) from None
    if date.year != year:
        raise ValueError(_("%(date)s 不在%(year)s年") % {"date": date, "year": year})
    if kind not in (REST, WORK):
        raise ValueError(_("“%(kind)s”应写成“休”或“班”") % {"kind": kind[:10]})
    if kind == WORK and date.weekday() < 5:
        weekday = WEEKDAYS[date.weekday()]
        raise ValueError(_("%(date)s 是%(weekday)s，本来就上班，不必写“班”") % {"date": date, "weekday": weekday})
    if len(name) > NAME_LENGTH:
        raise ValueError(_("名称超过 %(length)s 个字") % {"length": NAME_LENGTH})
    return date, kind == WORK, name


class HoursForm(forms.Form):
    """When officials may be told things."""

    opens = forms.TimeField(
        label=gettext_lazy("上班时间"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"})
    )
    closes = forms.TimeField(
        label=gettext_lazy("下班时间"),
        help_text=gettext_lazy("工作人员的通知只在工作日的这段时间内发出。"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"}),
    )
