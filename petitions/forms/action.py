"""An action as it is filled in: what every form of an action has, and an answer with its promise."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.forms.fields import OrganField, OrgansField, choice, line
from petitions.models import PROMISING, Outcome

A_SENTENCE = 300  # characters


class ActionForm(forms.Form):
    """An action; each asks what its service needs. ``case`` is the ``CaseFile``, ``target`` what it is taken on."""

    button = ""  # the action's own label unless another word is clearer
    caution = ""  # what cannot be taken back
    danger = False

    def __init__(self, *args, case, target=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case
        self.target = target
        self.proposals = {}
        for field in self.fields.values():
            if isinstance(field, OrganField | OrgansField):
                field.offer(case.organ_choices)

    def material(self):
        """What one has to read before deciding; empty where the page says it all."""
        return ""

    def offer(self, name, proposals, allowed):
        """Offer proposals in a field of this name; without any the field is left out, unless one was sent."""
        self.proposals[name] = proposals
        if proposals or self.data.get(name):
            self.fields[name].offer(proposals, allowed)
        else:
            del self.fields[name]

    def take(self, proposed, name, *, untouched, model=None):
        """Put what was taken of the proposals into a field that was left as it stood, and note what was chosen."""
        taken = self.cleaned_data.pop(proposed, None)
        if taken is not None and untouched:
            self.cleaned_data[name] = model.objects.get(pk=taken) if model else taken
        chosen = self.cleaned_data.get(name)
        key = getattr(chosen, "pk", chosen)
        self.case.proposals.note(name, self.case.petition, self.proposals.get(proposed, []), key)

    def facts(self):
        """Keyword arguments of the service."""
        return self.cleaned_data


class ReplyForm(ActionForm):
    """An answer with its outcome; what promises something names what and by when."""

    outcome = choice(gettext_lazy("办理结果"), Outcome)
    promise = line(
        gettext_lazy("承诺办成什么"),
        most=200,
        required=False,
        help_text=gettext_lazy("结果为“正在解决”或“列入计划”时必填。"),
    )
    promised_on = forms.DateField(
        label=gettext_lazy("承诺完成日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("请填写日期，例如2026-12-31。")},
        help_text=gettext_lazy("到期前会提醒，到期后督办，并由联络站回头看。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["promised_on"].widget.attrs["min"] = (timezone.localdate() + timedelta(days=1)).isoformat()

    def clean(self):
        if self.cleaned_data.get("outcome") in PROMISING:
            for name in ("promise", "promised_on"):
                if name not in self.errors and not self.cleaned_data.get(name):
                    self.add_error(name, _("结果为“正在解决”或“列入计划”时，这一项必填。"))
            promised_on = self.cleaned_data.get("promised_on")
            if promised_on and promised_on <= timezone.localdate():
                self.add_error("promised_on", _("请填写今天以后的日期。"))
        return self.cleaned_data
