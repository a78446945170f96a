"""What a browser has opened with a number and its query code, such as cases and bookings: kept in its session."""

from datetime import timedelta

from django.utils import timezone

MOST = 10  # of a kind; default
PROVED_FOR = timedelta(hours=1)  # default
PHONE = "phone"


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


def prove_phone(session, phone_index):
    """Note that whoever sits at this browser has proved to hold a phone; it opens whatever is theirs for an hour."""
    session.cycle_key()
    session[PHONE] = {"index": phone_index, "at": timezone.now().timestamp()}


def phone_of(session):
    """The index of the phone that was proved in this browser within the hour, or an empty string."""
    proved = session.get(PHONE)
    fresh = proved and timezone.now().timestamp() - proved["at"] < PROVED_FOR.total_seconds()
    return proved["index"] if fresh else ""
