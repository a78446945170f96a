"""What a browser has opened with a number and its query code, such as cases and bookings: kept in its session."""

MOST = 10  # of a kind; default


def remember(session, kind, *, number, pk):
    """Let this browser open a row again without the code, by its number.

    The session's key is made anew: a key that was planted before must not open it.
    """
    session.cycle_key()
    opened = session.get(kind, {}) | {number: pk}
    session[kind] = dict(list(opened.items())[-MOST:])


def keys(session, kind):
    """The keys of the rows of a kind that this browser has opened, by number."""
    return session.get(kind, {})


def forget(session, *kinds):
    """Close everything of these kinds, as one should at a computer that others use."""
    for kind in kinds:
        session.pop(kind, None)
