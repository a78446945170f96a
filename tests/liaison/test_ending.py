"""Being asked to end."""

import threading
from contextlib import suppress

import pytest

from liaison import server


def test_a_wish_to_end_is_heard_even_where_its_exception_was_lost(monkeypatch):
    monkeypatch.setattr(server, "_asked_to_end", threading.Event())
    monkeypatch.setattr(server.signal, "signal", lambda number, handler: None)
    server.end_if_asked()

    with suppress(server.Stopped):
        server.stop(15, None)

    with pytest.raises(server.Stopped):
        server.end_if_asked()
