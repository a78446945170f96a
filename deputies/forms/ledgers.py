"""What the reception register and the ledger of reception days can be narrowed by."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.filters import ListFilter
from deputies.forms.plans import DaysForm
from deputies.models import Note

ANY = ("", _("全部"))


class NoteFilter(ListFilter):
    """Filters over the reception notes that ``user`` may open."""

    station = forms.ChoiceField(label=_("联络站"), required=False)
    outcome = forms.ChoiceField(label=_("处理"), required=False, choices=[ANY, *Note.Outcome.choices])
    since = forms.DateField(label=_("接待日期自"), required=False)
    until = forms.DateField(label=_("接待日期至"), required=False)

    def __init__(self, data, *, user, stations):
        super().__init__(data)
        self.user = user
        self.fields["station"].choices = [ANY, *stations.values_list("code", "name")]

    def notes(self):
        """The notes; none when the address asks for something that does not exist."""
        if not self.is_valid():
            return Note.objects.none()
        ways = {
            "station": "reception__station__code",
            "outcome": "outcome",
            "since": "reception__date__gte",
            "until": "reception__date__lte",
        }
        return Note.objects.visible_to(self.user).filter(
            **{ways[name]: value for name, value in self.cleaned_data.items() if value}
        )


class RosterFilter(DaysForm):
    """The list's own filters, and a last day; with one, days before today are meant as well."""

    until = forms.DateField(label=_("到哪天止"), required=False)

    def days(self, user, *, today, is_past):
        """The days of the list: those from today on, backwards those before, or with ``until`` those of the span."""
        days, until = self.found(user), self.cleaned_data.get("until")
        if until:
            return days.filter(date__lte=until)
        return days.filter(date__lt=today) if is_past else days.filter(date__gte=today)
