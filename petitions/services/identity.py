"""Who may have the vault opened for a case."""

from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.models import Petition
from petitions.permissions import is_station_side, may_reveal
from vault import services as vault
from vault.errors import VaultError
from vault.models import Identity


def reveal(*, petition, actor, reason):
    """Open the identities of a case for one who may, with a reason; the view log keeps who, when and why.

    Returns a list of dicts (name, phone, address, email), first proposer first; those who joined left theirs to the
    station only, whatever the first one chose. Raises ``ActionError`` without a right or a reason.
    """
    if not Petition.objects.visible_to(actor).filter(pk=petition.pk).exists() or not may_reveal(petition, actor):
        raise ActionError(_("您无权查看此件反映人的身份。"))
    identities = Identity.objects.filter(proposer__petition=petition)
    if not is_station_side(petition, actor):
        identities = identities.filter(proposer__is_first=True)
    identities = identities.order_by("-proposer__is_first", "proposer__pk")
    try:
        return vault.reveal(identities=identities, number=petition.number, actor=actor, reason=reason)
    except VaultError as refusal:
        raise ActionError(str(refusal)) from refusal
