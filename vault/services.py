"""Keeping an identity, and the two ways to it: a reveal that is logged, and a message's address while it is sent."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import log_view

from .errors import VaultError
from .models import Identity
from .sealing import seal, unseal

LONGEST_REASON = 200


def keep(identity):
    """Seal a dict of name, phone, address and email and return its ``Identity``; None for an anonymous resident."""
    if not identity or not any(identity.values()):
        return None
    return Identity.objects.create(sealed=seal(identity))


def reveal(*, identities, number, actor, reason):
    """Open identities for one whose right the caller has checked; the view log keeps who, when and why.

    ``identities`` is an ordered queryset, ``number`` names what they belong to. Returns a list of dicts (name, phone,
    address, email). Raises ``VaultError`` without a reason of at most 200 characters.
    """
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise VaultError(_("请写明查看身份的理由，不超过%(most)d字。") % {"most": LONGEST_REASON})
    with transaction.atomic():
        log_view(user=actor, what=_("反映人身份"), number=number, reason=reason.strip())
        return [unseal(identity.sealed) for identity in identities]


def address_of(key):
    """The e-mail address behind an outside key such as ``identity:12``, or an empty string."""
    kind, _separator, pk = key.partition(":")
    identity = Identity.objects.filter(pk=pk).first() if kind == "identity" else None
    return unseal(identity.sealed).get("email", "") if identity else ""
