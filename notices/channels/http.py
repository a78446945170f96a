"""One bounded JSON request to a provider: no redirect is followed, and nobody waits for it longer than promised."""

import json
import socket
import ssl
from http.client import HTTPConnection, HTTPSConnection
from time import monotonic
from urllib.parse import urlsplit

from .errors import RefusedError

CONNECT_SECONDS, READ_SECONDS = 5, 10
MOST_BYTES = 20_000
TRY_LATER = {408, 425, 429}


def post(url: str, facts: dict, headers: dict[str, str]) -> dict:
    """Send ``facts`` as JSON and return the JSON object that came back.

    Raises ``RefusedError`` with the provider's words on a status 4xx (less 408, 425 and 429); OSError or ValueError where
    nobody answered in time, and on any other status or an answer that is no JSON object: then it may have arrived or not.
    """
    status, said = exchange(url, json.dumps(facts, ensure_ascii=False).encode(), headers)
    words = refuse_or_fail(status, said)
    try:
        answer = json.loads(said)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ValueError(f"no JSON object: {words}")
    return answer


def refuse_or_fail(status: int, said: bytes) -> str:
    """The words of an answer that says yes. Raises RefusedError or OSError with them as ``post`` does."""
    words = " ".join(said.decode(errors="replace").split())[:200]
    if 400 <= status < 500 and status not in TRY_LATER:
        raise RefusedError(f"{status} {words}")
    if not 200 <= status < 300:
        raise OSError(f"{status} {words}")
    return words


def exchange(url: str, body: bytes, headers: dict[str, str], *, address: str = "") -> tuple[int, bytes]:
    """Send a body of JSON and return status and answer. With ``address`` (IP) the host's name is not looked up again."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=CONNECT_SECONDS)
    try:
        if address:
            connection.sock = _dial(address, parts)
        else:
            connection.connect()
        connection.sock.settimeout(READ_SECONDS)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", target, body, {"Content-Type": "application/json; charset=utf-8"} | headers)
        answer = connection.getresponse()
        return answer.status, _read(answer)
    finally:
        connection.close()


def _dial(address, parts):
    """A connection to this very address; the certificate must be the host's all the same."""
    secure = parts.scheme == "https"
    sock = socket.create_connection((address, parts.port or (443 if secure else 80)), CONNECT_SECONDS)
    return ssl.create_default_context().wrap_socket(sock, server_hostname=parts.hostname) if secure else sock


def _read(answer) -> bytes:
    """The body as far as it is wanted; one that drips in is given up when its time is over."""
    said, until = b"", monotonic() + READ_SECONDS
    while len(said) < MOST_BYTES and (more := answer.read1(MOST_BYTES)):
        said += more
        if monotonic() > until:
            raise TimeoutError("the answer did not end")
    return said
