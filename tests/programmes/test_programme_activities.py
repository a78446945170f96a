"""What an activity of a programme found counts in the programme: boards, lists, circular, report and closing."""

import datetime as dt

import pytest
from django.urls import reverse

from programmes import services
from programmes.board import board_of
from programmes.errors import ProgrammeError
from programmes.forms.filters import ItemFilterForm
from programmes.models import Activity, Item, Programme
from programmes.services import activities
from programmes.services.programmes import Task
from tests.factories import load_years
from tests.petitions.story import moment
from tests.programmes.follow_up import DUE, MONDAY, a_programme, an_item, spec, take, the_offices
from tests.programmes.test_programmes import add

LATE = moment("2026-11-25 10:00")
TODAY = dt.date(2026, 11, 25)


@pytest.fixture
def office(db, time_machine):
    load_years(2026)
    time_machine.move_to(LATE, tick=False)
    return the_offices()


def an_inspection(office, programme, **facts):
    """A law inspection of the county's as part of a programme, without anybody invited, announced and held."""
    usual = {"kind": Activity.Kind.ENFORCEMENT, "region": office.county, "title": "执法检查", "place": "七里河"}
    usual |= {"starts_at": MONDAY + dt.timedelta(hours=2), "ends_at": MONDAY + dt.timedelta(hours=4)}
    planned = Activity(programme=programme, **usual | facts)
    return activities.plan_activity(activity=planned, actor=office.committee, at=MONDAY)


def hold(office, activity, *specs):
    """Hold it, with what it found."""
    Activity.objects.filter(pk=activity.pk).update(announced_at=MONDAY)
    held = {"activity": activity, "minutes": "发现问题。", "actor": office.committee}
    return activities.record_minutes(specs=list(specs), at=MONDAY + dt.timedelta(hours=5), **held)


@pytest.fixture
def programme(office):
    return a_programme(office)


@pytest.fixture
def found(office, programme):
    (item,) = hold(office, an_inspection(office, programme), spec(office, title="支沟污水直排"))
    return item


def test_what_an_activity_found_stands_on_the_board_and_each_count_leads_to_it(office, programme, found):
    an_item(office, programme=programme)
    an_item(office, programme=a_programme(office, title="另一项工作"))

    board = board_of(programme, office.committee, TODAY)

    assert [line.name for line in board.matters] == ["支沟污水直排", "河道清淤"]
    for line in [board.whole, *board.units, *board.matters]:
        form = ItemFilterForm({key: str(value) for key, value in line.narrowed.items()}, user=office.committee)
        assert form.items().count() == line.counts["total"]
    assert board.whole.counts["total"] == 2


def test_list_report_and_export_of_a_programme_hold_what_its_activities_found(office, programme, found, client):
    client.force_login(office.committee)

    (shown,) = client.get(reverse("programmes:programmes")).context["programmes"]
    report = client.get(reverse("programmes:programme_report", args=[programme.pk]))
    items = client.get(reverse("programmes:items"), {"programme": programme.pk})

    assert (shown.counts["total"], shown.counts["overdue"]) == (1, 1)
    assert list(report.context["unsettled"]) == list(items.context["items"]) == [found]


def test_a_unit_that_owes_what_an_activity_found_sees_the_programme_and_others_do_not(office, programme, found, client):
    assert list(Programme.objects.visible_to(office.clerk)) == [programme]
    assert not Programme.objects.visible_to(office.other_clerk).exists()


def test_the_programme_lists_its_activities_and_a_unit_reads_where_an_item_comes_from(office, programme, found, client):
    activity = found.activity.get_absolute_url()
    for name, may_open in (("committee", True), ("clerk", False)):
        client.force_login(getattr(office, name))
        for page in (programme.get_absolute_url(), found.get_absolute_url()):
            assert (f'href="{activity}"' in client.get(page).content.decode()) == may_open, (name, page)
        assert (client.get(activity).status_code == 200) == may_open
    assert "执法检查" in client.get(found.get_absolute_url()).content.decode()


def test_a_circular_names_what_an_activity_found(office, programme, found):
    paper = services.issue_circular(programme=programme, actor=office.committee, at=LATE)

    assert [row[1] for row in paper.sheet["rows"]] == ["支沟污水直排"]


def test_a_programme_waits_for_what_its_activities_found(office, programme, found):
    close = {"programme": programme, "report": "完成。", "actor": office.committee, "at": LATE}
    with pytest.raises(ProgrammeError, match="还有1项没有销号"):
        services.close_programme(**close)
    take(office, found, "drop", at=LATE)
    assert services.close_programme(**close).closed_at == LATE
    with pytest.raises(ProgrammeError, match="已于2026年11月25日结束"):
        activities.add_items(activity=found.activity, specs=[spec(office)], actor=office.committee, at=LATE)
    assert Item.objects.count() == 1


def test_a_programme_waits_for_activities_that_are_still_to_be_held(office, programme):
    activity = an_inspection(office, programme)
    close = {"programme": programme, "report": "完成。", "actor": office.committee, "at": LATE}
    with pytest.raises(ProgrammeError, match="还有1项代表活动"):
        services.close_programme(**close)
    activities.cancel(activity=activity, why="并入其他检查", actor=office.committee, at=LATE)
    services.close_programme(**close)
    with pytest.raises(ProgrammeError, match="已于2026年11月25日结束"):
        an_inspection(office, programme, title="再查一次")


# Changing what a programme says


def test_an_office_changes_what_its_programme_says_until_it_is_closed(office, programme, client):
    page = reverse("programmes:programme_edit", args=[programme.pk])
    sent = {"title": "大气污染防治监督", "body": "补充：渣土车。", "source": "常委会〔2026〕7号"}
    sent |= {"starts_on": "2026-03-01", "ends_on": "2026-12-15"}
    client.force_login(office.committee)
    assert client.post(page, sent | {"ends_on": "2026-01-01"}).status_code == 422
    assert client.post(page, sent).status_code == 302
    programme.refresh_from_db()
    assert (programme.body, programme.ends_on) == ("补充：渣土车。", dt.date(2026, 12, 15))
    assert programme.events.get().text == "修改了内容与要求、依据、完成日期。"
    assert "修改了内容与要求" in client.get(programme.get_absolute_url()).content.decode()

    client.force_login(office.head)
    assert client.get(page).status_code == 403

    client.force_login(office.committee)
    services.close_programme(programme=programme, report="完成。", actor=office.committee, at=LATE)
    answer = client.post(page, sent | {"body": "又改"})
    assert (answer.status_code, "又改" in answer.content.decode()) == (409, True)


def test_a_programme_does_not_take_the_name_of_another_of_its_year(office, programme):
    other = a_programme(office, title="另一项工作")
    with pytest.raises(ProgrammeError, match="已有同名"):
        services.edit_programme(programme=other, actor=office.committee, title=programme.title)


def test_a_task_that_a_unit_has_from_an_activity_is_not_set_again(office, programme, found):
    added = add(office, programme, tasks=[Task("支沟污水直排"), Task("新的")], units=[office.organ], due_on=DUE)
    assert [item.title for item in added] == ["新的"]
