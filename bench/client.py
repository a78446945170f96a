"""A closed-loop HTTP client in one thread: each connection sends its next request when it has its answer.

It shares the two cores with what it measures, so it knows just enough of HTTP: answers with a length, in chunks, or up
to the end of the connection.
"""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CHUNK = 262_144


@dataclass
class Answer:
    """Status, head and body of one answer; ``seconds`` from the first byte sent to the last one read."""

    status: int
    head: bytes
    body: bytes
    seconds: float


@dataclass
class Run:
    """What a run came to: the seconds of each request, how many answers had each status, and how long it took."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    took: float = 0.0
    last: Answer | None = None

    @property
    def rps(self):
        return len(self.seconds) / self.took if self.took else 0.0

    def percentile(self, share):
        """Milliseconds within which a share of the requests were answered."""
        found = sorted(self.seconds)
        return found[min(int(len(found) * share), len(found) - 1)] * 1000 if found else 0.0


def request(method, path, *, host="localhost", headers=None, body=b""):
    """The bytes of a request that keeps its connection."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        *(f"{name}: {said}" for name, said in (headers or {}).items()),
    ]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Connection:
    """One connection, opened again whenever the server closes it, as gunicorn's workers do when they are renewed."""

    def __init__(self, address):
        self.address, self.socket = address, None
        self.sent_at, self.received, self.request = 0.0, bytearray(), b""

    def send(self, asked):
        self.request, self.sent_at = asked, time.perf_counter()
        self.received.clear()
        try:
            self._open()
            self.socket.sendall(asked)
        except OSError:
            self._send_again()

    def _send_again(self):
        """The server has closed the connection before it was asked: what was sent went nowhere."""
        self.close()
        self._open()
        self.socket.sendall(self.request)

    def _open(self):
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=120)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self):
        """Read what is there; the whole answer, or None while some of it is missing."""
        try:
            data = self.socket.recv(CHUNK)
        except ConnectionResetError:
            data = b""
        self.received += data
        if not data and not self.received:
            self._send_again()
            return None
        found = parse(self.received, ended=not data)
        if found is None:
            return None
        status, head, body, stays = found
        if not stays:
            self.close()
        return Answer(status, head, body, time.perf_counter() - self.sent_at)

    def close(self):
        self.socket.close()
        self.socket = None


def parse(data, *, ended):
    """Status, head, body and whether the connection stays open, of a whole answer; None of one that is not whole."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, body = bytes(data[:end]), data[end + 4 :]
    lowered = head.lower()
    stays = b"connection: close" not in lowered and not ended
    if b"content-length:" in lowered:
        length = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length:
            return None
    elif b"transfer-encoding: chunked" in lowered:
        if not body.endswith(b"0\r\n\r\n"):
            return None
    elif not ended:
        return None
    return int(head[9:12]), head, bytes(body), stays


def drive(
    address: tuple[str, int],
    requests: Iterator[bytes],
    *,
    connections: int = 8,
    seconds: float = 10.0,
    most: int = 1_000_000,
    follow: Callable[[Answer], bytes | None] = lambda answer: None,
) -> Run:
    """Send requests over some connections until the time or their number is over; then wait for the last answers.

    ``follow`` may give a request that goes on where an answer ended: both count as one, with their seconds together.
    """
    run, waiting, spent = Run(), {}, {}
    begun = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _n in range(connections):
            connection = Connection(address)
            _next(connection, requests, selector, waiting)
        while waiting:
            for key, _events in selector.select(timeout=120):
                connection = waiting[key.fd]
                answer = connection.read()
                if answer is None and connection.socket.fileno() == key.fd:
                    continue
                # The socket may be another one by now.
                selector.unregister(key.fd)
                del waiting[key.fd]
                if answer is None:
                    _wait(connection, selector, waiting)
                    continue
                taken = spent.pop(connection, 0.0) + answer.seconds
                further = follow(answer)
                if further is not None:
                    spent[connection] = taken
                    connection.send(further)
                    _wait(connection, selector, waiting)
                    continue
                run.seconds.append(taken)
                run.statuses[answer.status] = run.statuses.get(answer.status, 0) + 1
                run.last = answer
                if time.perf_counter() - begun < seconds and len(run.seconds) + len(waiting) < most:
                    _next(connection, requests, selector, waiting)
                elif connection.socket:
                    connection.close()
    run.took = time.perf_counter() - begun
    return run


def _next(connection, requests, selector, waiting):
    asked = next(requests, None)
    if asked is not None:
        connection.send(asked)
        _wait(connection, selector, waiting)


def _wait(connection, selector, waiting):
    waiting[connection.socket.fileno()] = connection
    selector.register(connection.socket, selectors.EVENT_READ)
