"""The second step of signing in: an authenticator app (TOTP, RFC 6238) and recovery codes for the day it is not there."""

import hmac
import logging
import time

import pyotp
from django.db import transaction
from django.utils.translation import gettext as _

from . import codes, passwords
from .granting import note_change
from .models import AccountChange, RecoveryCode, Role, SecondFactor, User
from .sealing import seal, unseal
from .services import AccountError, count_attempt, forget_attempts, has_role
from .sign_ins import end_sign_ins

log = logging.getLogger(__name__)

STEP_SECONDS = 30
DIGITS = 6
CLOCKS_APART = 1  # half minutes by which a phone's clock may go wrong
RECOVERY_CODES = 10
RECOVERY_CODE_LENGTH = 10  # Crockford base32, 50 bits

TRIES_AN_ADDRESS = (10, 15 * 60)  # as many as of the password
# Who gets here knows the password, and six digits bear no more than this, from however many addresses.
TRIES_OVERALL = (60, 60 * 60)


def draw_secret() -> str:
    """A new secret of 160 bits, in base32."""
    return pyotp.random_base32()


def address_of(*, user: User, secret: str) -> str:
    """What the QR code says to the authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=_("代表联络站"))


@transaction.atomic
def set_up(*, user: User, secret: str, typed: str) -> list[str]:
    """Take the secret as the person's second factor and return new recovery codes, which are told only now.

    ``typed`` is a code that the app shows, so that nobody is locked out by an app that never took the secret. Raises
    AccountError when it is wrong or there is a second factor already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if SecondFactor.objects.filter(user=user).exists():
        raise AccountError(_("两步验证已经启用。"))
    step = _step_of(secret, codes.plain(typed), after=0)
    if step is None:
        raise AccountError(_("验证码不对。请核对手机的时间是否准确，再输入验证器现在显示的6位数字。"))
    SecondFactor.objects.create(user=user, sealed=seal(secret), last_step=step)
    note_change(user, AccountChange.What.SECOND_FACTOR_ON, by=user)
    return _draw_codes(user)


def prove(*, user: User, typed: str, address: str) -> None:
    """Take a code of the app or a recovery code, each once. Raises AccountError when it is wrong or tries are used up.

    ``address`` is the network address that the request came from.
    """
    here, overall = f"second-step:{user.pk}:{address}", f"second-step:{user.pk}"
    # Counted before the code is looked at, so that tries made at the same moment cannot outrun the count.
    if not (_counted(here, TRIES_AN_ADDRESS) and _counted(overall, TRIES_OVERALL)):
        raise AccountError(_("验证码输错次数过多，请过一会儿再试，或请管理员重置两步验证。"), "code")
    if not _take(user, codes.plain(typed)):
        log.warning("second step refused to user %s", user.pk)
        raise AccountError(
            _("验证码不对，或者已经用过。请输入验证器现在显示的6位数字，或一个没有用过的恢复码。"), "code"
        )
    forget_attempts(here)
    forget_attempts(overall)


def prove_again(*, user: User, typed: str, address: str) -> None:
    """Ask somebody who has signed in for a code again, or for their password where they have no second factor.

    Raises AccountError as ``prove`` does, and where there is neither, as with single sign-on only.
    """
    if SecondFactor.objects.filter(user=user).exists():
        prove(user=user, typed=typed, address=address)
    elif user.has_usable_password():
        passwords.prove(user=user, typed=typed, address=address)
    else:
        raise AccountError(_("您的账号没有密码，请先在“登录与密码”里启用两步验证。"), "code")


def _counted(key: str, limit: tuple[int, int]) -> bool:
    tries, seconds = limit
    return count_attempt(key, limit=tries, window_seconds=seconds)


@transaction.atomic
def _take(user: User, code: str) -> bool:
    """Whether the code is right; then it is used up."""
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is None:
        return False
    if len(code) != DIGITS:
        return bool(RecoveryCode.objects.filter(user=user, code_hash=_hash(user, code)).delete()[0])
    secret = unseal(factor.sealed)
    step = _step_of(secret, code, after=factor.last_step)
    if step is None:
        return False
    factor.last_step, factor.sealed = step, seal(secret)
    factor.save(update_fields=["last_step", "sealed"])
    return True


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The half minute whose code this is, where that is about now and later than ``after``."""
    now, app = int(time.time()) // STEP_SECONDS, pyotp.HOTP(secret, digits=DIGITS)
    for step in range(max(now - CLOCKS_APART, after + 1), now + CLOCKS_APART + 1):
        if hmac.compare_digest(app.at(step), code):
            return step
    return None


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """Replace the recovery codes by new ones, which are told only now."""
    SecondFactor.objects.select_for_update().get(user=user)
    note_change(user, AccountChange.What.NEW_RECOVERY_CODES, by=user)
    return _draw_codes(user)


def _draw_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    drawn = [codes.draw(RECOVERY_CODE_LENGTH) for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(user, code)) for code in drawn)
    return [f"{code[:5]}-{code[5:]}" for code in drawn]


def _hash(user: User, code: str) -> str:
    return codes.keyed_hash(f"recovery|{user.pk}|{code}")


@transaction.atomic
def remove(*, user: User, actor: User | None, reason: str) -> None:
    """Take the second factor away, as after a lost phone; all sessions of the person end.

    ``actor`` is None for somebody at the command line. Raises AccountError where the reason is missing or there is none.
    """
    if not reason.strip():
        raise AccountError(_("请写明取消两步验证的理由。"))
    if not SecondFactor.objects.filter(user=user).delete()[0]:
        raise AccountError(_("该账号没有启用两步验证。"))
    RecoveryCode.objects.filter(user=user).delete()
    end_sign_ins(user)
    note_change(user, AccountChange.What.SECOND_FACTOR_OFF, reason.strip(), by=actor)


def may_remove(actor: User, user: User) -> bool:
    """Whether an actor may take somebody's second factor away: an administrator, never their own by this way."""
    return actor.pk != user.pk and has_role(actor, Role.ADMIN) and SecondFactor.objects.filter(user=user).exists()
