"""Every action on a reception day with its form, whose ``facts()`` are what the action's service takes."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deputies.forms.plans import MISSING, date_field, time_field
from deputies.models import Reception
from vault.fields import PlainField

A_SENTENCE = 200  # characters, as the reasons of a move and of a cancelling are kept


def sentence(label, *, most=A_SENTENCE, **facts):
    """A reason of one or two sentences."""
    return PlainField(
        lines=True,
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": MISSING},
        **facts,
    )


class DayActionForm(forms.Form):
    """An action on a reception day; ``day`` is the ``DayFile``, ``target`` the reminder that is acknowledged.

    Each says by ``is_offered(day)`` whether it may be taken as the day stands; the service decides.
    """

    label = ""
    button = ""  # the label unless another word is clearer
    caution = ""
    danger = False

    def __init__(self, *args, day, target=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.day = day
        self.target = target

    def facts(self):
        """Keyword arguments of the service."""
        return self.cleaned_data


class PublishForm(DayActionForm):
    label = gettext_lazy("公布")
    caution = gettext_lazy("公布后群众可以看到和预约，轮值的代表会收到通知。")

    @classmethod
    def is_offered(cls, day):
        return day.is_ahead and day.state == Reception.State.PLANNED


class ReplaceForm(DayActionForm):
    label = gettext_lazy("找人代替")
    deputy = forms.TypedChoiceField(
        label=gettext_lazy("谁来不了"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项。")},
    )
    by = forms.TypedChoiceField(label=gettext_lazy("由谁代替"), coerce=int, required=False, empty_value=None)
    why = sentence(gettext_lazy("原因"), most=60)

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, day=day, **kwargs)
        self.fields["deputy"].choices = [(person.pk, person.name) for person in day.roster if person.is_planned]
        offered = [(person.pk, person.in_words) for person in day.candidates]
        self.fields["by"].choices = [("", _("按轮值顺序自动安排")), *offered]

    @classmethod
    def is_offered(cls, day):
        return day.is_ahead and any(person.is_planned for person in day.roster)

    def facts(self):
        typed = self.cleaned_data
        by = self.day.person(typed["by"]).deputy if typed["by"] else None
        return {"deputy": self.day.person(typed["deputy"]).deputy, "by": by, "why": typed["why"]}


class RosterForm(DayActionForm):
    label = gettext_lazy("手工排班")
    button = gettext_lazy("保存轮值表")
    deputies = forms.TypedMultipleChoiceField(
        label=gettext_lazy("这一天由谁轮值"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选择一名代表。")},
        help_text=gettext_lazy("括号里是当年在本站已排的次数，和当天不能来的原因。"),
    )

    def __init__(self, *args, day, **kwargs):
        planned = [person.pk for person in day.roster if person.is_planned]
        super().__init__(*args, day=day, initial={"deputies": planned}, **kwargs)
        self.fields["deputies"].choices = [(person.pk, person.in_words) for person in day.people if person.is_offered]

    @classmethod
    def is_offered(cls, day):
        return day.is_ahead and bool(day.people)

    def facts(self):
        return {"deputies": [self.day.person(pk).deputy for pk in self.cleaned_data["deputies"]]}


class MoveForm(DayActionForm):
    label = gettext_lazy("改期")
    date = date_field(gettext_lazy("改到哪一天"))
    starts = time_field(gettext_lazy("开始"))
    ends = time_field(gettext_lazy("结束"))
    why = sentence(gettext_lazy("改期原因"), help_text=gettext_lazy("已公布的，群众会看到。"))
    caution = gettext_lazy("已公布的，会通知轮值代表和预约群众；预约时段不再合适的预约会取消并告知。")

    def __init__(self, *args, day, **kwargs):
        standing = {name: getattr(day.reception, name) for name in ("date", "starts", "ends")}
        super().__init__(*args, day=day, initial=standing, **kwargs)
        self.fields["date"].widget.attrs["min"] = timezone.localdate().isoformat()

    @classmethod
    def is_offered(cls, day):
        return day.is_ahead

    def clean(self):
        date, starts, ends = (self.cleaned_data.get(name) for name in ("date", "starts", "ends"))
        if date and date < timezone.localdate():
            self.add_error("date", _("请填写今天或以后的日期。"))
        if starts and ends and ends <= starts:
            self.add_error("ends", _("结束时间应晚于开始时间。"))
        return self.cleaned_data


class CancelForm(DayActionForm):
    label = gettext_lazy("取消接待日")
    why = sentence(gettext_lazy("取消原因"), help_text=gettext_lazy("已公布的，群众会看到。"))
    caution = gettext_lazy("取消后不能恢复。已公布的，会通知轮值代表和预约群众。")
    danger = True

    @classmethod
    def is_offered(cls, day):
        # A day that passed without being held is struck, too.
        return day.state in (Reception.State.PLANNED, Reception.State.PUBLISHED)


class AcknowledgeForm(DayActionForm):
    label = gettext_lazy("督办单回执")
    text = sentence(gettext_lazy("回执内容"), most=500, help_text=gettext_lazy("说明原因、措施和完成时间。"))

    @classmethod
    def is_offered(cls, day):
        return any(reminder.must_acknowledge and not reminder.acknowledged_at for reminder in day.reminders)

    def facts(self):
        return {"reminder": self.target, "text": self.cleaned_data["text"]}


class RevealForm(forms.Form):
    """Why somebody opens the identity of a booked visitor."""

    reason = sentence(gettext_lazy("为什么要看"), help_text=gettext_lazy("会记入查看记录，不能删除。"))


FORMS = {
    "acknowledge": AcknowledgeForm,
    "publish": PublishForm,
    "replace": ReplaceForm,
    "set_turns": RosterForm,
    "move": MoveForm,
    "cancel": CancelForm,
}
