"""Keeping an identity, and the two ways to it: a reveal that is logged, and a message's address while it is sent."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import log_view

from .errors import VaultError
from .models import Identity
from .phones import index_of
from .sealing import seal, unseal

LONGEST_REASON = 200


def row_of(identity, *, pk=None):
    """The ``Identity`` of a dict of name, phone, address and email, not stored yet; None for an anonymous resident.

    ``notice`` in the dict is the version of the privacy notice that was shown to the resident; it stays outside of the seal.
    """
    told = {name: words for name, words in (identity or {}).items() if name != "notice"}
    if not any(told.values()):
        return None
    return Identity(
        pk=pk,
        sealed=seal(told),
        phone_index=index_of(told.get("phone")),
        notice_version=identity.get("notice", 0),
    )


def keep(identity):
    """Store the row of a dict of name, phone, address and email; None for an anonymous resident. See ``row_of``."""
    row = row_of(identity)
    if row is not None:
        row.save(force_insert=True)
    return row


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
