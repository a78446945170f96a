"""An office with its people, and a case that can be brought to any status."""

import pytest
from django.test import Client

from tests.factories import load_years
from tests.petitions.story import Story, an_office


@pytest.fixture
def office(db):
    """A station, two organs, everybody's people; the calendar of 2026 is loaded."""
    load_years(2026)
    return an_office()


@pytest.fixture
def case(office):
    """A case that was just submitted, on Monday, 2 November 2026, 10:00."""
    return Story.begin(office)


@pytest.fixture
def brought_to(office):
    """Bring a new case to a status: ``brought_to(Status.RATING)``."""
    return lambda status, **facts: Story.brought_to(status, office, **facts)


@pytest.fixture
def client_of_another():
    """The browser of somebody else."""
    return Client()


@pytest.fixture
def at_desk(client, office):
    """Open the desk as somebody of the office, by name or user: ``at_desk("head")`` gives their browser."""

    def sign_in(name):
        client.force_login(getattr(office, name) if isinstance(name, str) else name)
        return client

    return sign_in
