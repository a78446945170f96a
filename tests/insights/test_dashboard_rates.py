"""The dashboard's rates: with both numbers beside them, and none of fewer than five."""

import re

import pytest
import time_machine

from insights import counting
from petitions.models import Status
from tests.factories import load_years
from tests.insights.test_dashboard import NOW, opened, words
from tests.petitions.story import Story, an_office, moment


@pytest.fixture
def office(db):
    """An office on Tuesday, 3 November 2026, without a case."""
    load_years()
    with time_machine.travel(NOW, tick=False):
        yield an_office()


def many_closed(office, number, *, at="2026-10-12 10:00"):
    for _each in range(number):
        Story.brought_to(Status.CLOSED, office, at=moment(at))
    counting.sweep()


def test_both_numbers_of_a_rate_stand_beside_it(office, client):
    many_closed(office, 6)
    client.force_login(office.viewer)

    said = words(opened(client, period="2026-10"))

    assert "满意率 100.0% 满意 6 ÷ 已评价 6" in said


def test_of_fewer_than_five_there_is_no_rate_and_the_page_says_why(office, client):
    many_closed(office, 4)
    client.force_login(office.viewer)

    said = words(opened(client, period="2026-10"))

    assert "满意率 不算 满意 4 ÷ 已评价 4" in said
    assert "不到5件的只写件数，不算比率" in said
    assert "只有 4 件，不到 5 件不算" in said
    assert not re.search(r"\d%", said)


def test_a_rate_is_compared_only_where_both_periods_have_five(office, client):
    many_closed(office, 4, at="2026-09-07 10:00")
    many_closed(office, 5)
    client.force_login(office.viewer)
    assert "满意 5 ÷ 已评价 5 —" in words(opened(client, period="2026-10"))

    many_closed(office, 1, at="2026-09-07 10:00")

    said = words(opened(client, period="2026-10"))
    assert "满意 5 ÷ 已评价 5 100.0%" in said


def test_what_was_received_accepted_due_and_answered_stands_beside_the_period_before(office, client):
    many_closed(office, 5, at="2026-09-07 10:00")
    many_closed(office, 6)
    client.force_login(office.viewer)

    said = words(opened(client, period="2026-10"))

    for label in ("收到", "受理", "到期应答复", "答复"):
        assert f"6 件 {label} 上期 5" in said


def test_the_days_to_the_first_answer_are_told(office, client):
    many_closed(office, 5)
    client.force_login(office.viewer)

    assert "从提交到第一次答复：5 件中，一半在 0 天以内，九成在 0 天以内。" in words(opened(client, period="2026-10"))
