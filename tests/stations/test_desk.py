"""A station's facts on the desk: who reads them, who changes them, who opens a new station."""

import html

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.models import Role, User
from stations.models import Checklist, Station
from tests.factories import OrganFactory, StationFactory, a_region, a_user
from tests.stations.test_checklists import TODAY, an_inspection

pytestmark = pytest.mark.django_db
VIEW, CHANGE, ADD = "stations.view_station", "stations.change_station", "stations.add_station"
FACTS = {
    "name": "南大郭村代表联络站",
    "tier": "zhan",
    "address": "村民中心一层",
    "hours": "周一至周五 8:30–11:30",
    "phone": "0319-0000103",
    "intro": "",
    "rules": "来访登记。\n当场答复。",
}


@pytest.fixture
def station():
    return StationFactory(region=a_region("130503100201"))


def said(response):
    return html.unescape(response.content.decode())


def own(station):
    """Users by role whose scope holds the station, or who have none."""
    return {
        Role.OFFICER: a_user(Role.OFFICER, station),
        Role.HEAD: a_user(Role.HEAD, a_region("130503100")),
        Role.COMMITTEE: a_user(Role.COMMITTEE, a_region("1305")),
        Role.VIEWER: a_user(Role.VIEWER, a_region("130503")),
        Role.CLERK: a_user(Role.CLERK, OrganFactory()),
        Role.LEADER: a_user(Role.LEADER, OrganFactory()),
        Role.DEPUTY: a_user(Role.DEPUTY),
        Role.ADMIN: a_user(Role.ADMIN),
    }


def test_rights_over_a_station_follow_role_and_scope(station):
    holders = {
        VIEW: {Role.OFFICER, Role.HEAD, Role.COMMITTEE, Role.VIEWER},
        CHANGE: {Role.OFFICER, Role.HEAD, Role.COMMITTEE},
    }
    for role, user in own(station).items():
        for perm, roles in holders.items():
            assert user.has_perm(perm, station) == (role in roles), (role, perm)


def test_nobody_has_a_right_over_a_station_outside_their_scope(station):
    elsewhere = StationFactory(region=a_region("130502100"))
    users = own(station)
    users[Role.COMMITTEE] = a_user(Role.COMMITTEE, a_region("130503"))

    for role, user in users.items():
        for perm in (VIEW, CHANGE):
            assert not user.has_perm(perm, elsewhere), (role, perm)


def test_a_station_is_opened_by_head_and_committee_within_their_places_only(station):
    township, county, other = a_region("130503100"), a_region("130503"), a_region("130502100")
    head, committee = a_user(Role.HEAD, township), a_user(Role.COMMITTEE, county)

    assert head.has_perm(ADD, township)
    assert head.has_perm(ADD, station.region)
    assert not head.has_perm(ADD, county)
    assert committee.has_perm(ADD, county)
    assert not committee.has_perm(ADD, other)
    assert not a_user(Role.OFFICER, station).has_perm(ADD, station.region)
    assert committee.places_with(ADD) == [county]
    assert a_user(Role.VIEWER, county).places_with(ADD) == []


def test_what_is_not_in_the_table_is_denied(station):
    for user in own(station).values():
        assert not user.has_perm("stations.delete_station", station)
        assert not user.has_perm("stations.delete_station")
        assert not user.has_perm(VIEW, OrganFactory())


def test_an_inactive_user_has_no_right_and_a_superuser_has_all(station):
    head = a_user(Role.HEAD, a_region("130503100"))
    User.objects.filter(pk=head.pk).update(is_active=False)

    assert not User.objects.get(pk=head.pk).has_perm(CHANGE, station)
    assert not AnonymousUser().has_perm(CHANGE, station)
    assert User.objects.create_superuser("root", "系统管理员").has_perm(CHANGE, station)


def test_an_ended_grant_gives_no_right(station):
    officer = a_user(Role.OFFICER, station)
    officer.grants.update(ends_on="2026-01-01")

    assert not User.objects.get(pk=officer.pk).has_perm(CHANGE, station)


def test_the_officer_changes_what_residents_read(station, client):
    client.force_login(a_user(Role.OFFICER, station))
    page = reverse("stations:edit", args=[station.code])
    assert station.address in said(client.get(page))

    answer = client.post(page, FACTS, follow=True)

    assert "已保存" in said(answer)
    station.refresh_from_db()
    assert station.name == FACTS["name"]
    assert station.rules.splitlines() == ["来访登记。", "当场答复。"]


def test_facts_of_one_line_are_kept_without_breaks_and_signs_that_nobody_sees(station, client):
    client.force_login(a_user(Role.OFFICER, station))

    client.post(reverse("stations:edit", args=[station.code]), FACTS | {"name": "南大郭村\r\n联络站\u202e\x07"})

    station.refresh_from_db()
    assert station.name == "南大郭村 联络站"


def test_a_fact_that_is_missing_is_asked_for_and_the_rest_stays_typed(station, client):
    client.force_login(a_user(Role.OFFICER, station))

    answer = client.post(reverse("stations:edit", args=[station.code]), FACTS | {"phone": ""})

    assert answer.status_code == 422
    assert "村民中心一层" in said(answer)
    station.refresh_from_db()
    assert station.name != FACTS["name"]


def test_a_phone_that_cannot_be_called_is_not_published(station, client):
    client.force_login(a_user(Role.OFFICER, station))

    answer = client.post(reverse("stations:edit", args=[station.code]), FACTS | {"phone": "问门卫"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["phone"] == ["电话应写完整，例如0319-0000101；有分机的写在后面。"]
    station.refresh_from_db()
    assert station.phone != "问门卫"


def test_region_and_code_stand_still_whatever_is_sent(station, client):
    client.force_login(a_user(Role.OFFICER, station))

    client.post(reverse("stations:edit", args=[station.code]), FACTS | {"region": "130502100", "code": "neu"})

    assert Station.objects.get(pk=station.pk).region_id == "130503100201"
    assert Station.objects.get(pk=station.pk).code == station.code


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.OFFICER, 200, 200),
        (Role.HEAD, 200, 200),
        (Role.COMMITTEE, 200, 200),
        (Role.VIEWER, 200, 403),
        (Role.CLERK, 404, 404),
        (Role.LEADER, 404, 404),
        (Role.DEPUTY, 404, 404),
        (Role.ADMIN, 404, 404),
    ],
)
def test_pages_follow_the_same_rights(station, client, role, reads, writes):
    client.force_login(own(station)[role])

    assert client.get(reverse("stations:desk_station", args=[station.code])).status_code == reads
    assert client.get(reverse("stations:edit", args=[station.code])).status_code == writes


def test_visitors_are_sent_to_sign_in(station, client):
    answer = client.get(reverse("stations:edit", args=[station.code]))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/?next=")


def test_a_committee_goes_down_to_a_township_and_opens_a_station_in_a_village(station, client):
    client.force_login(a_user(Role.COMMITTEE, a_region("130503")))
    places = said(client.get(reverse("stations:choose_place")))
    assert "信都区" in places
    assert "南大郭镇" in said(client.get(reverse("stations:choose_place"), {"in": "130503"}))
    form = client.get(reverse("stations:choose_place"), {"in": "130503100"}, follow=True)
    assert "南大郭村" in said(form)
    assert 'value="130503100-01"' in said(form)

    answer = client.post(
        reverse("stations:new", args=["130503100"]), FACTS | {"region": "130503100201", "code": "130503100-01"}
    )

    made = Station.objects.get(code="130503100-01")
    assert made.region_id == "130503100201"
    assert answer.headers["Location"] == reverse("stations:desk_station", args=[made.code])


def test_a_station_is_not_opened_elsewhere_nor_with_a_code_that_is_taken(station, client):
    elsewhere = a_region("130502100")
    client.force_login(a_user(Role.HEAD, a_region("130503100")))
    page = reverse("stations:new", args=["130503100"])

    assert client.get(reverse("stations:new", args=["130502100"])).status_code == 404
    assert client.get(reverse("stations:choose_place"), {"in": "130502"}).status_code == 404
    assert client.post(page, FACTS | {"region": elsewhere.pk, "code": "x-1"}).status_code == 422
    assert client.post(page, FACTS | {"region": "130503100", "code": station.code}).status_code == 422
    assert Station.objects.count() == 1


def test_an_officer_opens_no_station(station, client):
    client.force_login(a_user(Role.OFFICER, station))

    answer = client.get(reverse("stations:new", args=["130503100"]))

    assert answer.status_code == 403
    assert "代工委" in said(answer)


def test_a_hostile_word_is_shown_as_text(station, client):
    Station.objects.filter(pk=station.pk).update(rules="<script>alert(1)</script>")
    client.force_login(a_user(Role.OFFICER, station))

    page = client.get(reverse("stations:desk_station", args=[station.code])).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_station_page_takes_at_most_ten_queries(station, client, django_assert_max_num_queries):
    checklist = Checklist.objects.get()
    for day in range(1, 24):
        an_inspection(station, checklist, on=TODAY.replace(day=day), unmet=range(1, 11))
    client.force_login(a_user(Role.OFFICER, station))

    with django_assert_max_num_queries(10):
        client.get(reverse("stations:desk_station", args=[station.code]))
    with django_assert_max_num_queries(10):
        client.get(station.inspections.first().get_absolute_url())
    with django_assert_max_num_queries(10):
        client.get(reverse("stations:inspect", args=[station.code, checklist.pk]))
