"""Figures, periods, and the list of cases that a figure leads to."""

import datetime as dt

import pytest
import time_machine

from petitions.measures import BY_KEY, MEASURES, RATES
from petitions.models import Petition, Status
from petitions.periods import Kind, Period
from tests.petitions.story import Story, moment


def test_a_period_is_written_and_read_in_one_way():
    for code, first, last, said in (
        ("2026-02", dt.date(2026, 2, 1), dt.date(2026, 2, 28), "2026年2月"),
        ("2026Q4", dt.date(2026, 10, 1), dt.date(2026, 12, 31), "2026年第4季度"),
        ("2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31), "2026年"),
    ):
        period = Period.parse(code)
        assert (period.code, period.first_day, period.last_day, str(period)) == (code, first, last, said)
    for wrong in ("", "2026-13", "2026-1", "2026Q5", "26", "2026-10-01", "九月"):
        assert Period.parse(wrong) is None


def test_periods_follow_one_another_over_the_years():
    assert [each.code for each in Period.parse("2026-02").back(4)] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert Period.parse("2026Q1").before == Period.parse("2025Q4")
    assert Period.of(Kind.QUARTER, dt.date(2026, 12, 31)).after.code == "2027Q1"


def test_a_period_begins_at_midnight_in_beijing():
    october = Period.parse("2026-10")

    assert october.begins_at == dt.datetime(2026, 9, 30, 16, tzinfo=dt.UTC)
    assert october.ends_at == Period.parse("2026-11").begins_at


def test_every_figure_is_defined_in_one_sentence():
    for each in MEASURES:
        assert str(each.how).endswith("。"), each.key
        assert str(each.how).count("。") == 1, each.key
    assert {key for rate in RATES for key in (rate.part, rate.whole)} <= set(BY_KEY)


def test_a_figure_that_organs_have_no_part_in_is_none_of_one_organ():
    with pytest.raises(ValueError, match="received is not counted by organs"):
        BY_KEY["received"].condition(Period.parse("2026"), organ="shuiwu")


def test_the_list_says_which_figure_and_period_it_shows(at_desk, brought_to, office):
    shown, other = brought_to(Status.RATING), brought_to(Status.HANDLING)

    with time_machine.travel("2026-11-20T10:00:00+08:00"):
        page = at_desk("head").get("/desk/petitions/?figure=answered&period=2026Q4").content.decode()

    assert shown.petition.number in page
    assert other.petition.number not in page
    assert "2026年第4季度" in page


def test_an_organs_figure_counts_the_part_that_it_returned(at_desk, brought_to, office):
    story = brought_to(Status.HANDLING)
    story.take("ask_return")
    story.take("decide_return", to=office.other_organ)
    head = at_desk("head")

    returned, own = (
        head.get(f"/desk/petitions/?figure=returned&period=2026-11&organ={organ.code}").content.decode()
        for organ in (office.organ, office.other_organ)
    )

    assert story.petition.number in returned
    assert story.petition.number not in own


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("figure=answered", "请写明统计时段，如 2026-10、2026Q3 或 2026。"),
        ("figure=answered&period=2026-1", "请按 2026-10、2026Q3 或 2026 的样子写时段。"),
        ("figure=best&period=2026-10", "没有这一项，请重新选择。"),
    ],
)
def test_an_address_that_names_no_figure_or_period_finds_nothing_and_says_why(at_desk, case, address, said):
    page = at_desk("head").get(f"/desk/petitions/?{address}").content.decode()

    assert said in page
    assert case.petition.number not in page


def test_a_case_of_the_last_minute_of_a_month_is_counted_in_it(office):
    last = Story.begin(office, at=moment("2026-10-31 23:59"))
    first = Story.begin(office, at=moment("2026-11-01 00:00"))
    received = BY_KEY["received"]

    for story, code in ((last, "2026-10"), (first, "2026-11")):
        found = type(story.petition).objects.filter(received.condition(Period.parse(code)))
        assert [each.pk for each in found] == [story.petition.pk]


@pytest.mark.parametrize("key", ["due", "in_time", "late", "late_extended"])
def test_a_figure_of_answers_finds_the_same_cases_from_the_answers_as_from_the_cases(office, brought_to, key):
    for status in (Status.HANDLING, Status.REVIEWING, Status.CLOSED):
        brought_to(status, at=moment("2026-10-08 09:00"))
    two = brought_to(Status.HANDLING, at=moment("2026-10-09 09:00"))
    two.take("add_organ", at=moment("2026-10-12 09:00"))
    returned = brought_to(Status.HANDLING, at=moment("2026-10-10 09:00"))
    returned.take("ask_return")
    returned.take("decide_return", to=office.other_organ)
    today, measure, seen = dt.date(2026, 12, 1), BY_KEY[key], set()

    for code in ("2026-10", "2026-11", "2026Q4"):
        for organ in ("", office.organ.code, office.other_organ.code):
            asked = {"period": Period.parse(code), "organ": organ, "today": today}
            walked = set(Petition.objects.filter(measure.condition(**asked)))
            seen |= walked
            for stations in (None, [office.station.pk]):
                found = Petition.objects.filter(measure.condition(**asked, stations=stations, rows_first=True))
                assert set(found) == walked, (code, organ)
                assert len(found) == len(walked)
            elsewhere = measure.condition(**asked, stations=[0], rows_first=True)
            assert not Petition.objects.filter(elsewhere)
    assert seen
