"""Where a message may go whose address somebody typed: out into the world, never to a machine of the house."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from .errors import RefusedError


def public_address(url: str) -> str:
    """The address that a URL's host has now; connect to this one, as a second look-up could lead elsewhere.

    Hosts of ``WEBHOOK_PRIVATE_HOSTS`` may lie within the house and do without TLS. Raises RefusedError for any other
    host with a private, loopback, link-local or reserved address, and OSError where the name is not known.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = [info[4][0] for info in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]
    if parts.hostname not in settings.WEBHOOK_PRIVATE_HOSTS:
        if parts.scheme != "https":
            raise RefusedError(_("推送地址必须是https。"))
        if not all(is_public(address) for address in found):
            raise RefusedError(_("推送地址指向内部网络，已拒绝。"))
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public Internet, that which an IPv6 address stands for, too."""
    ip = ipaddress.ip_address(address)
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    # Reserved: among others what a gateway of the house leads on to its IPv4 addresses (NAT64, RFC 6052).
    within = ip.is_multicast or ip.is_reserved or getattr(ip, "is_site_local", False)
    return ip.is_global and not within and (inner is None or inner.is_global)
