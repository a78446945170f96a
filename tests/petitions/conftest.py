"""An office with its people, and a case that can be brought to any status."""

import pytest

from tests.factories import load_years
from tests.petitions.story import Story, an_office


@pytest.fixture
def office(db):
    """A station, two organs, everybody's people; the calendars of 2024 to 2026 are loaded."""
    load_years()
    return an_office()


@pytest.fixture
def case(office):
    """A case that was just submitted, on Monday, 2 November 2026, 10:00."""
    return Story.begin(office)


@pytest.fixture
def brought_to(office):
    """Bring a new case to a status: ``brought_to(Status.RATING)``."""
    return lambda status, **facts: Story.brought_to(status, office, **facts)
