"""Booking a visit as a resident does it: the form, the receipt, finding it again, giving it up."""

import datetime as dt
import html
import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from deputies import services
from deputies.models import Appointment, Reception
from tests.conftest import DESKTOP, PHONE
from tests.factories import StationFactory, a_deputy, a_reception

pytestmark = pytest.mark.django_db


@pytest.fixture
def reception():
    return a_reception(StationFactory(), deputies=[a_deputy("郑代表")], scope="供暖", slot_minutes=20)


def said(response):
    return html.unescape(response.content.decode())


def take_slot(reception, slot):
    return services.book(reception=reception, slot=slot, topic="", people=1, identity=None, submission_key=uuid4())


def address_of(reception):
    return reverse("deputies:book", args=[reception.pk])


def typed(**facts):
    """What somebody fills in, with the name and the telephone number."""
    filled = {"slot": "09:20", "topic": "路灯不亮", "people": "2", "name": "孟庆余", "phone": "13900000042"}
    return filled | {"submission_key": uuid4()} | facts


def booked(client, reception, **facts):
    """Book through the form; returns the appointment and the code on the receipt."""
    receipt = client.post(address_of(reception), typed(**facts), follow=True)
    number, code = re.findall(r'class="code">([^<]+)<', said(receipt))
    return Appointment.objects.get(number=number), code


def test_the_page_of_a_day_tells_all_of_it_and_offers_the_free_slots(client, reception):
    take_slot(reception, dt.time(9))

    page = said(client.get(address_of(reception)))

    for word in ("9:00–11:30", "代表接待室", "郑代表", "供暖", "0319-0000101", "不预约也可以"):
        assert word in page
    assert 'value="09:20"' in page
    assert 'value="09:00"' not in page


def test_a_booking_gets_a_number_and_a_code_once(client, reception):
    appointment, code = booked(client, reception)

    assert (appointment.slot, appointment.topic, appointment.people) == (dt.time(9, 20), "路灯不亮", 2)
    assert appointment.identity is not None
    assert services.find(number=appointment.number, code=code, address="10.0.0.9") == appointment


def test_nobody_has_to_say_who_they_are(client, reception):
    appointment, _code = booked(client, reception, name="", phone="", topic="")

    assert appointment.identity is None


def test_the_receipt_belongs_to_the_browser_that_booked(client, reception):
    appointment, code = booked(client, reception)
    address = reverse("deputies:booked", args=[appointment.number])
    mine = client.get(address)

    client.cookies.clear()

    assert code in said(mine)
    assert "no-store" in mine["Cache-Control"]
    assert client.get(address).status_code == 404


def test_the_same_form_sent_again_shows_the_same_receipt(client, reception):
    key = uuid4()
    appointment, code = booked(client, reception, submission_key=key)

    again, same = booked(client, reception, submission_key=key)

    assert (again, same) == (appointment, code)
    assert Appointment.objects.count() == 1


def test_whoever_comes_second_keeps_everything_typed_and_sees_what_is_still_free(client, reception):
    booked(client, reception)

    response = client.post(address_of(reception), typed(topic="停车难", phone="13900000043", email="b@example.invalid"))
    page = said(response)

    assert response.status_code == 422
    assert "已经约不上了，请另选一段" in page
    assert 'value="09:20"' not in page
    assert 'value="09:40"' in page
    for kept in ("停车难", "孟庆余", "13900000043", "b@example.invalid"):
        assert f'value="{kept}"' in page


@pytest.mark.django_db(transaction=True)
def test_a_slot_taken_between_looking_and_booking_is_told_the_same_way(client):
    """The form finds the slot free, and then waits for somebody who is just booking it."""
    reception = a_reception(StationFactory(), slot_minutes=20)
    is_taken = Event()

    def take():
        try:
            with transaction.atomic():
                take_slot(reception, dt.time(9, 20))
                is_taken.set()
                wait_for_one_that_waits()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(take)
        assert is_taken.wait(10)
        response = client.post(address_of(reception), typed())
        first.result()
    page = said(response)

    assert response.status_code == 422
    assert "9:20这一段刚刚被别人约走了" in page
    assert 'value="09:20"' not in page
    assert 'value="孟庆余"' in page


def wait_for_one_that_waits():
    """Wait, five seconds at most, until another connection waits for a lock of this one."""
    for _try in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"slot": ""}, "请选一个时段"),
        ({"slot": "09:07"}, "已经约不上了"),
        ({"people": "0"}, "至少一个人来"),
        ({"people": "11"}, "一次最多10人"),
        ({"people": "很多"}, "人数请写数字"),
        ({"topic": "长" * 61}, "最多60字，您写了61字"),
        ({"phone": "1390000004"}, "手机号应为11位数字"),
        ({"email": "zhang"}, "邮箱地址不完整"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_booked(client, reception, wrong, told):
    response = client.post(address_of(reception), typed(**wrong))

    assert response.status_code == 422
    assert told in said(response)
    assert not Appointment.objects.exists()


def test_the_eleventh_booking_of_an_hour_waits_and_loses_nothing(client):
    days = [a_reception(StationFactory(), slot_minutes=20) for _n in range(2)]
    slots = [(day, f"{slot:%H:%M}") for day in days for slot in services.free_slots(day)]
    for day, slot in slots[:10]:
        booked(client, day, slot=slot)

    response = client.post(address_of(slots[10][0]), typed(slot=slots[10][1]))

    assert response.status_code == 429
    assert "一小时内预约的太多了" in said(response)
    assert 'value="孟庆余"' in said(response)


def test_a_full_day_welcomes_walk_ins_and_shows_the_next_days(client):
    full = a_reception(StationFactory(), slot_minutes=150)
    booked(client, full, slot="09:00")
    a_reception(full.station, days=5, scope="下一次", slot_minutes=20)

    page = said(client.get(address_of(full)))

    assert "都约满了" in page
    assert "到时直接来就可以" in page
    assert "下一次" in page
    assert "确认预约" not in page


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"cancelled_why": "代表外出开会"}, "已经取消：代表外出开会"),
        ({"slot_minutes": 0}, "不用预约"),
        ({"opened_at": timezone.now()}, "接待已经开始"),
    ],
)
def test_a_day_that_takes_no_bookings_has_no_form(client, reception, facts, told):
    if "cancelled_why" in facts:
        facts = facts | {"cancelled_at": timezone.now()}
    Reception.objects.filter(pk=reception.pk).update(**facts)

    page = client.get(address_of(reception))
    sent = client.post(address_of(reception), typed())

    assert told in said(page)
    assert "确认预约" not in said(page)
    assert sent.status_code == 422
    assert not Appointment.objects.exists()


def test_a_day_that_is_not_published_has_no_page(client):
    assert client.get(address_of(a_reception(StationFactory(), is_published=False))).status_code == 404


def opened(client, appointment, code):
    """Open a booking in a browser that has not seen it yet."""
    return client.post(reverse("deputies:appointment_find"), {"number": appointment.number, "code": code}, follow=True)


def test_number_and_code_open_the_booking(client, reception):
    appointment, code = booked(client, reception)
    client.cookies.clear()

    page = opened(client, appointment, code)

    assert page.redirect_chain[0][0] == reverse("deputies:appointment", args=[appointment.number])
    assert "9:20" in said(page)
    assert "no-store" in page["Cache-Control"]


def test_whatever_is_wrong_the_answer_is_the_same(client, reception):
    appointment, code = booked(client, reception)
    find = reverse("deputies:appointment_find")

    pairs = [(appointment.number, "AAAAA-AAAAA"), ("YY-20200101-00001", code), ("XD-20261124-00042", code)]
    answers = [client.post(find, {"number": number, "code": typed}) for number, typed in pairs]

    assert {response.status_code for response in answers} == {422}
    assert all("没有找到，或者查询码不对" in said(response) for response in answers)


@pytest.mark.parametrize("page", ["appointment", "appointment_cancel"])
def test_a_booking_that_was_not_opened_asks_for_its_code(client, reception, page):
    appointment, _code = booked(client, reception)

    for number in (appointment.number, "YY-20200101-99999"):
        response = client.get(reverse(f"deputies:{page}", args=[number]))
        assert response.url == f"{reverse('deputies:appointment_find')}?number={number}"
    assert client.post(reverse("deputies:appointment_cancel", args=[appointment.number])).status_code == 302
    appointment.refresh_from_db()
    assert appointment.state == Appointment.State.BOOKED


def test_giving_up_is_asked_once_more_and_then_done(client, reception):
    appointment, code = booked(client, reception)
    opened(client, appointment, code)
    address = reverse("deputies:appointment_cancel", args=[appointment.number])

    asked = client.get(address)
    appointment.refresh_from_db()
    assert appointment.state == Appointment.State.BOOKED
    done = client.post(address, follow=True)
    again = client.post(address)

    assert "取消这个预约吗" in said(asked)
    assert "取消了这个预约" in said(done)
    assert again.status_code == 409
    assert "这个预约已在" in said(again)
    assert dt.time(9, 20) in services.free_slots(reception)


def test_a_moved_or_cancelled_day_is_told_on_the_booking(client, reception):
    appointment, code = booked(client, reception)
    Reception.objects.filter(pk=reception.pk).update(
        date=reception.date + dt.timedelta(days=7), meant_on=reception.date, moved_why="村里换届"
    )

    moved = said(opened(client, appointment, code))
    services.cancel_appointment(appointment=appointment, why="代表外出开会")
    cancelled = said(client.get(reverse("deputies:appointment", args=[appointment.number])))

    assert "接待日改期了" in moved
    assert "村里换届" in moved
    assert "代表外出开会" in cancelled
    assert "取消预约</a>" not in cancelled


def test_closing_the_look_up_closes_it_for_the_next_person(client, reception):
    appointment, code = booked(client, reception)
    opened(client, appointment, code)

    client.post(reverse("deputies:appointment_leave"))

    assert client.get(reverse("deputies:appointment", args=[appointment.number])).status_code == 302
    assert client.get(reverse("deputies:booked", args=[appointment.number])).status_code == 404


def test_no_page_shows_who_booked(client, reception):
    appointment, code = booked(client, reception)
    pages = [
        client.get(reverse("deputies:booked", args=[appointment.number])),
        opened(client, appointment, code),
        client.get(address_of(reception)),
        client.get(reverse("deputies:receptions")),
        client.get(reverse("deputies:station_feed", args=[reception.station.code])),
    ]

    for page in pages:
        assert "孟庆余" not in said(page)
        assert "13900000042" not in said(page)


def test_pages_cost_the_same_however_many_bookings_and_days(client, django_assert_max_num_queries):
    deputies = [a_deputy(f"代表{n}") for n in range(10)]
    day = a_reception(StationFactory(), deputies=deputies, slot_minutes=5)
    for n in range(40):
        a_reception(day.station, days=4 + n, deputies=deputies, slot_minutes=5)
    appointment, code = booked(client, day, slot="09:00")
    for slot in services.free_slots(day)[:-1]:
        take_slot(day, slot)
    opened(client, appointment, code)

    pages = [
        address_of(day),
        reverse("deputies:receptions"),
        reverse("deputies:booked", args=[appointment.number]),
        reverse("deputies:appointment", args=[appointment.number]),
        reverse("deputies:appointment_cancel", args=[appointment.number]),
        reverse("deputies:appointment_find"),
    ]
    for page in pages:
        with django_assert_max_num_queries(10):
            assert client.get(page).status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_visit_is_booked_and_given_up_without_javascript(open_page):
    day = a_reception(StationFactory(), deputies=[a_deputy("郑代表")], slot_minutes=20)
    phone = open_page(PHONE, java_script_enabled=False)
    phone.goto(reverse("deputies:receptions"))
    phone.get_by_role("link", name="预约", exact=False).filter(has_text="的接待").click()
    phone.get_by_text("9:40–10:00").click()
    phone.get_by_label("想反映什么事").fill("路灯不亮")
    phone.get_by_role("button", name="确认预约").click()
    number, code = phone.locator(".codebox .code").all_inner_texts()

    phone.get_by_role("link", name="查看或取消").click()
    phone.get_by_label("查询码").fill(code)
    phone.get_by_role("button", name="查看预约").click()
    phone.get_by_role("link", name="取消预约").click()
    phone.get_by_role("button", name="取消预约").click()

    assert phone.get_by_text("取消了这个预约").is_visible()
    assert number.startswith(f"YY-{day.date:%Y%m%d}-")
    assert dt.time(9, 40) in services.free_slots(day)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("viewport", "size"), [(PHONE, "normal"), (PHONE, "large"), (DESKTOP, "normal")])
def test_every_page_of_a_booking_fits_and_is_accessible(open_page, axe, live_server, viewport, size):
    day = a_reception(StationFactory(), deputies=[a_deputy("郑代表")], scope="供暖", slot_minutes=20)
    a_reception(day.station, days=9, cancelled_at=timezone.now(), cancelled_why="代表外出")
    page = open_page(viewport)
    page.context.add_cookies([{"name": "type", "value": size, "url": live_server.url}])

    def fits():
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(page)

    page.goto(reverse("deputies:receptions"))
    fits()
    page.goto(address_of(day))
    fits()
    page.get_by_role("button", name="确认预约").click()
    assert page.get_by_text("请选一个时段").first.is_visible()
    fits()
    page.get_by_text("9:40–10:00").click()
    page.get_by_role("button", name="确认预约").click()
    fits()
    number, code = page.locator(".codebox .code").all_inner_texts()
    page.goto(f"{reverse('deputies:appointment_find')}?number={number}#{code}")
    fits()
    page.get_by_role("button", name="查看预约").click()
    fits()
    page.get_by_role("link", name="取消预约").click()
    fits()
