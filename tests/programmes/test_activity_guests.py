"""Residents who sign up for an activity: the limit, the code, and who learns who comes."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.models import ViewLog
from notices.models import Message
from programmes.errors import ProgrammeError
from programmes.models import Document, Guest
from programmes.services import activities, guests
from tests.factories import picture, upload
from tests.programmes.office import a_planned, an_activity, an_office, moment
from vault.models import Identity

pytestmark = pytest.mark.django_db
RESIDENT = {"name": "孟庆余", "phone": "13900000042", "address": "", "email": "meng@example.invalid"}
LIST = "/activities/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel("2026-11-02T10:10:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(db):
    return an_office()


def said(response):
    return html.unescape(response.content.decode())


def take_place(activity, identity=None, key=None):
    return guests.sign_up(activity=activity, identity=identity, submission_key=key or uuid4())


def test_no_more_residents_sign_up_than_there_are_places(office):
    activity = an_activity(office)
    first, code = take_place(activity)
    take_place(activity)

    assert (guests.number_of(first), len(code)) == (f"HD{activity.pk}-001", 11)
    with pytest.raises(ProgrammeError, match="报满了"):
        take_place(activity)


def test_a_place_given_up_is_free_again_and_its_number_is_not(office):
    activity = an_activity(office)
    first, _code = take_place(activity, RESIDENT)
    take_place(activity)

    guests.cancel_sign_up(guest=first)

    assert not Identity.objects.exists()
    third, _code = take_place(activity)
    assert third.number == 3
    with pytest.raises(ProgrammeError, match="已在2026年11月2日取消"):
        guests.cancel_sign_up(guest=first)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_last_places_at_once_only_so_many_get_one():
    activity = an_activity(an_office(), guest_limit=3)

    def take(_n):
        try:
            return take_place(activity)[1]
        except ProgrammeError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(take, range(8)))

    assert sum(code is not None for code in codes) == 3
    assert sorted(activity.guests.values_list("number", flat=True)) == [1, 2, 3]


def test_nobody_signs_up_for_what_is_not_announced_not_public_begun_or_cancelled(office, monday):
    planned, hidden = a_planned(office), an_activity(office, title="内部", public=False)
    cancelled = an_activity(office, title="取消的")
    activities.cancel(activity=cancelled, why="暴雪", actor=office.officer)
    monday.move_to(moment("2026-11-18 09:00"))

    for activity in (planned, hidden, cancelled, an_activity(office, title="开始的")):
        with pytest.raises(ProgrammeError):
            take_place(activity)


def test_a_resident_signs_up_reads_the_code_once_and_gives_the_place_up(client, office):
    activity = an_activity(office)
    typed = {"name": "孟庆余", "phone": "13900000042", "email": "", "submission_key": uuid4()}

    receipt = client.post(activity.public_url, typed, follow=True)
    number, code = re.findall(r'class="code">([^<]+)<', said(receipt))
    again = client.post(activity.public_url, typed, follow=True)
    assert re.findall(r'class="code">([^<]+)<', said(again)) == [number, code]
    assert Guest.objects.count() == 1

    client.cookies.clear()
    assert client.get(reverse("programmes:signed_up", args=[number])).status_code == 404
    find = reverse("programmes:sign_up_find")
    assert client.post(find, {"number": number, "code": "00000-00000"}).status_code == 422
    assert "您的报名" in said(client.post(find, {"number": number.lower(), "code": code}, follow=True))
    page = said(client.post(reverse("programmes:sign_up", args=[number]), follow=True))
    assert "已经删除" in page
    assert not Identity.objects.exists()


def test_whoever_comes_too_late_keeps_what_was_typed(client, office):
    activity = an_activity(office, guest_limit=1)
    take_place(activity)

    response = client.post(activity.public_url, {"name": "孟庆余", "phone": "", "email": "", "submission_key": uuid4()})

    assert response.status_code == 409
    assert 'value="孟庆余"' in said(response)
    assert "报满了" in said(response)


def test_residents_with_an_address_are_told_of_a_change_and_of_the_end(office):
    activity = an_activity(office)
    take_place(activity, RESIDENT)
    activities.cancel(activity=activity, why="暴雪", actor=office.officer)

    outside = Message.objects.exclude(outside_key="").order_by("pk")
    assert [message.title for message in outside] == ["已报名：视察供热管网改造", "活动取消：视察供热管网改造"]
    assert not any("孟庆余" in message.title + message.body for message in Message.objects.all())


def test_who_signed_up_is_opened_by_the_office_only_with_a_reason_that_is_logged(client, office):
    activity = an_activity(office)
    take_place(activity, RESIDENT)
    client.force_login(office.officer)
    address = reverse("programmes:activity_reveal", args=[activity.pk])

    assert "孟庆余" not in said(client.get(activity.get_absolute_url()))
    assert "孟庆余" not in said(client.post(address, {"reason": ""}))
    assert "孟庆余" in said(client.post(address, {"reason": "电话通知集合地点"}))
    assert ViewLog.objects.get().reason == "电话通知集合地点"
    assert activity.events.last().action == "reveal"
    with pytest.raises(ProgrammeError, match="只有组织单位"):
        guests.reveal_guests(activity=activity, actor=office.viewer, reason="看看")


def test_residents_find_announced_activities_and_no_others(client, office, monday):
    an_activity(office)
    planned = a_planned(office, title="拟定中的")
    an_activity(office, title="内部的", public=False)

    page = said(client.get(LIST))
    assert "视察供热管网改造" in page
    assert "拟定中的" not in page
    assert "内部的" not in page
    assert client.get(reverse("programmes:public_activity", args=[planned.pk])).status_code == 404

    monday.move_to(moment("2026-11-19 09:00"))
    assert "近期还没有公开的活动" in said(client.get(LIST))
    assert "视察供热管网改造" in said(client.get(LIST, {"past": "1"}))


def test_materials_are_read_by_residents_where_they_are_public_and_by_deputies_always(client, office):
    activity = an_activity(office, kind="learning")
    facts = {"activity": activity, "kind": Document.Kind.MATERIAL, "actor": office.officer}
    [shown] = activities.keep_documents(
        files=[upload(b"%PDF-1.7 ...", "a.pdf")], title="代表法讲义", public=True, **facts
    )
    [inside] = activities.keep_documents(files=[upload("内部".encode(), "b.txt")], public=False, **facts)

    page = said(client.get(activity.public_url))
    assert "代表法讲义" in page
    assert f"/documents/{inside.pk}/" not in page
    answer = client.get(shown.get_absolute_url())
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert client.get(inside.get_absolute_url()).status_code == 404
    client.force_login(office.deputies[0].user)
    assert client.get(inside.get_absolute_url()).status_code == 200
    client.force_login(office.stranger)
    assert client.get(inside.get_absolute_url()).status_code == 404


def test_the_public_pages_ask_few_questions(client, office, django_assert_max_num_queries):
    activity = an_activity(office)
    activities.keep_documents(
        activity=activity, files=[upload(picture())], kind=Document.Kind.PHOTO, public=True, actor=office.officer
    )

    for address in (LIST, activity.public_url):
        with django_assert_max_num_queries(4):
            assert client.get(address).status_code == 200
