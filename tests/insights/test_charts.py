"""Charts: what is drawn stands where its number says, and what is not known is not drawn."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.charts import LINES, Chart, Series

# On a busy machine drawing examples takes longer than Hypothesis thinks it should.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.lists(st.none() | st.integers(0, 2_000_000), min_size=1, max_size=24)


def a_chart(values, **facts):
    return Chart("每月收到", [f"{n}月" for n in range(1, len(values) + 1)], [Series("收到", values)], **facts)


@patient
@given(VALUES)
def test_every_value_lies_on_the_scale(values):
    chart = a_chart(values, of_lines=True)

    highest, lowest = chart.grid[-1][0], chart.grid[0][0]

    assert len(chart.grid) <= LINES + 1
    assert all(highest <= mark.y <= lowest for mark in chart.drawn[0].marks)


@patient
@given(VALUES)
def test_a_higher_number_is_never_drawn_lower(values):
    known = [value for value in values if value is not None]
    marks = a_chart(values, of_lines=True).drawn[0].marks

    for (one, mark), (other, its_mark) in zip(
        zip(known, marks, strict=True), zip(known[1:], marks[1:], strict=True), strict=False
    ):
        assert one <= other or mark.y <= its_mark.y
        assert one >= other or mark.y >= its_mark.y


def test_a_month_without_a_rate_breaks_the_line():
    drawn = a_chart([80.0, None, 60.0, 70.0], of_lines=True, top=100).drawn[0]

    assert len(drawn.marks) == 3
    assert [piece.count(",") for piece in drawn.pieces] == [1, 2]


def test_the_table_tells_what_is_not_known():
    assert a_chart([3, None]).rows == [("2月", (None,)), ("1月", (3,))]


@pytest.mark.parametrize("values", [[], [None, None], [0, 0]])
def test_without_numbers_nothing_is_drawn(values):
    assert a_chart(values).is_empty


def test_a_rate_of_nought_is_drawn_and_an_unknown_one_is_not():
    assert not a_chart([None, 0.0], of_lines=True, top=100).is_empty
    assert a_chart([None, None], of_lines=True, top=100).is_empty


def test_of_two_years_every_second_month_is_named_and_the_last_one_always():
    names = [name for _x, name in a_chart(list(range(24))).axis]

    assert names[-1] == "24月"
    assert len(names) == 12
