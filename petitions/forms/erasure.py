"""Asking for deletion, and deciding on it."""

from django import forms
from django.utils.translation import gettext_lazy

from petitions.forms.fields import decision, line, words


class EraseForm(forms.Form):
    """A resident asks that their name, phone and address be deleted."""

    words = words(gettext_lazy("想说明的"), most=500, rows=2, required=False)
    sure = forms.BooleanField(
        label=gettext_lazy("我确认删除我的姓名、电话、住址和电子邮箱。删除后不能恢复，也不能再联系到我"),
        error_messages={"required": gettext_lazy("确定要删除的，请勾选这一项。")},
    )


class DecideErasureForm(forms.Form):
    """The station's head deletes, or keeps with a reason."""

    erased = decision(gettext_lazy("决定"), gettext_lazy("同意，现在删除"), gettext_lazy("办理还需要，暂不删除"))
    why = line(
        gettext_lazy("暂不删除的理由"),
        most=300,
        required=False,
        help_text=gettext_lazy("申请人会看到。例如：案件仍在办理，需要联系您核实；办结后自动按期删除。"),
    )
