"""A resident's own cases by their phone: sending the code, and finding what they brought or joined."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from notices.channels import RefusedError, sms
from notices.services import Letter
from petitions.models import Proposer
from vault import phone_codes

log = logging.getLogger(__name__)


def is_offered():
    """Whether residents may sign in by phone: where an SMS gateway is configured, and in a demo, which mails itself."""
    return "sms" in settings.NOTICES_CHANNELS or settings.DEMO


def send_codes(*, at=None):
    """Send the codes that wait, and forget old ones; returns how many went out."""
    phone_codes.forget_old(at=at)
    return phone_codes.send_waiting(_carry, at=at)


def _carry(phone, code, number):
    """Hand one code to the gateway; whether it need not be tried again. The log never holds what the gateway said."""
    said = _("【代表联络站】您的验证码是%(code)s，10分钟内有效。不是您本人操作的，请不要理会，也不要告诉别人。") % {
        "code": code
    }
    try:
        if "sms" in settings.NOTICES_CHANNELS:
            sms.send(phone, [Letter(to=phone, title=said, topic="", key="")], number)
        else:
            EmailMessage(_("短信"), said, to=[f"{phone}@sms.invalid"]).send()
    except RefusedError:
        log.warning("the gateway refuses %s", number)
    except Exception as error:
        log.warning("%s waits for the next minute: %s", number, type(error).__name__)
        return False
    return True


def cases_of(phone_index):
    """What the holder of a phone brought or joined, as ``Proposer`` rows with their cases, the latest first."""
    if not phone_index:
        return Proposer.objects.none()
    own = Proposer.objects.filter(identity__phone_index=phone_index)
    return own.select_related("petition__station", "petition__region").order_by("-joined_at", "-pk")
