"""E-mail: one letter under its own subject, many as a digest."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.utils import DNS_NAME
from django.utils.translation import gettext as _

name = "email"


def send(address: str, letters: list, number: str) -> str:
    """Hand one e-mail to the mail server; return what proves it. Raises what the mail backend raises.

    ``number`` makes the Message-ID, by which mail programs show a mail that was sent twice only once.
    """
    digest = _("联络站：您有 %(count)s 条消息") % {"count": len(letters)}
    subject = letters[0].title if len(letters) == 1 else digest
    message_id = f"<{number}@{DNS_NAME.get_fqdn()}>"
    body = "\n\n".join(_paragraph(letter) for letter in letters)
    EmailMessage(subject, body, to=[address], headers={"Message-ID": message_id}).send()
    return _("邮件服务器已接收 %(number)s") % {"number": message_id}


def _paragraph(letter) -> str:
    lines = [letter.title, letter.body, f"{settings.SITE_URL}{letter.link}" if letter.link else ""]
    return "\n".join(line for line in lines if line)
