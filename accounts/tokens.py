"""Tokens by which programs act for a person: made once, kept as a hash, good for a year at most."""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from . import second_factor
from .granting import note_change
from .models import AccountChange, ApiToken, User
from .services import AccountError

MARK = "lz_"  # by which scanners for leaked keys find one
SHOWN = 10  # characters that the list shows
LONGEST = dt.timedelta(days=365)
MOST = 20  # good tokens of one person
NOTED_EVERY = dt.timedelta(hours=1)


def prove_and_make(*, user: User, typed: str, address: str, **facts) -> tuple[ApiToken, str]:
    """Make a token (see ``make_token``) for a person who proves by ``typed`` that it is they who sit there.

    ``address`` is the network address that the request came from. Raises AccountError as ``make_token`` and
    ``second_factor.prove_again`` do.
    """
    # Before the code is taken: a recovery code is not to be used up for nothing.
    _check(user, facts["expires_on"])
    second_factor.prove_again(user=user, typed=typed, address=address)
    return make_token(user=user, **facts)


def _check(user, expires_on):
    today = timezone.localdate()
    if not today <= expires_on <= today + LONGEST:
        raise AccountError(_("有效期最短到今天，最长一年。"), "expires_on")
    if ApiToken.objects.good_on(today).filter(user=user).count() >= MOST:
        raise AccountError(_("您已有%(most)s个可用的令牌，请先停用不再需要的。") % {"most": MOST})


@transaction.atomic
def make_token(*, user: User, name: str, scopes: list[str], expires_on: dt.date) -> tuple[ApiToken, str]:
    """Make a token of 256 random bits; return its row and the token itself, which is shown once and stored nowhere.

    Raises AccountError where it would be good for more than a year or not at all, or the person has twenty already.
    """
    _check(user, expires_on)
    token = MARK + secrets.token_urlsafe(32)
    facts = {"user": user, "name": name, "scopes": scopes, "expires_on": expires_on}
    row = ApiToken.objects.create(prefix=token[:SHOWN], digest=_digest(token), **facts)
    note_change(user, AccountChange.What.TOKEN_MADE, f"{row.name}（{row.scope_labels}）", by=user)
    return row, token


def _digest(token: str) -> str:
    # No slow hash and no key: nobody guesses 256 bits.
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(written: str) -> ApiToken | None:
    """The good token that a program showed, with its user, or None; that it was used is noted once an hour at most.

    It rests while its owner has something to do before any page opens to them (see ``entering.owed``).
    """
    now = timezone.now()
    good = ApiToken.objects.good_on(timezone.localdate(now)).select_related("user__second_factor")
    found = good.filter(digest=_digest(written)).first()
    if found is None or _rests(found.user):
        return None
    if found.used_at is None or found.used_at <= now - NOTED_EVERY:
        stale = Q(used_at=None) | Q(used_at__lte=now - NOTED_EVERY)
        ApiToken.objects.filter(stale, pk=found.pk).update(used_at=now)
    return found


def _rests(owner):
    asked_elsewhere = settings.OIDC_SECOND_FACTOR_TRUSTED and owner.sso_subject
    proved = asked_elsewhere or hasattr(owner, "second_factor")
    return owner.owes_password or (settings.SECOND_FACTOR_DEMANDED and not proved)


@transaction.atomic
def revoke_tokens(*, user: User, by: User | None, pk: int | None = None) -> int:
    """Revoke one of a person's tokens, or all of them because they leave; return how many were in force.

    ``by`` is None where the portal itself does it.
    """
    tokens = user.api_tokens.filter(revoked_at=None)
    if pk is not None:
        tokens = tokens.filter(pk=pk)
    names = "、".join(tokens.values_list("name", flat=True))
    revoked = tokens.update(revoked_at=timezone.now())
    if revoked:
        note_change(user, AccountChange.What.TOKEN_ENDED, names, by=by)
    return revoked
