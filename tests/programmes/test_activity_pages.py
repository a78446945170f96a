"""Activities on the desk as the office and those invited use them, and the duty record that counts who came."""

import datetime as dt
import html
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from insights.deeds import deeds_of
from insights.duty_record import Kind, entries
from programmes.models import Activity, Attendance, Document, Guest, Invitation, Item
from programmes.services import activities, raise_items
from tests.factories import a_user, picture, upload
from tests.ledgers import rows
from tests.programmes.follow_up import spec
from tests.programmes.office import a_planned, an_activity, an_office, invited, moment

pytestmark = pytest.mark.django_db
LIST = "/desk/activities/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel("2026-11-02T10:10:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(db):
    return an_office()


def said(response):
    return html.unescape(response.content.decode())


def typed(**facts):
    plan = {
        "kind": "inspection",
        "title": "视察供热",
        "starts_at": "2026-11-18T09:00",
        "ends_at": "2026-11-18T11:00",
        "place": "换热站",
        "plan": "看一看",
        "guest_limit": "0",
    }
    return plan | facts


def act(client, activity, action, **facts):
    return client.post(reverse("programmes:activity_act", args=[activity.pk, action]), facts)


def test_an_officer_plans_an_activity_of_the_station(client, office):
    client.force_login(office.officer)
    chosen = {"organiser": f"station:{office.station.pk}", "public": "on"}

    response = client.post(f"{LIST}new/", typed(**chosen), follow=True)

    activity = Activity.objects.get()
    assert (activity.station, activity.region) == (office.station, office.township)
    assert activity.starts_at == moment("2026-11-18 09:00")
    assert "只有本单位能看到" in said(response)


def test_nobody_plans_for_an_office_that_is_not_theirs(client, office):
    client.force_login(office.stranger)

    response = client.post(f"{LIST}new/", typed(organiser=f"station:{office.station.pk}"))

    assert response.status_code == 422
    assert not Activity.objects.exists()


def test_what_was_typed_stays_with_what_is_wrong_beside_it(client, office):
    client.force_login(office.head)
    wrong = {"ends_at": "2026-11-18T08:00", "guest_limit": "5", "organiser": f"region:{office.township.pk}"}

    page = said(client.post(f"{LIST}new/", typed(**wrong)))

    for sentence in ("结束时间应晚于开始时间", "不公开的活动不能由群众报名", 'value="视察供热"'):
        assert sentence in page


def test_a_plan_is_changed_on_its_page_and_not_after_it_was_announced(client, office):
    activity = a_planned(office)
    client.force_login(office.officer)
    address = reverse("programmes:activity_edit", args=[activity.pk])

    client.post(address, typed(title="新名称", public="on"))
    activity.refresh_from_db()
    assert activity.title == "新名称"

    activities.announce(activity=activity, actor=office.head)
    client.post(address, typed(title="再改"))
    activity.refresh_from_db()
    assert activity.title == "新名称"


def test_who_is_invited_is_ticked_and_found_by_name(client, office):
    activity = a_planned(office)
    client.force_login(office.officer)
    address = reverse("programmes:activity_invite", args=[activity.pk])

    assert "白代表" not in said(client.get(address, {"q": "安代表"}))
    chosen = {"deputies": [office.deputies[1].pk], "organs": [office.organ.pk]}
    client.post(f"{address}?q=安代表", chosen)

    assert {str(each) for each in activity.invitations.all()} == {"白代表", "信都区住建局"}
    assert "白代表" not in said(client.get(address))


def test_a_deputy_of_another_station_cannot_be_ticked(client, office):
    activity = a_planned(office)
    other = an_office().deputies[0]
    client.force_login(office.officer)

    response = client.post(reverse("programmes:activity_invite", args=[activity.pk]), {"deputies": [other.pk]})

    assert response.status_code == 422
    assert not activity.invitations.exists()


def test_an_activity_is_announced_and_answered_on_its_page(client, office):
    activity = a_planned(office)
    activities.invite(activity=activity, deputies=office.deputies, organs=[office.organ], actor=office.officer)
    client.force_login(office.officer)
    act(client, activity, "announce")
    client.force_login(office.clerk)
    mine = invited(activity, office.organ)
    assert "回复邀请" in said(client.get(activity.get_absolute_url()))

    refused = act(client, activity, "answer", target=mine.pk, answer="declines")
    act(client, activity, "answer", target=mine.pk, answer="delegates", name="钱副局长")

    assert "请写明不能参加的原因" in said(refused)
    assert invited(activity, office.organ).came_name == "钱副局长"


def test_a_deputy_answers_their_own_invitation_only(client, office):
    activity = an_activity(office)
    client.force_login(office.deputies[0].user)
    others, mine = (invited(activity, office.deputies[n]) for n in (1, 0))

    assert act(client, activity, "answer", target=others.pk, answer="comes").status_code == 404
    act(client, activity, "answer", target=mine.pk, answer="comes")

    assert invited(activity, office.deputies[0]).answer == Invitation.Answer.COMES
    assert invited(activity, office.deputies[1]).answer == ""


def test_the_office_enters_an_answer_that_came_by_telephone(client, office):
    activity = an_activity(office)
    client.force_login(office.officer)

    act(client, activity, "enter_answer", invitation=invited(activity, office.organ).pk, answer="comes")

    assert invited(activity, office.organ).answer == Invitation.Answer.COMES


def test_whoever_comes_second_reads_what_happened(client, office):
    activity = an_activity(office)
    client.force_login(office.officer)
    activities.cancel(activity=activity, why="暴雪", actor=office.head)

    response = act(client, activity, "cancel", why="大雪")

    assert response.status_code == 409
    assert "已于2026年11月2日取消：暴雪" in said(response)
    assert "大雪" in said(response)


def test_strangers_do_not_find_an_activity_and_the_invited_only_once_it_is_announced(client, office):
    planned, announced = a_planned(office, title="另一项"), an_activity(office)
    activities.invite(activity=planned, deputies=[], organs=[office.organ], actor=office.officer)

    client.force_login(office.stranger)
    assert client.get(announced.get_absolute_url()).status_code == 404
    client.force_login(office.clerk)
    assert client.get(announced.get_absolute_url()).status_code == 200
    assert client.get(planned.get_absolute_url()).status_code == 404
    assert client.get(reverse("programmes:activity_invite", args=[announced.pk])).status_code == 403


def test_coming_and_minutes_with_items_are_entered_on_their_pages(client, office, monday):
    activity = an_activity(office)
    monday.move_to(moment("2026-11-18 12:00"))
    client.force_login(office.officer)
    marks = {f"mark_{each.pk}": "came" for each in activity.invitations.all()}
    row = {"items-0-kind": "promise", "items-0-title": "换管道", "items-0-owner": f"organ:{office.organ.pk}"}
    row |= {"items-0-severity": "0", "items-0-due_on": "2026-12-10"}
    blank = {"items-1-kind": "finding", "items-1-severity": "0"}
    forms = {"items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "0", "minutes": "看了两处。"}
    address = reverse("programmes:activity_minutes", args=[activity.pk])

    early = client.post(address, forms | row | blank)
    client.post(reverse("programmes:activity_attendance", args=[activity.pk]), marks)
    undated = client.post(address, forms | row | blank | {"items-0-due_on": ""})
    more = client.post(address, forms | row | {"more": "1"})
    page = client.post(address, forms | row | blank, follow=True)

    assert "没有登记到会情况" in said(early)
    assert undated.status_code == 422
    assert 'value="换管道"' in said(undated)
    assert 'name="items-4-title"' in said(more)
    item = Item.objects.get()
    assert (item.title, item.owner_organ, item.activity) == ("换管道", office.organ, activity)
    assert "看了两处。" in said(page)
    again = reverse("programmes:activity_items", args=[activity.pk])
    for _sent_twice in range(2):
        client.post(again, forms | row | {"items-TOTAL_FORMS": "1", "items-0-title": "再查一次"})
    assert Item.objects.count() == 2


def test_photos_and_materials_are_uploaded_and_removed(client, office):
    activity = an_activity(office)
    client.force_login(office.officer)
    facts = {"kind": "photo", "title": "现场", "public": "on"}

    act(client, activity, "keep_documents", files=[upload(picture()), upload(picture(), "b.jpg")], **facts)
    bad = act(client, activity, "keep_documents", files=[upload(b"MZ", "x.exe")], kind="material")
    assert sorted(activity.documents.values_list("title", flat=True)) == ["现场 1", "现场 2"]
    assert "格式不能上传" in said(bad)

    first = activity.documents.first()
    client.post(reverse("programmes:activity_take_away", args=[activity.pk, first.pk]))
    assert activity.documents.count() == 1


def test_the_list_is_narrowed_and_its_ledger_holds_the_same_rows(client, office):
    an_activity(office)
    a_planned(office, title="=宣讲", kind=Activity.Kind.BRIEFING)
    client.force_login(office.viewer)

    page = said(client.get(LIST, {"kind": "briefing", "year": "2026"}))
    assert "=宣讲" in page
    assert "视察供热管网改造" not in page
    assert "视察供热管网改造" in said(client.get(LIST, {"state": "announced"}))
    found = rows(client, "activities", kind="inspection")
    assert [row[1] for row in found[1:]] == ["视察供热管网改造"]
    assert found[1][7:11] == (3, 0, 1, 0)


def test_leaves_follow_one_another_without_gap_or_double(client, office):
    for n in range(45):
        begins = moment("2026-11-18 09:00") + dt.timedelta(hours=n // 2)
        a_planned(office, title=f"第{n:02}次", starts_at=begins, ends_at=begins + dt.timedelta(hours=1))
    client.force_login(office.officer)

    first = client.get(LIST)
    second = client.get(first.context["older"])

    titles = [each.title for page in (first, second) for each in page.context["rows"]]
    assert len(titles) == len(set(titles)) == 45
    assert second.context["older"] == ""


def test_the_list_takes_six_queries(client, office, django_assert_max_num_queries):
    an_activity(office, organs=[office.organ, office.other_organ])
    client.force_login(office.officer)

    with django_assert_max_num_queries(6):
        client.get(LIST)


@pytest.fixture
def full(office):
    """An activity with deputies and organs invited, guests, photos and materials, and items that it found."""
    activity = an_activity(office, organs=[office.organ, office.other_organ])
    kinds = (Document.Kind.PHOTO, Document.Kind.MATERIAL)
    Document.objects.bulk_create(
        Document(
            activity=activity, kind=kind, file=f"{kind}{n}.jpg", title=f"{n}", size=3, added_at=activity.created_at
        )
        for kind in kinds
        for n in range(4)
    )
    Guest.objects.bulk_create(
        Guest(activity=activity, number=n, code_hash=str(n), signed_up_at=activity.created_at, submission_key=uuid4())
        for n in range(1, 5)
    )
    owners = [{"owner_organ": office.organ}, {"owner_station": office.station}]
    raise_items(
        specs=[spec(office, title=f"{n}", **owner) for n in range(4) for owner in owners],
        region=office.township,
        activity=activity,
        actor=office.officer,
        at=moment("2026-11-02 10:06"),
    )
    return activity


@pytest.mark.parametrize("name", ["officer", "head", "committee", "viewer", "clerk", "leader", "deputy"])
def test_a_full_page_takes_ten_queries_at_most_before_and_after(
    client, office, full, monday, name, django_assert_max_num_queries
):
    people = {"committee": lambda: a_user(Role.COMMITTEE, office.county), "deputy": lambda: office.deputies[0].user}
    reader = people[name]() if name in people else getattr(office, name)
    for at in ("2026-11-02 10:10", "2026-11-18 12:00"):
        monday.move_to(moment(at))
        client.force_login(reader)
        client.get(full.get_absolute_url())
        with django_assert_max_num_queries(10):
            page = client.get(full.get_absolute_url())
        assert len(page.context["found"].items) >= len(Item.objects.filter(activity=full, owner_organ__isnull=False))


def test_whoever_came_finds_it_in_the_duty_record_and_whoever_did_not_does_not(client, office, monday):
    activity = an_activity(office)
    came, stayed = office.deputies[:2]
    monday.move_to(moment("2026-11-18 12:00"))
    marks = {each.pk: (Attendance.CAME, "") for each in activity.invitations.all()}
    marks[invited(activity, stayed).pk] = (Attendance.ABSENT, "")
    activities.record_attendance(activity=activity, marks=marks, guests_came=set(), actor=office.officer)

    deeds = deeds_of([came, stayed], 2026)
    [entry] = entries(came, 2026, came.user)

    assert (deeds[came.pk].activities, deeds[stayed.pk].activities) == (1, 0)
    assert (entry.kind, entry.title, entry.on) == (Kind.ACTIVITY, "视察供热管网改造", dt.date(2026, 11, 18))
    assert entry.to == activity.get_absolute_url()
    assert entry.station == office.station.name
