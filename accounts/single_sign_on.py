"""The government's single sign-on (OpenID Connect): who it says that somebody is, and which of our people that means.

State, nonce, PKCE and the signed ID token are checked by Authlib. Nobody is ever made an account: a person is found by
the subject that they are bound to, or once by name, where the office has said which claim holds it.
"""

import logging

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from joserfc.errors import JoseError
from requests import RequestException

from .granting import note_change
from .models import AccountChange, User
from .services import AccountError

TIMEOUT_SECONDS = 10
log = logging.getLogger(__name__)


def _client():
    # Made anew each time, so that the provider's keys are those of today.
    return OAuth().register(
        "sso",
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        server_metadata_url=f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )


def send_out(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider. Raises AccountError when the provider cannot be asked."""
    try:
        return _client().authorize_redirect(request, settings.SITE_URL + reverse("accounts:sso_back"))
    except (AuthlibBaseError, RequestException, RuntimeError, ValueError) as error:
        raise _refusal(error) from error


def read_answer(request: HttpRequest) -> dict:
    """The claims with which the provider sends somebody back. Raises AccountError when any of it does not hold."""
    checked = {
        "iss": {"essential": True, "value": settings.OIDC_ISSUER},
        "aud": {"essential": True, "value": settings.OIDC_CLIENT_ID},
    }
    try:
        return dict(_client().authorize_access_token(request, claims_options=checked)["userinfo"])
    except (AuthlibBaseError, JoseError, RequestException, RuntimeError, ValueError, KeyError) as error:
        raise _refusal(error) from error


def _refusal(error: Exception) -> AccountError:
    # Neither tokens nor who it was, only what kind of thing went wrong.
    log.warning("single sign-on failed: %s", type(error).__name__)
    return AccountError(_("统一身份认证没有完成，请再试一次，或用登录名和密码登录。"))


def subject_of(claims: dict) -> str:
    """What a person is bound to: the subject is unique with its issuer only (OpenID Connect Core, 2)."""
    return f"{claims['iss']} {claims['sub']}"


def person_for(claims: dict) -> User:
    """The person whom the provider's claims mean. Raises AccountError when there is none who may sign in."""
    subject = subject_of(claims)
    user = User.objects.filter(sso_subject=subject).first() or _by_name(claims, subject)
    if user is None or not user.is_active:
        raise AccountError(
            _(
                "统一身份认证已经通过，但没有找到与之绑定的账号。请先用登录名和密码登录，再到“登录与密码”里绑定，或请管理员绑定。"
            )
        )
    return user


def _by_name(claims: dict, subject: str) -> User | None:
    """The person of that name who is not bound yet, now bound for good."""
    name = claims.get(settings.OIDC_USERNAME_CLAIM) if settings.OIDC_USERNAME_CLAIM else None
    user = User.objects.filter(username=name, sso_subject=None, is_active=True).first() if name else None
    if user:
        bind(user=user, subject=subject)
    return user


def bind(*, user: User, subject: str) -> None:
    """Let a person sign in as this subject from now on. Raises AccountError when it is somebody else's."""
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(sso_subject=subject)
    except IntegrityError as error:
        raise AccountError(_("这个统一身份已经绑定了别的账号，请与管理员联系。")) from error
    note_change(user, AccountChange.What.SSO_BOUND, subject, by=user)
