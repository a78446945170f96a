"""Programmes from the first page to the report: many units at once, the board, circulars, who sees what."""

import datetime as dt
import io

import pytest
from django.urls import reverse

from notices.models import Message
from papers.models import Paper
from programmes import services
from programmes.board import COUNTED, board_of
from programmes.errors import ProgrammeError
from programmes.forms.filters import ItemFilterForm
from programmes.models import Document, Item, Programme, Template
from programmes.services.programmes import Task
from programmes.todo import todo_of
from tests.factories import OrganFactory, a_region, load_years
from tests.ledgers import lines, sheet
from tests.petitions.story import moment
from tests.programmes.follow_up import DUE, HOUR, LATER, MONDAY, a_programme, an_item, spec, take, the_offices

S = Item.Status
LATE = moment("2026-11-25 10:00")


@pytest.fixture
def office(db):
    load_years(2026)
    return the_offices()


@pytest.fixture
def now(time_machine):
    """It is Wednesday, 25 November 2026, after the items' due date."""
    time_machine.move_to(LATE, tick=False)


def facts(**more):
    return {
        "kind": "topic",
        "title": "秸秆禁烧监督",
        "year": 2026,
        "body": "",
        "source": "年度监督计划",
        "starts_on": dt.date(2026, 3, 1),
        "ends_on": dt.date(2026, 12, 31),
    } | more


def add(office, programme, **more):
    drafted = {"tasks": [Task("专职主席配备到位"), Task("门户开通")], "units": [office.township, office.organ]}
    drafted |= {"due_on": DUE, "kind": Item.Kind.TASK, "severity": 0, "parent": None}
    return services.add_items(programme=programme, actor=office.committee, at=MONDAY, **drafted | more)


def test_an_office_begins_a_programme_once(office):
    services.begin_programme(region=office.county, actor=office.committee, at=MONDAY, **facts())
    with pytest.raises(ProgrammeError, match="已有同名"):
        services.begin_programme(region=office.county, actor=office.committee, at=MONDAY, **facts())
    with pytest.raises(ProgrammeError, match="没有权限"):
        services.begin_programme(region=office.county, actor=office.head, at=MONDAY, **facts(title="另一项"))


def test_a_township_answers_with_a_programme_of_its_own_below_the_county_s(office):
    county = a_programme(office)
    mine = services.begin_programme(region=office.township, actor=office.head, at=MONDAY, **facts(parent=county))
    assert list(county.parts.all()) == [mine]
    with pytest.raises(ProgrammeError, match="上级"):
        services.begin_programme(region=office.county, actor=office.committee, **facts(title="反过来", parent=mine))


def test_every_task_goes_to_every_unit_and_none_twice(office):
    programme = a_programme(office)
    assert len(add(office, programme)) == 4
    with pytest.raises(ProgrammeError, match="没有新增"):
        add(office, programme)
    more = add(office, programme, units=[office.township, office.other_organ])
    assert {item.owner for item in more} == {office.other_organ}
    assert programme.events.last().text == "向1个单位下达2项。"
    with pytest.raises(ProgrammeError, match="没有权限"):
        services.add_items(programme=programme, actor=office.head, tasks=[Task("一")], units=[office.organ], due_on=DUE)


def test_a_programme_closes_with_a_report_once_every_item_is_settled(office):
    programme = a_programme(office)
    item, other = an_item(office, programme=programme), an_item(office, S.VERIFIED, programme=programme, title="另一项")
    close = {"programme": programme, "report": "全部完成。", "actor": office.committee, "at": LATE}
    with pytest.raises(ProgrammeError, match="还有1项"):
        services.close_programme(**close)
    take(office, item, "drop", at=LATE)
    assert services.close_programme(**close).closing_report == "全部完成。"
    with pytest.raises(ProgrammeError, match="已于2026年11月25日结束"):
        add(office, programme)
    assert other.status == S.VERIFIED


def test_a_circular_is_a_numbered_list_of_what_is_overdue_and_is_issued_once_a_day(office):
    programme = a_programme(office)
    add(office, programme)
    an_item(office, S.REPORTED, programme=programme, title="已报告的不列")
    issue = {"programme": programme, "actor": office.committee}
    with pytest.raises(ProgrammeError, match="没有逾期"):
        services.issue_circular(**issue, at=MONDAY)
    paper = services.issue_circular(**issue, at=LATE, note="请于本周完成。")
    with pytest.raises(ProgrammeError, match="今天已经通报过"):
        services.issue_circular(**issue, at=LATE + HOUR)
    later = services.issue_circular(**issue, at=LATE + 24 * HOUR)
    assert (paper.kind, paper.sequence, later.sequence) == (Paper.Kind.CIRCULAR, 1, 2)
    assert paper.number == "信都区人通〔2026〕1号"
    assert [row[:2] for row in paper.sheet["rows"]] == [
        [owner, task]
        for owner, task in [
            ("南大郭镇人大主席团", "专职主席配备到位"),
            ("南大郭镇人大主席团", "门户开通"),
            ("信都区水务局", "专职主席配备到位"),
            ("信都区水务局", "门户开通"),
        ]
    ]
    told = Message.objects.filter(topic=programme.topic, title__startswith="通报", dedupe_key__startswith=paper.key)
    assert set(told.values_list("recipient", flat=True)) == {
        user.pk for user in (office.head, office.clerk, office.leader, office.viewer)
    }


def test_a_circular_is_read_by_every_unit_it_lists_and_by_no_other(office, client):
    programme = a_programme(office)
    for facts in ({}, {"owner_region": office.township}, {"owner_station": office.station}):
        an_item(office, programme=programme, **facts)
    an_item(office, programme=programme, owner_organ=office.other_organ, due_on=LATER)
    paper = services.issue_circular(programme=programme, actor=office.committee, at=LATE)

    readers = {"clerk": 200, "leader": 200, "head": 200, "officer": 200, "committee": 200, "viewer": 200}
    for name, status in (readers | {"other_clerk": 404, "stranger": 404}).items():
        client.force_login(getattr(office, name))
        assert client.get(paper.get_absolute_url()).status_code == status, name
    client.force_login(office.clerk)
    assert paper.number in client.get(programme.get_absolute_url()).content.decode()


def everything(office):
    """Items of all origins of a county: a topic's, a township's own, of both organs, in all states."""
    programme, local = a_programme(office), a_programme(office, region=office.township, title="镇里的")
    for status in S:
        an_item(office, status, programme=programme, title=f"水务{status}")
    an_item(office, programme=programme, owner_organ=office.other_organ, title="住建的")
    an_item(office, programme=programme, owner_region=office.township, title="镇的")
    an_item(office, programme=local, owner_station=office.station, title="站的")
    far = a_programme(office, region=a_region("130502"), title="别的区")
    services.raise_items(specs=[spec(office, owner_organ=OrganFactory())], region=far.region, programme=far, at=MONDAY)
    return programme


def test_list_board_page_and_export_show_everybody_the_same_items(office, client, now):
    everything(office)
    expected = {"committee": 8, "viewer": 8, "head": 2, "officer": 1, "clerk": 5, "other_clerk": 1, "stranger": 0}
    for name, number in expected.items():
        user = getattr(office, name)
        client.force_login(user)
        seen = set(Item.objects.visible_to(user))
        assert len(seen) == number, name
        page = client.get(reverse("programmes:items"))
        assert set(page.context["items"]) == seen
        titles = [line["事项"] for line in lines(client, "items")]
        assert sorted(titles) == sorted(item.title for item in seen)
        on_boards = sum(
            board_of(one, user, dt.date(2026, 11, 25)).whole.counts["total"]
            for one in Programme.objects.visible_to(user)
        )
        assert on_boards == number
        for item in Item.objects.all():
            assert client.get(item.get_absolute_url()).status_code == (200 if item in seen else 404)


def test_every_count_of_a_board_leads_to_exactly_the_items_it_counts(office, now):
    programme = everything(office)
    board = board_of(programme, office.committee, dt.date(2026, 11, 25))
    checked = 0
    for line in [board.whole, *board.units, *board.matters]:
        for state in ("", *COUNTED):
            data = {key: str(value) for key, value in line.narrowed.items()} | ({"state": state} if state else {})
            form = ItemFilterForm(data, user=office.committee)
            assert form.items().count() == line.counts[state or "total"], (line.name, state)
            checked += line.counts[state or "total"] > 0
    assert checked > 20
    assert board.whole.counts["overdue"] == 4
    assert board.done_share == 17


def test_the_ledger_behind_a_board_names_the_unit_and_not_its_key(office, client, now):
    everything(office)
    client.force_login(office.committee)

    page = sheet(client, "items", owner=f"organ-{office.organ.pk}")

    assert page["A2"].value.startswith(f"条件：办理单位：{office.organ.name}　")
    assert page.max_row > 3
    refused = client.get(reverse("insights:ledger", args=["items", "csv"]), {"owner": "organ-999999"})
    assert refused.status_code == 422


def test_fewer_than_five_items_have_no_rate(office):
    programme = a_programme(office)
    an_item(office, S.VERIFIED, programme=programme)
    assert board_of(programme, office.committee, DUE).done_share is None


def test_a_board_of_sixty_items_by_twenty_units_takes_few_queries(office, client, django_assert_max_num_queries, now):
    programme = a_programme(office)
    units = OrganFactory.create_batch(20)
    services.raise_items(
        specs=[spec(office, owner_organ=unit, title=f"事项{n}") for unit in units for n in range(60)],
        region=office.county,
        programme=programme,
        at=MONDAY,
    )
    client.force_login(office.committee)
    with django_assert_max_num_queries(10):
        page = client.get(programme.get_absolute_url())
    assert page.context["board"].whole.counts["total"] == 1200
    with django_assert_max_num_queries(9):
        page = client.get(reverse("programmes:items"))
    assert len(page.context["items"]) == 50
    following = client.get(page.context["older"])
    assert not set(page.context["items"]) & set(following.context["items"])


@pytest.fixture
def full(office):
    """A county's item that an organ reported after a 督办单, with files, and a township's programme that breaks it down."""
    item = an_item(office)
    for action in ("note_progress", "press", "report"):
        take(office, item, action, at=MONDAY + HOUR)
    Document.objects.bulk_create(
        Document(item=item, kind=Document.Kind.EVIDENCE, file=f"{n}.jpg", title=f"{n}", size=3, added_at=MONDAY)
        for n in range(4)
    )
    below = a_programme(office, region=office.township, parent=item.programme, title="乡镇大气污染防治监督")
    for n in range(4):
        an_item(office, programme=below, parent=item, title=f"分项{n}", owner_station=office.station)
        an_item(office, programme=item.programme, title=f"另一项{n}")
    return item


@pytest.mark.parametrize("name", ["committee", "viewer", "clerk", "leader"])
def test_the_pages_of_an_item_and_of_its_programme_take_ten_queries_at_most(
    office, full, client, name, django_assert_max_num_queries, now
):
    client.force_login(getattr(office, name))
    client.get(full.get_absolute_url())
    with django_assert_max_num_queries(10):
        page = client.get(full.get_absolute_url())
    assert len(page.context["file"].parts) == 4
    assert page.context["file"].may_open_origin
    with django_assert_max_num_queries(10):
        client.get(full.programme.get_absolute_url())


def test_what_is_owed_stands_first_on_an_items_page(office, client, now):
    item = an_item(office, S.REPORTED)
    client.force_login(office.committee)
    page = client.get(item.get_absolute_url())
    assert [offer.row.action for offer in page.context["offers"]][:2] == ["verify", "send_back"]


def test_a_form_not_understood_keeps_what_was_typed_and_nothing_happens(office, client, now):
    item = an_item(office)
    client.force_login(office.committee)
    sent = {"due_on": "2026-11-01", "why": "雨天停工"}
    page = client.post(reverse("programmes:act_on_item", args=[item.pk, "move_due"]), sent)
    assert page.status_code == 422
    assert "雨天停工" in page.content.decode()
    assert "新的期限不能早于今天" in page.content.decode()
    item.refresh_from_db()
    assert item.due_on == DUE


def test_a_unit_reports_with_evidence_and_only_those_who_see_the_item_read_it(office, client, now, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    item = an_item(office)
    client.force_login(office.leader)
    paper = io.BytesIO("已完成。".encode())
    paper.name = "情况说明.txt"
    client.post(reverse("programmes:act_on_item", args=[item.pk, "report"]), {"text": "已清淤。", "files": paper})
    document = item.documents.get()
    assert (document.title, document.added_by) == ("情况说明", office.leader)
    for name, status in {"committee": 200, "leader": 200, "other_clerk": 404}.items():
        client.force_login(getattr(office, name))
        assert client.get(document.get_absolute_url()).status_code == status


def test_items_are_previewed_before_they_are_set(office, client, now):
    programme = a_programme(office)
    client.force_login(office.committee)
    page = reverse("programmes:programme_items", args=[programme.pk])
    sent = {"kind": "task", "tasks": "门户开通｜附截图\n电子表决", "due_on": "2026-12-20", "severity": "0"}
    sent |= {"organs": [office.organ.pk], "places": [office.township.pk]}
    shown = client.post(page, sent)
    assert len(shown.context["drafted"]) == 4
    assert not Item.objects.exists()
    assert client.post(page, sent | {"save": "1"}).status_code == 302
    assert Item.objects.count() == 4
    assert Item.objects.filter(title="门户开通", demand="附截图").count() == 2
    assert client.post(page, {"tasks": "", "due_on": ""}).status_code == 422
    client.force_login(office.head)
    assert client.get(page).status_code == 403


def test_a_programme_begins_from_a_template_that_the_portal_brings(office, client, now):
    client.force_login(office.committee)
    template = Template.objects.get(kind="rectification")
    assert template.items.count() == 5
    new = f"{reverse('programmes:programme_new')}?template={template.pk}"
    assert template.name in client.get(new).content.decode()
    sent = facts(kind="rectification", title=template.name, region=office.county.pk)
    answer = client.post(new, sent)
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert page.context["form"].initial["tasks"].splitlines()[0].startswith("专职主席、副主席配备到位｜")


def test_the_committee_changes_a_template_and_nobody_else_does(office, client, now):
    template = Template.objects.get(name="秸秆禁烧监督")
    page = reverse("programmes:template", args=[template.pk])
    client.force_login(office.head)
    assert client.get(page).status_code == 403
    client.force_login(office.committee)
    sent = {"kind": "topic", "name": "秸秆禁烧监督", "intro": "", "source": "县方案", "active": "on"}
    sent |= {
        "items-TOTAL_FORMS": "2",
        "items-INITIAL_FORMS": "0",
        "items-0-title": "巡查",
        "items-0-demand": "每日",
        "items-1-title": "",
    }
    assert client.post(page, sent).status_code == 302
    assert list(template.items.values_list("title", "demand")) == [("巡查", "每日")]


def test_the_desk_says_what_needs_each_of_them_today(office, client, now):
    programme = a_programme(office)
    an_item(office, programme=programme)
    an_item(office, S.REPORTED, programme=programme, title="报告的")
    an_item(office, S.OBJECTED, programme=programme, title="异议的")
    keys = {
        name: [group.key for group in todo_of(getattr(office, name))]
        for name in ("clerk", "committee", "viewer", "head")
    }
    assert keys == {"clerk": ["sign_in"], "committee": ["verify", "settle"], "viewer": [], "head": []}
    client.force_login(office.clerk)
    assert "待签收的督查事项" in client.get(reverse("portal:desk")).content.decode()
    assert client.get(reverse("programmes:items"), {"todo": "sign_in"}).context["total"] == 1
