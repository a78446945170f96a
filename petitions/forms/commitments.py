"""What the ledger of promises can be narrowed by."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import ListFilter
from petitions.forms.filters import DAY, select
from petitions.models import Commitment, Petition


class CommitmentFilter(ListFilter):
    """Filters over the promises of the cases that ``user`` may see."""

    state = select(_("状态"), [*Commitment.State.choices, ("overdue", _("到期未报告"))])
    since = forms.DateField(label=_("承诺完成自"), **DAY)
    until = forms.DateField(label=_("承诺完成至"), **DAY)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user

    def commitments(self):
        """The promises; none when the address asks for something that does not exist."""
        if not self.is_valid():
            return Commitment.objects.none()
        wanted = self.cleaned_data
        found = Commitment.objects.filter(
            round__petition__in=Petition.objects.visible_to(self.user).order_by().values("pk")
        )
        if wanted["state"] == "overdue":
            found = found.filter(state=Commitment.State.OPEN, promised_on__lt=timezone.localdate())
        elif wanted["state"]:
            found = found.filter(state=wanted["state"])
        if wanted["since"]:
            found = found.filter(promised_on__gte=wanted["since"])
        return found.filter(promised_on__lte=wanted["until"]) if wanted["until"] else found
