"""What staff fill in for like cases under one head: which cases, and what is done with all of them."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.forms.fields import line, words
from petitions.forms.station import HandOverForm
from petitions.models import Petition
from vault.codes import plain_number

MOST = 50  # cases that one form takes


class CasesField(forms.ModelMultipleChoiceField):
    """Cases by number, all chosen beforehand; a number that is not offered is refused."""

    def __init__(self):
        super().__init__(
            Petition.objects.none(),
            label=gettext_lazy("包括哪几件"),
            to_field_name="number",
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": gettext_lazy("请至少选择一件意见。"),
                "invalid_choice": gettext_lazy("有一件意见已不能这样办，请刷新后再选。"),
            },
        )

    def offer(self, cases):
        self.queryset = Petition.objects.filter(pk__in=[case.pk for case in cases]).order_by("pk")
        self.initial = [case.number for case in cases]


class ConfirmForm(forms.Form):
    """A group is confirmed under a title of the office's own."""

    cases = CasesField()
    title = line(
        gettext_lazy("事项"), most=60, help_text=gettext_lazy("自己概括，例如：南大郭村路灯不亮。不写反映人的情况。")
    )
    note = words(
        gettext_lazy("说明"), rows=2, required=False, help_text=gettext_lazy("为什么认为是同一类事，只在内部看。")
    )

    def __init__(self, *args, cases, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cases"].offer(cases)

    def facts(self):
        return self.cleaned_data | {"cases": list(self.cleaned_data["cases"])}


class TogetherForm(forms.Form):
    """An action on several cases of a cluster (``file``, a ``ClusterFile``); ``action`` is its row for each case."""

    action = ""
    label = ""
    button = ""
    danger = False

    def facts(self):
        """Keyword arguments of the service."""
        return self.cleaned_data | {"cases": list(self.cleaned_data["cases"])}


class HandOverTogetherForm(TogetherForm, HandOverForm):
    action = "hand_over"
    label = gettext_lazy("一起交办")
    button = gettext_lazy("交办选中的各件")
    cases = CasesField()
    field_order = ["cases"]

    def __init__(self, *args, file, **kwargs):
        super().__init__(*args, case=file, **kwargs)
        self.fields["cases"].offer(file.fit_for("hand_over"))


class PassReplyTogetherForm(TogetherForm):
    action = "pass_reply"
    label = gettext_lazy("一起答复")
    button = gettext_lazy("通过并告知各件的群众")
    cases = CasesField()
    text = words(
        gettext_lazy("告知群众的答复"),
        rows=8,
        help_text=gettext_lazy("各件的群众都会原样看到，各自评价；每件的办理结果以其承办单位的答复为准。"),
    )

    def __init__(self, *args, file, **kwargs):
        super().__init__(*args, **kwargs)
        reviewing = file.fit_for("pass_reply")
        self.fields["cases"].offer(reviewing)
        if not self.is_bound:
            self.fields["text"].initial = file.suggested_reply(reviewing)


class AddForm(TogetherForm):
    action = "group"
    label = gettext_lazy("加入一件")
    button = gettext_lazy("加入")
    number = line(gettext_lazy("意见编号"), most=24)

    def __init__(self, *args, file, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = file.user

    def clean_number(self):
        number = plain_number(self.cleaned_data["number"])
        self.found = Petition.objects.visible_to(self.user).filter(number=number).first()
        if self.found is None:
            raise forms.ValidationError(_("没有找到编号为%(number)s的意见，请核对。") % {"number": number})
        return number

    def facts(self):
        return {"cases": [self.found]}


class RemoveForm(TogetherForm):
    action = "ungroup"
    label = gettext_lazy("移出几件")
    button = gettext_lazy("移出选中的各件")
    danger = True
    cases = CasesField()

    def __init__(self, *args, file, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cases"].offer(file.fit_for("ungroup"))
        self.fields["cases"].initial = []


class DissolveForm(TogetherForm):
    action = "ungroup"
    label = gettext_lazy("解除这组同类事项")
    button = gettext_lazy("解除")
    danger = True

    def __init__(self, *args, file, **kwargs):
        super().__init__(*args, **kwargs)

    def facts(self):
        return {}


TOGETHER = {
    "hand_over": HandOverTogetherForm,
    "pass_reply": PassReplyTogetherForm,
    "add": AddForm,
    "remove": RemoveForm,
    "dissolve": DissolveForm,
}
