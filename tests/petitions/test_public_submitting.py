"""A resident brings a case: the form, its sentences, the receipt; nothing typed is ever lost."""

import datetime as dt
import html
import re
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as CacheDown

from deputies.models import Mandate
from petitions.models import Category, Petition, Proposer
from stations.models import Station
from tests.factories import StationFactory, a_deputy, a_region
from tests.petitions.story import Story
from vault.models import Identity
from vault.sealing import unseal

pytestmark = pytest.mark.django_db
CODE = re.compile(r'id="code" class="code">([0-9A-Z]{5}-[0-9A-Z]{5})<')


def address_of(station):
    return f"{reverse('petitions:new')}?station={station.code}"


def filled(**facts):
    return {
        "title": "村口路灯不亮",
        "body": "村口三盏路灯坏了半个月，老人晚上不敢出门。",
        "secrecy": "station",
        "name": "孟庆余",
        "phone": "13900000042",
        "draft_key": str(uuid4()),
        "submission_key": str(uuid4()),
    } | facts


def send(client, office, **facts):
    return client.post(address_of(office.station), filled(**facts))


def said(response):
    return html.unescape(response.content.decode())


def test_a_resident_submits_and_is_shown_number_and_code_once(client, office):
    response = send(client, office)

    petition = Petition.objects.get()
    assert response.url == reverse("petitions:receipt", args=[petition.number])
    page = said(client.get(response.url))
    assert petition.number in page
    assert CODE.search(page)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=31)):
        page = said(client.get(response.url))
    assert "查询码已经显示过一次" in page
    assert not CODE.search(page)


def test_the_receipt_says_until_when_the_station_screens(client, office):
    with time_machine.travel("2026-11-24 02:00Z"):
        page = said(client.get(send(client, office).url))

    assert "2026年11月26日前审查" in page


def test_a_receipt_is_nobody_elses(client, client_of_another, office):
    url = send(client, office).url

    assert client_of_another.get(url).status_code == 404


def test_no_code_stands_in_the_session_as_it_is_read(client, office):
    code = CODE.search(said(client.get(send(client, office).url)))[1]

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(session_data, '') FROM django_session")
        stored = cursor.fetchone()[0]
    assert code not in stored
    assert code not in str(dict(client.session))


def test_the_same_form_sent_twice_makes_one_case_and_shows_the_same_receipt(client, office):
    form = filled()
    first = client.post(address_of(office.station), form)
    code = CODE.search(said(client.get(first.url)))[1]

    second = client.post(address_of(office.station), form)

    assert Petition.objects.count() == 1
    assert second.url == first.url
    assert CODE.search(said(client.get(second.url)))[1] == code


def test_an_answer_lost_on_its_way_is_given_again(client, client_of_another, office):
    form = filled()
    client.post(address_of(office.station), form)  # this browser never sees the answer, nor keeps its cookie

    again = client_of_another.post(address_of(office.station), form)

    assert Petition.objects.count() == 1
    assert CODE.search(said(client_of_another.get(again.url)))


def test_a_case_is_taken_in_while_the_cache_is_down(client, office, monkeypatch):
    def down(*args, **kwargs):
        raise CacheDown

    monkeypatch.setattr(type(cache._connections["default"]), "set", down)

    page = said(client.get(send(client, office).url))

    assert CODE.search(page)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "请用一句话写明是什么事。"),
        ({"title": "灯" * 61}, "最多60字，您写了61字，请删减一些。"),
        ({"body": ""}, "请写明具体情况。"),
        ({"body": "灯" * 10_001}, "最多10000字，您写了10001字，请删减一些。"),
        ({"name": ""}, "请写姓名，或选择匿名。"),
        ({"phone": ""}, "请写联系电话，或选择匿名。"),
        ({"phone": "139000000"}, "手机号应为11位数字，您填了9位。"),
        ({"phone": "3000000"}, "手机号应为11位数字，您填了7位。座机请在前面加上区号。"),
        ({"phone": "12900000042"}, "手机号应以13至19开头，请核对。"),
        ({"phone": "0319-12"}, "座机号应为区号加7位或8位号码，例如0319-0000101。"),
        ({"phone": "找我儿子"}, "电话号码里只能有数字，请核对。"),
        ({"email": "zhang@"}, "邮箱地址不完整"),
    ],
)
def test_what_is_wrong_gets_its_sentence_and_nothing_typed_is_lost(client, office, wrong, sentence):
    form = filled(place="供销社门口", **wrong)

    response = client.post(address_of(office.station), form)

    page = said(response)
    assert response.status_code == 422
    assert page.count(sentence) == 2  # beside the field and in the summary
    for name in ("title", "body", "place", "name", "phone", "submission_key"):
        assert form[name] in page
    assert Petition.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("１３９ ００００ ００４２", "13900000042"),
        ("+86 139-0000-0042", "13900000042"),
        ("（0319）0000101", "03190000101"),
    ],
)
def test_a_number_typed_in_another_way_is_understood(client, office, typed, kept):
    send(client, office, phone=typed)

    assert unseal(Identity.objects.get().sealed)["phone"] == kept


def test_one_who_stays_anonymous_is_asked_for_nothing(client, office):
    response = send(client, office, secrecy="anonymous", name="", phone="", email="不是邮箱")

    assert response.status_code == 302
    assert Identity.objects.count() == 0


def test_what_turns_or_hides_text_is_taken_out(client, office):
    send(client, office, title="路灯\u202e不亮\x07", body="第一行\r\n第二行\x00")

    petition = Petition.objects.get()
    assert petition.title == "路灯不亮"
    assert petition.body == "第一行\n第二行"


def test_markup_is_shown_as_it_was_typed(client, office):
    send(client, office, title="<script>alert(1)</script>", body="")

    response = client.post(address_of(office.station), filled(title="<script>alert(1)</script>", body=""))

    assert b"<script>alert(1)</script>" not in response.content


def test_consent_to_publish_is_a_choice_of_its_own(client, office):
    send(client, office)
    send(client, office, consent_publish="on", title="另一件事", body="这是完全不同的一件事情。")

    assert list(Petition.objects.order_by("pk").values_list("publication", flat=True)) == ["private", "consented"]


def test_a_matter_whose_village_nobody_named_is_placed_in_the_township(client):
    village_station = StationFactory(region=a_region("130503100201"))

    client.post(address_of(village_station), filled())

    assert Petition.objects.get().region_id == "130503100"


def test_where_and_what_kind_are_kept_when_they_are_told(client, office):
    village = a_region("130503100201")
    category = Category.objects.create(path="城乡建设", name="城乡建设", level=1)

    send(client, office, region=village.code, place="供销社门口", category=category.pk, deputy=office.deputy_person.pk)

    petition = Petition.objects.get()
    assert (petition.region, petition.place) == (village, "供销社门口")
    assert (petition.category, petition.deputy) == (category, office.deputy_person)


def test_only_deputies_in_office_of_the_station_can_be_chosen(client, office):
    elsewhere = a_deputy("外站代表", station=StationFactory())
    ended = a_deputy("卸任代表", station=office.station)
    ended.mandates.update(status=Mandate.Status.ENDED)

    page = said(client.get(address_of(office.station)))

    assert office.deputy_person.name in page
    assert elsewhere.name not in page
    assert ended.name not in page
    assert send(client, office, deputy=elsewhere.pk).status_code == 422


def test_a_deputy_of_one_station_leads_to_its_form_already_chosen(client, office):
    page = said(client.get(f"{reverse('petitions:new')}?deputy={office.deputy_person.code}"))

    assert office.station.name in page
    assert f'<option value="{office.deputy_person.pk}" selected>' in page


def test_a_deputy_of_two_stations_lets_one_choose(client, office):
    second = StationFactory()
    office.deputy_person.memberships.create(station=second, starts_on=dt.date(2021, 1, 1))

    page = said(client.get(f"{reverse('petitions:new')}?deputy={office.deputy_person.code}"))

    for station in (office.station, second):
        assert f"?station={station.code}&deputy={office.deputy_person.code}" in page


def test_a_link_to_a_station_that_is_no_more_lets_one_choose_another(client, office):
    Station.objects.filter(pk=office.station.pk).update(active=False)
    other = StationFactory()

    page = said(client.get(address_of(office.station)))

    assert "没有找到链接里的联络站或代表" in page
    assert other.name in page
    assert office.station.name not in page


def test_twenty_an_hour_from_one_address_and_the_next_loses_nothing(client, office):
    for n in range(20):
        assert send(client, office, confirmed="1", body=f"第{n}件事").status_code == 302

    response = send(client, office, confirmed="1", body="第二十一件")

    assert response.status_code == 429
    assert "请过一会儿再提交" in said(response)
    assert "第二十一件" in said(response)
    assert Petition.objects.count() == 20


def test_a_like_case_is_shown_before_sending_but_not_what_its_writer_wrote(client, office):
    earlier = Story.begin(office, at=None, title="村口的路灯都不亮了", place="老井边")

    response = send(client, office)

    page = said(response)
    assert "是不是同一件事" in page
    assert reverse("petitions:join", args=[earlier.petition.number]) in page
    assert earlier.petition.title not in page
    assert "老井边" not in page
    assert Petition.objects.count() == 1


def test_a_like_case_that_is_published_is_named_by_its_public_title(client, office):
    earlier = Story.begin(office, at=None)
    Petition.objects.filter(pk=earlier.petition.pk).update(publication="published", public_title="东街路灯维修")

    assert "东街路灯维修" in said(send(client, office))


def test_going_back_from_the_like_cases_brings_the_form_as_it_was(client, office):
    Story.begin(office, at=None)
    form = filled(place="供销社门口", edit="1")

    response = client.post(address_of(office.station), form)

    page = said(response)
    assert response.status_code == 200
    assert form["body"] in page
    assert "供销社门口" in page
    assert "还有地方需要修改" not in page


def test_what_is_confirmed_to_be_another_matter_is_taken_in(client, office):
    Story.begin(office, at=None)

    response = send(client, office, confirmed="1")

    assert response.status_code == 302
    assert Petition.objects.count() == 2


def test_joining_gives_a_code_of_ones_own_and_makes_no_second_case(client, office):
    earlier = Story.begin(office, at=None)
    url = reverse("petitions:join", args=[earlier.petition.number])
    offered = said(client.post(url, filled(start="1", body="我家门口也一样。")))

    response = client.post(url, filled(note="我家门口也一样。"))

    assert "我家门口也一样。" in offered
    assert "孟庆余" in offered
    assert Petition.objects.count() == 1
    joined = Proposer.objects.get(is_first=False)
    assert joined.note == "我家门口也一样。"
    assert CODE.search(said(client.get(response.url)))


def test_a_case_that_is_over_cannot_be_joined(client, office):
    over = Story.brought_to("withdrawn", office)

    assert client.get(reverse("petitions:join", args=[over.petition.number])).status_code == 404


def test_joining_tells_nothing_that_its_writer_wrote(client, office):
    earlier = Story.begin(office, at=None, place="老井边")

    page = said(client.get(reverse("petitions:join", args=[earlier.petition.number])))

    for word in (earlier.petition.title, earlier.petition.body, "老井边", "孟庆余"):
        assert word not in page


def test_no_page_shows_an_identity_but_the_form_it_was_typed_into(client, office):
    response = send(client, office)
    pages = [said(client.get(response.url)), said(client.get(reverse("petitions:track")))]

    for page in pages:
        assert "孟庆余" not in page
        assert "13900000042" not in page


@pytest.mark.parametrize("rows", [3, 60])
def test_the_form_costs_the_same_however_many_places_and_deputies(client, office, rows, django_assert_max_num_queries):
    for n in range(rows):
        a_deputy(f"代表{n}", station=office.station)
        a_region(f"130503100{n + 300:03}")

    with django_assert_max_num_queries(10):
        client.get(address_of(office.station))


@pytest.mark.parametrize("rows", [3, 60])
def test_the_first_screen_costs_the_same_however_many_stations(client, office, rows, django_assert_max_num_queries):
    StationFactory.create_batch(rows)

    with django_assert_max_num_queries(10):
        client.get(reverse("petitions:new"))


@pytest.mark.parametrize("rows", [3, 60])
def test_what_follows_the_form_costs_the_same_however_many_cases(client, office, rows, django_assert_max_num_queries):
    alike = [Story.begin(office, title="村口路灯不亮", at=timezone.now()) for _ in range(rows)]

    with django_assert_max_num_queries(10):
        similar = send(client, office)
    receipt = send(client, office, confirmed="1").url

    assert "是不是同一件事" in said(similar)
    for page in (receipt, reverse("petitions:join", args=[alike[0].petition.number]), reverse("petitions:track")):
        with django_assert_max_num_queries(10):
            assert client.get(page).status_code == 200
