"""Who a message is for, seen from the outbox: people of the house, organs without an account, residents."""

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from accounts.models import User
from stations.models import Organ

ORGAN = "organ:"
WEBHOOK = "webhook:"
# Each of their messages is told by itself, never as part of a digest.
ONE_BY_ONE = (ORGAN, WEBHOOK)
# Officials are told in office hours, those of an organ without an account, too.
OFFICIAL = Q(recipient__isnull=False) | Q(outside_key__startswith=ORGAN)


def outside_key(organ: Organ) -> str:
    """How the outbox names an organ that nobody has an account for."""
    return f"{ORGAN}{organ.pk}"


def addresses_of(user: User | None, key: str) -> dict[str, str]:
    """The addresses by channel name, looked up only while a message is being sent.

    Residents left an e-mail address for this, and no number for SMS.
    """
    if user is not None:
        return {"email": user.email, "sms": user.phone, "wechat": user.wechat_openid}
    if key.startswith(ORGAN):
        organ = Organ.objects.filter(pk=key.removeprefix(ORGAN)).first()
        return {"email": organ.email, "sms": organ.phone} if organ else {}
    if key.startswith(WEBHOOK):
        return {"webhook": key}
    return {"email": import_string(settings.NOTICES_ADDRESS_BOOK)(key)}
