"""What an office fills in about an activity: its plan, and every action on it with its form."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import ListFilter, YearField
from deputies.forms.plans import MISSING
from deputies.forms.receptions import sentence
from programmes.agenda import narrowed
from programmes.models import Activity, Document, Invitation
from programmes.services.documents import ACCEPTED
from vault.fields import PhotosField, PlainField
from workdays.services import spoken

MOST_GUESTS = 500  # default
LONGEST = dt.timedelta(days=31)  # default
FURTHEST = dt.timedelta(days=731)  # default: what lies two years ahead is a slip of the pen
Answer = Invitation.Answer


class FilterForm(ListFilter):
    """What the list of activities is narrowed by; the address holds it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("类别"), required=False, choices=[("", gettext_lazy("全部")), *Activity.Kind.choices]
    )
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[("", gettext_lazy("全部")), *Activity.State.choices]
    )
    year = YearField(gettext_lazy("年度"))

    def narrow(self, activities):
        """The activities that fit; none when the address asks for something that does not exist."""
        return narrowed(activities, **self.cleaned_data) if self.is_valid() else activities.none()


def moment_field(label):
    """A day and an hour of Beijing time, in the browser's own picker."""
    return forms.DateTimeField(
        label=label,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"required": MISSING, "invalid": gettext_lazy("请填写日期和时间，例如2026-12-03 14:30。")},
    )


def place_field():
    """Where an activity takes place, as one line of text."""
    return PlainField(label=gettext_lazy("地点"), max_length=120, error_messages={"required": MISSING})


def check_span(form):
    """A beginning within two years, and an end after it, but not months later."""
    begins, ends = form.cleaned_data.get("starts_at"), form.cleaned_data.get("ends_at")
    latest = timezone.now() + FURTHEST
    if begins and begins > latest:
        form.add_error("starts_at", _("最晚%(day)s，请核对日期。") % {"day": spoken(timezone.localdate(latest))})
        return
    if begins and ends and ends <= begins:
        form.add_error("ends_at", _("结束时间应晚于开始时间。"))
    elif begins and ends and ends - begins > LONGEST:
        form.add_error("ends_at", _("一项活动最长31天，请核对日期。"))


class ActivityForm(forms.Form):
    """The plan of an activity. ``organisers`` are choices of who holds it, where there is more than one."""

    organiser = forms.ChoiceField(label=gettext_lazy("由谁组织"), error_messages={"required": MISSING})
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=[("", gettext_lazy("请选择")), *Activity.Kind.choices],
        error_messages={"required": gettext_lazy("请选择一项。")},
    )
    title = PlainField(label=gettext_lazy("名称"), max_length=80, error_messages={"required": MISSING})
    starts_at = moment_field(gettext_lazy("开始时间"))
    ends_at = moment_field(gettext_lazy("结束时间"))
    place = place_field()
    plan = PlainField(
        lines=True,
        label=gettext_lazy("活动方案"),
        max_length=5000,
        required=False,
        help_text=gettext_lazy("目的、日程、分工。活动公开时，群众也能看到，请不要写个人信息。"),
    )
    programme = forms.ModelChoiceField(
        label=gettext_lazy("所属监督工作"), queryset=None, required=False, empty_label=gettext_lazy("不属于哪一项")
    )
    public = forms.BooleanField(
        label=gettext_lazy("向群众公开"),
        required=False,
        initial=True,
        help_text=gettext_lazy("发出邀请后，时间、地点、方案和以后的纪要在公开页面上可以看到。"),
    )
    guest_limit = forms.IntegerField(
        label=gettext_lazy("群众名额"),
        initial=0,
        min_value=0,
        max_value=MOST_GUESTS,
        help_text=gettext_lazy("群众可以自己报名的人数。0为不接受报名。"),
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
        error_messages={
            "required": MISSING,
            "invalid": gettext_lazy("请填写数字，例如20。"),
            "min_value": gettext_lazy("不能少于0。"),
            "max_value": gettext_lazy("最多%(limit_value)s人。"),
        },
    )

    def __init__(self, *args, organisers, programmes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes
        if organisers:
            self.fields["organiser"].choices = organisers
        else:
            del self.fields["organiser"]

    def clean(self):
        check_span(self)
        begins = self.cleaned_data.get("starts_at")
        if begins and begins <= timezone.now():
            self.add_error("starts_at", _("开始时间应在现在之后。"))
        if self.cleaned_data.get("guest_limit") and not self.cleaned_data.get("public"):
            self.add_error("guest_limit", _("不公开的活动不能由群众报名，请填0或者公开。"))
        return self.cleaned_data

    def facts(self):
        """Fields of the activity."""
        return {name: value for name, value in self.cleaned_data.items() if name != "organiser"}


class ActivityActionForm(forms.Form):
    """An action on an activity; ``found`` is the ``ActivityFile``, ``target`` the invitation that is answered.

    Each says by ``is_offered(found)`` whether it may be taken as things stand; the service decides.
    """

    label = ""
    button = ""  # the label unless another word is clearer
    caution = ""
    danger = False

    def __init__(self, *args, found, target=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.found = found
        self.target = target

    def facts(self):
        """Keyword arguments of the service."""
        return self.cleaned_data


class AnnounceForm(ActivityActionForm):
    label = gettext_lazy("发出邀请")
    caution = gettext_lazy(
        "被邀请的代表和单位会收到通知，单位有回复期限；公开的活动群众可以看到。此后改时间、地点会通知所有人。"
    )

    @classmethod
    def is_offered(cls, found):
        return found.may_run and found.is_planned and found.activity.starts_at > found.at


class AnswerFields(ActivityActionForm):
    """Comes, sends somebody, or cannot come, and why."""

    answer = forms.ChoiceField(
        label=gettext_lazy("能否参加"),
        choices=[choice for choice in Answer.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项。")},
    )
    name = PlainField(label=gettext_lazy("委派谁参加（姓名和职务）"), max_length=60, required=False)
    note = sentence(gettext_lazy("说明，或者不能参加的原因"), required=False)

    def clean(self):
        answer = self.cleaned_data.get("answer")
        if answer == Answer.DELEGATES and not self.cleaned_data.get("name"):
            self.add_error("name", _("请写明委派谁参加。"))
        if answer == Answer.DECLINES and not self.cleaned_data.get("note"):
            self.add_error("note", _("请写明不能参加的原因。"))
        return self.cleaned_data


class AnswerForm(AnswerFields):
    label = gettext_lazy("回复邀请")
    button = gettext_lazy("回复")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.target is not None and self.target.deputy_id:
            self.fields["answer"].choices = [
                choice for choice in Answer.choices if choice[0] not in ("", Answer.DELEGATES)
            ]
            del self.fields["name"]

    @classmethod
    def is_offered(cls, found):
        return found.is_ahead and bool(found.own_invitations)

    def facts(self):
        return {"invitation": self.target, **self.cleaned_data}


class EnterAnswerForm(AnswerFields):
    label = gettext_lazy("登记回复")
    caution = gettext_lazy("代表或单位用电话等方式回复的，由组织单位登记。")
    invitation = forms.TypedChoiceField(
        label=gettext_lazy("谁的回复"), coerce=int, error_messages={"required": gettext_lazy("请选择一项。")}
    )
    field_order = ["invitation", "answer", "name", "note"]

    def __init__(self, *args, found, **kwargs):
        super().__init__(*args, found=found, **kwargs)
        self.fields["invitation"].choices = [("", "—"), *((each.pk, str(each)) for each in found.invitations)]

    @classmethod
    def is_offered(cls, found):
        return found.may_run and found.is_ahead and bool(found.invitations)

    def facts(self):
        chosen = next(each for each in self.found.invitations if each.pk == self.cleaned_data["invitation"])
        return {**self.cleaned_data, "invitation": chosen}


class MoveForm(ActivityActionForm):
    label = gettext_lazy("改期或改地点")
    starts_at = moment_field(gettext_lazy("开始时间"))
    ends_at = moment_field(gettext_lazy("结束时间"))
    place = place_field()
    why = sentence(gettext_lazy("原因"), help_text=gettext_lazy("会告诉所有被邀请和报名的人。"))

    def __init__(self, *args, found, **kwargs):
        standing = {name: getattr(found.activity, name) for name in ("starts_at", "ends_at", "place")}
        super().__init__(*args, found=found, initial=standing, **kwargs)

    @classmethod
    def is_offered(cls, found):
        return found.may_run and found.is_ahead

    def clean(self):
        check_span(self)
        return self.cleaned_data


class DocumentsForm(ActivityActionForm):
    label = gettext_lazy("上传照片或资料")
    button = gettext_lazy("上传")
    kind = forms.ChoiceField(
        label=gettext_lazy("是什么"),
        choices=[(Document.Kind.PHOTO, _("照片")), (Document.Kind.MATERIAL, _("资料"))],
        widget=forms.RadioSelect,
        initial=Document.Kind.PHOTO,
    )
    files = PhotosField(
        label=gettext_lazy("文件"),
        widget=PhotosField.Input(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy(
            "照片用JPG、PNG、WebP，每张不超过10 MB；资料用PDF、Word、Excel、PPT、文本，每份不超过20 MB。"
        ),
        error_messages={"required": gettext_lazy("请选择文件。")},
    )
    title = PlainField(
        label=gettext_lazy("名称"), max_length=110, required=False, help_text=gettext_lazy("不填用文件名。")
    )
    public = forms.BooleanField(
        label=gettext_lazy("向群众公开"),
        required=False,
        help_text=gettext_lazy("照片里能认出群众的，请先征得同意。"),
    )

    @classmethod
    def is_offered(cls, found):
        return found.may_run and found.state != Activity.State.CANCELLED


class CancelForm(ActivityActionForm):
    label = gettext_lazy("取消活动")
    why = sentence(gettext_lazy("取消原因"), help_text=gettext_lazy("已发邀请的，会告诉所有被邀请和报名的人。"))
    caution = gettext_lazy("取消后不能恢复。")
    danger = True

    @classmethod
    def is_offered(cls, found):
        return found.may_run and found.state not in (Activity.State.CANCELLED, Activity.State.CLOSED)


class RevealForm(forms.Form):
    """Why somebody opens who signed up."""

    reason = sentence(gettext_lazy("为什么要看"), help_text=gettext_lazy("会记入查看记录，不能删除。"))


FORMS = {
    "answer": AnswerForm,
    "announce": AnnounceForm,
    "enter_answer": EnterAnswerForm,
    "keep_documents": DocumentsForm,
    "move": MoveForm,
    "cancel": CancelForm,
}
