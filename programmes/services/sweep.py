"""The programmes' own sweep: what must follow on this floor is found by looking down, level-triggered."""

from time import monotonic

from django.utils import timezone

from programmes.services.activities import ask_for_minutes
from programmes.services.dissatisfied import ask_for_meetings
from programmes.services.findings import take_over_findings
from supervision.models import Heartbeat


def sweep(*, at=None):
    """Ask for meetings about cases that were dissatisfied twice, for the minutes of what is over, and take findings over.

    Returns how many things were moved, and writes a heartbeat.
    """
    at, began = at or timezone.now(), monotonic()
    handled = ask_for_meetings(at) + ask_for_minutes(at) + take_over_findings(at)
    took_ms = int((monotonic() - began) * 1000)
    Heartbeat.objects.update_or_create(name="programmes", defaults={"at": at, "took_ms": took_ms, "handled": handled})
    return handled
