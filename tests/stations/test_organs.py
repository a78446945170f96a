"""How organs without an account are reached, kept by the committee of their place."""

import pytest
from django.urls import reverse

from accounts.models import Role
from stations.models import Organ
from tests.factories import OrganFactory, a_region, a_user

LIST = "/desk/organs/"


@pytest.fixture
def committee(client, db):
    client.force_login(a_user(Role.COMMITTEE))
    return client


def test_the_committee_sees_the_organs_of_its_county_and_of_no_other(committee, django_assert_max_num_queries):
    OrganFactory(name="信都区水务局")
    OrganFactory(name="襄都区水务局", region=a_region("130502"))

    with django_assert_max_num_queries(8):
        page = committee.get(LIST).content.decode()

    assert "信都区水务局" in page
    assert "襄都区水务局" not in page


def test_a_mobile_number_and_an_address_are_kept(committee):
    organ = OrganFactory()

    committee.post(
        reverse("stations:organ", args=[organ.pk]), {"phone": "139 0000-0001", "email": "ban@example.invalid"}
    )

    organ.refresh_from_db()
    assert (organ.phone, organ.email) == ("13900000001", "ban@example.invalid")


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"phone": "0319-5551234"}, "11位手机号"), ({"email": "ban"}, "请填写完整的邮箱")],
)
def test_what_cannot_be_reached_is_refused_and_nothing_typed_is_lost(committee, typed, said):
    organ = OrganFactory()

    answer = committee.post(reverse("stations:organ", args=[organ.pk]), typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert next(iter(typed.values())) in answer.content.decode()
    assert not Organ.objects.exclude(phone="", email="").exists()


def test_an_organ_of_another_county_is_not_changed(committee):
    organ = OrganFactory(region=a_region("130502"))

    assert committee.post(reverse("stations:organ", args=[organ.pk]), {"phone": "13900000001"}).status_code == 403


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.CLERK, Role.VIEWER])
def test_nobody_but_the_committee_sees_them(client, db, role):
    client.force_login(a_user(role))

    assert client.get(LIST).status_code == 403


def test_the_list_goes_on_leaf_by_leaf_and_is_searched(committee):
    for number in range(60):
        OrganFactory(name=f"第{number:02}局")

    first = committee.get(LIST)
    second = committee.get(first.context["older"])

    names = [organ.name for page in (first, second) for organ in page.context["rows"]]
    assert names == [f"第{number:02}局" for number in range(60)]
    assert [organ.name for organ in committee.get(LIST, {"q": "07"}).context["rows"]] == ["第07局"]
    assert "没有找到承办单位" in committee.get(LIST, {"q": "无此局"}).content.decode()
