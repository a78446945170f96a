"""A proposal in a form: a press takes it, and leaving it costs nothing."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class ProposedField(forms.TypedChoiceField):
    """One of a few proposals, or none; the key of what is proposed, or None.

    ``offer`` gives it the proposals; without any the form leaves it out. What was sent is good whenever the form's own
    list (``allowed``) has it, so that a model trained or switched off meanwhile takes back nothing that was pressed.
    """

    widget = forms.RadioSelect

    def __init__(self, label):
        help_text = gettext_lazy("来自本单位以往的办理记录，只供参考；下面另外选了的，以下面选的为准。")
        super().__init__(label=label, required=False, coerce=int, empty_value=None, help_text=help_text)
        self.allowed = set()

    def offer(self, proposals, allowed):
        self.allowed = set(map(str, allowed))
        self.choices = [*((each.value, each.words) for each in proposals), ("", _("不采纳"))]

    def valid_value(self, value):
        return str(value) in self.allowed
