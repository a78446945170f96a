"""What is filled in about a meeting with an organ's head: the request, every action on it with its form, the list's filters."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import ListFilter, YearField
from petitions.forms.fields import OrganField, choice, line, words
from petitions.forms.filters import ANY, select
from petitions.lifecycle import PROMISED
from programmes.forms.activities import moment_field, place_field
from programmes.forms.items import day
from programmes.models import Meeting
from programmes.services.meeting_minutes import Pledge
from programmes.services.meetings import latest_day
from workdays.services import spoken

PLEDGES = 5  # promises that the form has room for; default


class MeetingFilterForm(ListFilter):
    """Filters over the meetings that ``user`` may see; the address holds them."""

    status = select(gettext_lazy("状态"), Meeting.Status.choices)
    organ = select(gettext_lazy("约见单位"))
    year = YearField(gettext_lazy("提出年度"))

    def __init__(self, data, *, user):
        super().__init__(data)
        self.seen = Meeting.objects.visible_to(user)
        organs = self.seen.order_by("organ__name").values_list("organ__code", "organ__name").distinct()
        self.fields["organ"].choices = [ANY, *organs]

    def meetings(self):
        """The meetings; none when the address asks for something that does not exist."""
        if not self.is_valid():
            return Meeting.objects.none()
        keys = {"status": "status", "organ": "organ__code", "year": "asked_at__year"}
        wanted = {keys[name]: value for name, value in self.cleaned_data.items() if value}
        return self.seen.filter(**wanted)


class AskForm(forms.Form):
    """A request; ``scope`` (``asking.Scope``) says which organs, cases and deputies there are to choose from."""

    organ = OrganField(gettext_lazy("约见哪个单位的负责人"))
    title = line(gettext_lazy("约见事项"), most=80)
    body = words(
        gettext_lazy("需要当面说明的情况"),
        required=False,
        help_text=gettext_lazy("约见单位和参加代表都能看到，请不要写反映人的姓名、电话和住址。"),
    )
    cases = forms.TypedMultipleChoiceField(
        label=gettext_lazy("涉及的群众意见"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选择一件。")},
    )
    deputies = forms.TypedMultipleChoiceField(
        label=gettext_lazy("参加代表"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.fields["organ"].offer(scope.organ_choices)
        for name, rows in (("cases", scope.cases), ("deputies", scope.deputies)):
            if rows:
                self.fields[name].choices = [(row.pk, str(row)) for row in rows]
            else:
                del self.fields[name]

    def facts(self):
        """Keyword arguments of the service."""
        chosen = self.cleaned_data
        return {
            "organ": chosen["organ"],
            "title": chosen["title"],
            "body": chosen["body"],
            "cases": [case for case in self.scope.cases if case.pk in chosen.get("cases", ())],
            "deputies": [deputy for deputy in self.scope.deputies if deputy.pk in chosen.get("deputies", ())],
            "cluster": self.scope.cluster,
            "station": self.scope.station,
        }


class MeetingActionForm(forms.Form):
    """An action on a meeting; each form asks what its service needs."""

    button = ""  # the action's own label unless another word is clearer
    caution = ""
    danger = False

    def __init__(self, *args, meeting, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting = meeting

    def facts(self):
        """Keyword arguments of the service."""
        return self.cleaned_data


class ArrangeForm(MeetingActionForm):
    caution = gettext_lazy("约见单位负责人和经办人、参加代表、联络站会收到通知；涉及意见的反映人能看到约见时间。")
    meets_at = moment_field(gettext_lazy("约见时间"))
    place = place_field()

    def clean_meets_at(self):
        if self.cleaned_data["meets_at"] <= timezone.now():
            raise forms.ValidationError(_("约见时间须在现在以后。"))
        return self.cleaned_data["meets_at"]


class DeclineForm(MeetingActionForm):
    danger = True
    why = words(gettext_lazy("不同意的理由"), most=300, rows=2)
    caution = gettext_lazy("提出人和联络站会收到理由。")


class PostponeForm(MeetingActionForm):
    to = moment_field(gettext_lazy("推迟到"))
    why = words(gettext_lazy("推迟的原因"), most=200, rows=2)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        latest = spoken(latest_day(self.meeting.meets_at))
        self.caution = _("只能推迟一次，最迟%(day)s。") % {"day": latest}


class HoldForm(MeetingActionForm):
    came = choice(gettext_lazy("谁到会"), Meeting.Came.choices)
    came_name = line(gettext_lazy("姓名"), most=40)
    came_title = line(gettext_lazy("职务"), most=60)


class MissForm(MeetingActionForm):
    danger = True
    note = words(gettext_lazy("说明"), most=200, rows=2, required=False)
    caution = gettext_lazy("退回待安排，并报告代工委和领导。")


class MinutesForm(MeetingActionForm):
    """The minutes, and up to five promises; a row of which nothing is filled in is no promise."""

    caution = gettext_lazy("形成带文号的会议纪要；每项承诺开始计时，由提出的一方核实。")
    minutes = words(gettext_lazy("纪要"), most=5000, rows=8)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        cases = sorted(self.meeting.cases.all(), key=lambda case: case.pk)
        self.cases = {str(case.pk): case for case in cases if case.status in PROMISED}
        choices = [("", _("不属于其中一件，列为督查事项")), *((pk, str(case)) for pk, case in self.cases.items())]
        for number in range(1, PLEDGES + 1):
            self.fields[f"text_{number}"] = line(_("承诺%(n)d：办成什么") % {"n": number}, most=200, required=False)
            self.fields[f"due_on_{number}"] = day(_("承诺%(n)d：完成日期") % {"n": number}, required=False)
            if self.cases:
                self.fields[f"case_{number}"] = forms.ChoiceField(
                    label=_("承诺%(n)d：属于哪件意见") % {"n": number}, choices=choices, required=False
                )

    def clean(self):
        for number in range(1, PLEDGES + 1):
            text, due_on = self.cleaned_data.get(f"text_{number}"), self.cleaned_data.get(f"due_on_{number}")
            if due_on and not text:
                self.add_error(f"text_{number}", _("写了日期，请写明办成什么。"))
            if text and not due_on and f"due_on_{number}" not in self.errors:
                self.add_error(f"due_on_{number}", _("请写明完成日期。"))
            if due_on and due_on <= timezone.localdate():
                self.add_error(f"due_on_{number}", _("请填写今天以后的日期。"))
        return self.cleaned_data

    def facts(self):
        chosen = self.cleaned_data
        pledges = [
            Pledge(
                text=chosen[f"text_{number}"],
                due_on=chosen[f"due_on_{number}"],
                petition=self.cases.get(chosen.get(f"case_{number}", "")),
            )
            for number in range(1, PLEDGES + 1)
            if chosen[f"text_{number}"]
        ]
        return {"minutes": chosen["minutes"], "pledges": pledges}


FORMS = {
    "arrange": ArrangeForm,
    "decline": DeclineForm,
    "postpone": PostponeForm,
    "hold": HoldForm,
    "miss": MissForm,
    "record_minutes": MinutesForm,
}
