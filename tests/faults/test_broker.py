"""The broker is a doorbell: while it is gone nobody is refused and nobody waits, and afterwards everybody is told."""

import email
import email.policy
import time
from collections import Counter

import pytest

from accounts.models import Role
from notices.models import Message
from petitions.models import Petition
from tests.factories import StationFactory, a_user

from .conftest import wait_until
from .residents import Resident

pytestmark = pytest.mark.faults

OUTAGE = 60  # seconds
EARLIER = 6  # submissions before it
SUBMISSIONS = 8


@pytest.mark.parametrize(("breaks", "comes_back"), [("kill", "start"), ("stall", "go_on")])
def test_submissions_succeed_without_a_broker_and_their_notices_go_out_when_it_is_back(
    portal, broker, breaks, comes_back
):
    station = StationFactory()
    a_user(Role.OFFICER, station)
    site = portal.web()
    portal.worker()
    portal.beat()
    residents = [Resident(site, station.code, number) for number in range(EARLIER + SUBMISSIONS)]
    # Each process of the web has answered before: what is timed is the outage, not a first answer's reading of templates.
    for resident in residents[:EARLIER]:
        resident.submit()
    wait_until(lambda: len(mailed(portal)) == EARLIER, 20, lambda: portal.said)

    getattr(broker, breaks)()
    until = time.monotonic() + OUTAGE
    first, later = residents[EARLIER : EARLIER + 4], residents[EARLIER + 4 :]
    waited = [resident.submit() for resident in first]
    time.sleep(max(0, until - time.monotonic()))
    waited += [resident.submit() for resident in later]
    assert max(waited) < 2, waited
    assert Petition.objects.count() == EARLIER + SUBMISSIONS
    getattr(broker, comes_back)()

    everybody = {resident.address: 1 for resident in residents}
    seconds = wait_until(lambda: len(mailed(portal)) == len(everybody), 60, lambda: (mailed(portal), portal.said))
    print(f"everybody was told {seconds:.1f} s after the broker came back; the slowest answer took {max(waited):.2f} s")
    assert mailed(portal) == everybody
    assert set(Message.objects.exclude(outside_key="").values_list("status", flat=True)) == {Message.Status.SENT}


def mailed(portal):
    """How many e-mails each resident has got; in office hours the officer gets some, too."""
    letters = (
        email.message_from_bytes(part, policy=email.policy.default)
        for file in (portal.var / "mail").glob("*")
        for part in file.read_bytes().split(b"-" * 79 + b"\n")
        if part.strip()
    )
    addressed = (str(letter["To"]) for letter in letters)
    return Counter(address for address in addressed if address.startswith("resident"))
