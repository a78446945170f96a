"""Other systems' addresses: one happening a POST, signed, to public addresses only.

The receiver reckons HMAC-SHA256 over ``<t>.<body>`` with its secret and compares it with ``v1`` of the header
``X-Liaison-Signature: t=<seconds>,v1=<hex>``; ``X-Liaison-Delivery`` is the same at every try of one delivery.
"""

import hmac
from time import time

from django.utils.translation import gettext as _

from notices.models import Webhook

from .errors import RefusedError
from .http import exchange, refuse_or_fail
from .reach import public_address

name = "webhook"


def send(address: str, letters: list, number: str) -> str:
    """Deliver the one letter to the webhook that ``address`` names (webhook:12). Raises as ``http.post`` does."""
    hook = Webhook.objects.filter(pk=address.rpartition(":")[2], active=True).first()
    if hook is None:
        raise RefusedError(_("推送地址已停用或删除。"))
    body = letters[0].body.encode()
    headers = {"X-Liaison-Signature": signature(hook.secret, body, int(time())), "X-Liaison-Delivery": number}
    status, said = exchange(hook.url, body, headers, address=public_address(hook.url))
    refuse_or_fail(status, said)
    return _("对方系统已接收 %(status)s") % {"status": status}


def signature(secret: str, body: bytes, at: int) -> str:
    """The header's value for a body that is sent at a moment (seconds since 1970)."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, "sha256").hexdigest()
    return f"t={at},v1={mac}"
