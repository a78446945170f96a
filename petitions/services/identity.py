"""The two ways into the vault: a reveal that is logged, and the address of a message while it is being sent."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import log_view
from petitions.errors import ActionError
from petitions.models import Identity, Petition
from petitions.permissions import is_station_side, may_reveal
from petitions.vault import unseal

LONGEST_REASON = 200


def reveal(*, petition, actor, reason):
    """Open the identities of a case for one who may, with a reason; the view log keeps who, when and why.

    Returns a list of dicts (name, phone, address, email), first proposer first; those who joined left theirs to the
    station only, whatever the first one chose. Raises ``ActionError`` without a right or a reason.
    """
    if not Petition.objects.visible_to(actor).filter(pk=petition.pk).exists() or not may_reveal(petition, actor):
        raise ActionError(_("您无权查看此件反映人的身份。"))
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise ActionError(_("请写明查看身份的理由，不超过%(most)d字。") % {"most": LONGEST_REASON})
    with transaction.atomic():
        log_view(user=actor, what=_("反映人身份"), number=petition.number, reason=reason.strip())
        sealed = Identity.objects.filter(proposer__petition=petition).order_by("-proposer__is_first", "proposer__pk")
        if not is_station_side(petition, actor):
            sealed = sealed.filter(proposer__is_first=True)
        return [unseal(identity.sealed) for identity in sealed]


def address_of(key):
    """The e-mail address behind an outside key such as ``proposer:12``, or an empty string."""
    kind, _separator, pk = key.partition(":")
    identity = Identity.objects.filter(proposer=pk).first() if kind == "proposer" else None
    return unseal(identity.sealed).get("email", "") if identity else ""
