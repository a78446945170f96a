"""Every action on an item with its form, whose ``facts()`` are what the action's service takes."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.forms.fields import OrganField, decision, words
from programmes.services.documents import ACCEPTED
from stations.models import Organ
from vault.fields import PhotosField
from workdays.services import spoken

A_SENTENCE = 300  # characters
MOST_FILES = 10  # a report


def day(label, **facts):
    """A date as the browser's own calendar gives it."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请填写日期。"),
            "invalid": gettext_lazy("请填写日期，例如2026-12-31。"),
        },
        **facts,
    )


def organs_of(region):
    """The organs in use of a place, of what lies in it and of the levels above, as choices grouped by place."""
    organs = Organ.objects.filter(active=True).select_related("region").order_by("region_id", "name")
    groups = {}
    for organ in organs.filter(region__in=[*region.ancestor_codes, region.code]) | organs.filter(
        region__code__startswith=region.code
    ):
        groups.setdefault(organ.region.name, []).append((organ.pk, organ.name))
    return list(groups.items())


class ActionForm(forms.Form):
    """An action on an item; each form asks what its service needs. ``target`` is the reminder to be acknowledged."""

    button = ""  # the action's own label unless another word is clearer
    caution = ""
    danger = False
    material = ""  # what one has to read before deciding

    def __init__(self, *args, item, target=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.item = item
        self.target = target

    def facts(self):
        """Keyword arguments of the service."""
        return self.cleaned_data

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on and due_on < timezone.localdate():
            raise forms.ValidationError(_("新的期限不能早于今天。"))
        return due_on


class SignInForm(ActionForm):
    caution = gettext_lazy("完成期限不因签收早晚而变。")


class NoteProgressForm(ActionForm):
    text = words(gettext_lazy("进展"))


class ReportForm(ActionForm):
    text = words(gettext_lazy("完成情况"), rows=6, help_text=gettext_lazy("做了什么、何时做完、怎样可以看到。"))
    files = PhotosField(
        label=gettext_lazy("佐证材料"),
        required=False,
        widget=PhotosField.Input(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("照片、PDF、Word、Excel等，最多10个，每个不超过20 MB。"),
    )
    caution = gettext_lazy("核实期间期限暂停；核实未通过的，仍按原期限办理。")

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("最多上传%(most)d个文件。") % {"most": MOST_FILES})
        return files


class VerifyForm(ActionForm):
    text = words(gettext_lazy("核实情况"), most=A_SENTENCE, rows=3, required=False)
    caution = gettext_lazy("核实通过即销号。")

    @property
    def material(self):
        return self.item.report


class WhyForm(ActionForm):
    why = words(gettext_lazy("原因"), most=A_SENTENCE, rows=3)


class SendBackForm(WhyForm):
    danger = True


class DropForm(WhyForm):
    danger = True
    caution = gettext_lazy("撤销后不再督办，记录保留。")


class ObjectForm(ActionForm):
    ground = words(gettext_lazy("异议理由"), help_text=gettext_lazy("写明依据。裁定期间完成期限照常计算。"))
    caution = gettext_lazy("每项只能提出一次异议。")


class SettleForm(ActionForm):
    upheld = decision(
        gettext_lazy("裁定"), gettext_lazy("异议成立，撤销此项"), gettext_lazy("异议不成立或部分成立，继续办理")
    )
    text = words(gettext_lazy("裁定理由"), most=A_SENTENCE, rows=3)
    due_on = day(gettext_lazy("新的期限"), required=False, help_text=gettext_lazy("继续办理的才填；不填则期限不变。"))
    owner_organ = OrganField(gettext_lazy("改由其他单位办理"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner_organ"].offer(organs_of(self.item.region))

    @property
    def material(self):
        return self.item.objection

    def clean(self):
        wanted = self.cleaned_data
        if wanted.get("upheld"):
            for name in ("due_on", "owner_organ"):
                if wanted.get(name):
                    self.add_error(name, _("异议成立的，此项撤销，这里不填。"))
        return wanted


class MoveDueForm(WhyForm):
    due_on = day(gettext_lazy("新的期限"))
    field_order = ["due_on", "why"]


class PressForm(ActionForm):
    note = words(gettext_lazy("督办意见"), most=A_SENTENCE, rows=3, required=False)
    caution = gettext_lazy("出具有编号的督办单，收到的单位须回执。")


class AcknowledgeForm(ActionForm):
    text = words(gettext_lazy("回执内容"), most=500, rows=3, help_text=gettext_lazy("说明原因、措施和完成时间。"))

    @property
    def material(self):
        return f"{self.target.name} {self.target.paper.number if self.target.paper else ''}".strip()


class ReopenForm(WhyForm):
    due_on = day(gettext_lazy("新的期限"))
    field_order = ["due_on", "why"]

    @property
    def material(self):
        return _("原期限为%(due)s。") % {"due": spoken(self.item.due_on)}


FORMS = {
    "sign_in": SignInForm,
    "note_progress": NoteProgressForm,
    "report": ReportForm,
    "verify": VerifyForm,
    "send_back": SendBackForm,
    "object": ObjectForm,
    "settle": SettleForm,
    "move_due": MoveDueForm,
    "press": PressForm,
    "acknowledge": AcknowledgeForm,
    "drop": DropForm,
    "reopen": ReopenForm,
}
