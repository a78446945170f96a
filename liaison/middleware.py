"""What every answer of the portal carries."""

import secrets

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.utils.cache import patch_cache_control

from liaison import logs

POLICY = "; ".join(
    [
        "default-src 'self'",
        # Browsers of today run what bears the nonce; those that know none are left with our own files.
        "script-src 'nonce-{nonce}' 'strict-dynamic' 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ]
)
# Django's own pages, whose scripts bear no nonce: our files only.
ADMIN_POLICY = POLICY.replace("'nonce-{nonce}' 'strict-dynamic' ", "")
ADMIN = "/admin/"
PRIVATE = ("/desk/", "/petitions/track/", "/accounts/")


def name_requests(get_response):
    """All that is logged of a request bears one id, which the answer tells; behind our proxy it is the proxy's."""

    def middleware(request):
        told = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
        name = logs.begin_request(told)
        response = get_response(request)
        response.headers["X-Request-ID"] = name
        return response

    return middleware


def content_security_policy(get_response):
    """Nothing but our own files runs or is shown in our pages: a script needs ``request.csp_nonce``, new for each answer.

    Pages that are kept are kept with this header, so that their nonce stays theirs.
    """

    def middleware(request):
        request.csp_nonce = secrets.token_urlsafe(16)
        response = get_response(request)
        policy = ADMIN_POLICY if request.path.startswith(ADMIN) else POLICY.format(nonce=request.csp_nonce)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


def keep_private_pages_out_of_caches(get_response):
    """A case on screen must not be found in the browser's cache by the next person at a shared computer.

    The session cookie is asked for, not the session, so that public pages cost no query.
    """

    def middleware(request):
        response = get_response(request)
        private = request.path.startswith(PRIVATE) or settings.SESSION_COOKIE_NAME in request.COOKIES
        if private and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def refuse_zero_bytes(get_response):
    """No name, code or number holds a zero byte, and PostgreSQL takes none: page 400 instead of an error deep within."""

    def middleware(request):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("zero byte in the address")
        return get_response(request)

    return middleware


def behind_proxy(get_response):
    """The visitor's address is the one our own proxy added last; throttling by address hangs on it."""

    def middleware(request):
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if settings.BEHIND_PROXY and forwarded:
            request.META["REMOTE_ADDR"] = forwarded
        return get_response(request)

    return middleware


def refuse_oversized_requests(get_response):
    """Nobody fills our disk with one request; Django itself bounds the fields of a form, not its files."""

    def middleware(request):
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.REQUEST_MAX_BYTES:
            raise RequestDataTooBig("The request is larger than REQUEST_MAX_BYTES.")
        return get_response(request)

    return middleware
