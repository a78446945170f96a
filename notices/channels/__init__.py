"""The ways out of the house: e-mail, an SMS gateway, WeChat, other systems' webhooks. One interface, whichever carries.

A channel has a ``name`` and ``send(address, letters, number) -> proof``. ``number`` is the same at every try of the same
letters: whoever carries them can tell a repeated try, after an answer was lost, from a new letter. It raises ``RefusedError``
where trying again is no use, and anything else where it may help.
"""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from . import email, sms, webhook, wechat
from .errors import RefusedError

__all__ = ["Channel", "RefusedError", "Way", "way_to"]

CHANNELS = {"email": email, "sms": sms, "wechat": wechat, "webhook": webhook}


class Channel(Protocol):
    name: str

    def send(self, address: str, letters: list, number: str) -> str: ...


@dataclass(frozen=True)
class Way:
    """One channel with the recipient's address in it."""

    channel: Channel
    address: str

    def send(self, letters: list, number: str) -> str:
        return self.channel.send(self.address, letters, number)


def way_to(addresses: dict[str, str]) -> Way | None:
    """The first channel that the office uses (``NOTICES_CHANNELS``, by preference) and the recipient has; else None.

    ``addresses`` are by channel name. One letter goes one way: nobody gets it twice because they can be reached twice.
    """
    # Webhooks are no choice of the office's: nothing else leads to them.
    for name in [*settings.NOTICES_CHANNELS, webhook.name]:
        if addresses.get(name):
            return Way(CHANNELS[name], addresses[name])
    return None
