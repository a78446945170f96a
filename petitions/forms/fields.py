"""The fields that forms of the desk are made of, with the words of their refusals."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stations.models import Organ
from vault.fields import PlainField

MOST = 2000  # characters of a text
MISSING = gettext_lazy("请填写这一项。")


def words(label, *, most=MOST, rows=4, **facts):
    """A text of several lines; refused, not cut, when it is too long."""
    return PlainField(
        lines=True,
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": MISSING},
        **facts,
    )


def line(label, *, most, **facts):
    """A text of one line."""
    return PlainField(label=label, max_length=most, error_messages={"required": MISSING}, **facts)


def choice(label, choices, **facts):
    """One of a few, as cards."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项。")},
        **facts,
    )


def decision(label, yes, no):
    """A decision: True or False, and nothing chosen for whoever decides."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda chosen: chosen == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项。")},
    )


class OrganField(forms.TypedChoiceField):
    """One organ of those near the case; an ``Organ``, or None."""

    def __init__(self, label, **facts):
        said = {"required": gettext_lazy("请选择单位。")}
        super().__init__(label=label, coerce=_organ, empty_value=None, error_messages=said, **facts)

    def offer(self, groups):
        self.choices = [("", _("请选择")), *groups]


class OrgansField(forms.TypedMultipleChoiceField):
    """Any number of organs near the case."""

    def __init__(self, label, **facts):
        super().__init__(label=label, coerce=_organ, required=False, widget=forms.CheckboxSelectMultiple, **facts)

    def offer(self, groups):
        self.choices = groups


def _organ(pk):
    return Organ.objects.get(pk=pk)
