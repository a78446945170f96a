"""What a station's self-inspection found: an item of its township's office, put right on either page."""

import datetime as dt

import pytest

from programmes import services
from programmes.models import Item
from programmes.services.findings import take_over_findings
from stations.models import Checklist
from stations.services import put_right, record_inspection
from supervision.models import Clock
from tests.factories import a_region, load_years
from tests.petitions.story import moment
from tests.programmes.follow_up import HOUR, MONDAY, the_offices

S = Item.Status
FIX_BY = dt.date(2026, 11, 13)


@pytest.fixture
def office(db):
    load_years(2026)
    return the_offices()


@pytest.fixture
def finding(office):
    """A room that is too small, to be put right by 13 November 2026; the posted rules are in order."""
    inspection = record_inspection(
        station=office.station,
        checklist=Checklist.objects.first(),
        on=dt.date(2026, 10, 30),
        answers=[
            {"asked": "制度上墙", "met": True},
            {"asked": "面积不少于100平方米", "met": False, "text": "只有80平方米", "fix_by": FIX_BY},
        ],
        remarks="",
        by_name="联络员",
    )
    return inspection.findings.get(met=False)


def test_what_is_not_met_becomes_one_item_of_the_station_however_often_the_sweep_runs(office, finding):
    assert take_over_findings(MONDAY) == 1
    assert take_over_findings(MONDAY + HOUR) == 0
    item = Item.objects.get()
    assert (item.finding, item.owner_station, item.region, item.due_on) == (
        finding,
        office.station,
        office.township,
        FIX_BY,
    )
    assert (item.title, item.kind, item.events.get().actor_label) == (
        "自查整改：面积不少于100平方米",
        Item.Kind.FINDING,
        "系统",
    )


def test_a_finding_whose_date_has_passed_is_overdue_from_its_first_day_as_an_item(office, finding):
    take_over_findings(moment("2026-11-20 10:00"))
    item = Item.objects.get()
    assert item.due_on == FIX_BY
    assert Item.objects.overdue(dt.date(2026, 11, 20)).get() == item
    assert Clock.objects.get().next_rung_at is not None


def test_a_slip_of_the_pen_holds_up_no_other_finding(office, finding):
    slip = finding.inspection.findings.create(
        position=3, asked="接待室", met=False, text="没有", fix_by=dt.date(9999, 12, 31)
    )

    assert take_over_findings(MONDAY) == 1

    assert [item.finding for item in Item.objects.all()] == [finding]
    assert not Item.objects.filter(finding=slip).exists()


def test_what_the_station_has_put_right_is_reported_by_the_system_and_waits_for_the_head(office, finding):
    take_over_findings(MONDAY)
    put_right(finding=finding, on=dt.date(2026, 11, 4), note="已扩建。", by_name="联络员")
    assert take_over_findings(moment("2026-11-05 10:00")) == 1
    item = Item.objects.get()
    assert (item.status, item.report) == (S.REPORTED, "联络员登记于2026年11月4日整改完成。已扩建。")
    services.verify(item=item, actor=office.head, at=moment("2026-11-06 10:00"))
    item.refresh_from_db()
    assert item.status == S.VERIFIED


def test_what_the_head_sends_back_is_not_reported_again_by_the_system(office, finding):
    take_over_findings(MONDAY)
    put_right(finding=finding, on=dt.date(2026, 11, 4), note="已扩建。", by_name="联络员")
    take_over_findings(moment("2026-11-05 10:00"))
    item = Item.objects.get()
    services.send_back(item=item, why="仍不足100平方米。", actor=office.head, at=moment("2026-11-06 10:00"))
    assert take_over_findings(moment("2026-11-06 11:00")) == 0
    services.report(item=item, text="又扩建了。", actor=office.officer, at=moment("2026-11-09 10:00"))
    services.verify(item=item, actor=office.head, at=moment("2026-11-10 10:00"))
    finding.refresh_from_db()
    assert (finding.fixed_on, finding.fixed_note) == (dt.date(2026, 11, 4), "已扩建。")


def test_what_was_reported_on_the_item_is_put_right_at_the_station_once_it_is_verified(office, finding):
    take_over_findings(MONDAY)
    item = Item.objects.get()
    services.report(item=item, text="已扩建到110平方米。", actor=office.officer, at=moment("2026-11-05 10:00"))
    finding.refresh_from_db()
    assert finding.fixed_on is None
    services.verify(item=item, actor=office.head, at=moment("2026-11-06 10:00"))
    finding.refresh_from_db()
    assert (finding.fixed_on, finding.fixed_note) == (dt.date(2026, 11, 5), "已扩建到110平方米。")
    assert finding.fixed_by_name == office.station.name


def test_a_finding_of_a_village_s_station_is_its_township_s(office, finding):
    office.station.region = a_region("130503100201")
    office.station.save()
    take_over_findings(MONDAY)
    assert Item.objects.get().region == office.township


def test_taking_many_findings_over_takes_few_queries(office, finding, django_assert_max_num_queries):
    inspection = finding.inspection
    for position in range(10, 50):
        inspection.findings.create(
            position=position, asked=f"要求{position}", met=False, text="没有达到", fix_by=FIX_BY
        )
    with django_assert_max_num_queries(34):
        assert take_over_findings(MONDAY) == 41
