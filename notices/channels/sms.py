"""SMS by an HTTP gateway: a title and a link, never a body.

The gateway, or the office's own small program before a provider's, takes ``{"to", "text", "id"}`` as JSON with the token
as bearer, and answers with a JSON object with ``id``, its own number of the message. Two requests with one ``id`` (also
in the header ``Idempotency-Key``) are one message.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from .http import post

name = "sms"
# A text of up to 70 characters is one SMS; a longer one goes in parts of 67. Two parts at most (default).
MOST = 2 * 67
SHORTEST_TITLE = 20


def send(address: str, letters: list, number: str) -> str:
    """Hand one SMS to the gateway; many letters are one, which leads to the inbox."""
    headers = {"Authorization": f"Bearer {settings.SMS_TOKEN}", "Idempotency-Key": number}
    answer = post(settings.SMS_URL, {"to": address, "text": text_of(letters), "id": number}, headers)
    if not answer.get("id"):
        raise ValueError(f"the gateway named no number: {str(answer)[:200]}")
    return _("短信网关已接收 %(number)s") % {"number": answer["id"]}


def text_of(letters: list) -> str:
    """Title and link; the title is cut, never the link."""
    if len(letters) == 1:
        title, link = letters[0].title, letters[0].link
    else:
        title, link = _("联络站：您有 %(count)s 条消息") % {"count": len(letters)}, reverse("notices:messages")
    if not link:
        return title[:MOST]
    address = f"{settings.SITE_URL}{link}"
    room = max(MOST - len(address) - 1, SHORTEST_TITLE)
    return f"{title if len(title) <= room else title[: room - 1] + '…'} {address}"
