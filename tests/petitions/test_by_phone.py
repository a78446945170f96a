"""A resident who holds the phone that was left sees all that was brought under it; nobody else learns whose it is."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Attempt
from notices.channels import RefusedError, sms
from petitions.services import by_phone
from tests.petitions.story import REPORTER, Story
from tests.petitions.test_public_submitting import said
from vault import opened, phone_codes
from vault.models import PhoneCode

PHONE, STRANGE = REPORTER["phone"], "13900009999"
MINE, CODE = reverse("petitions:mine"), reverse("petitions:phone_code")


@pytest.fixture
def gateway(settings, monkeypatch):
    """What the SMS gateway was handed: phone, text and number of each."""
    settings.NOTICES_CHANNELS, sent = ["email", "sms"], []
    monkeypatch.setattr(
        sms, "send", lambda phone, letters, number: sent.append((phone, letters[0].title, number)) or "1"
    )
    return sent


def ask(client, phone=PHONE):
    return client.post(MINE, {"phone": phone})


def code_for(gateway, client, phone=PHONE):
    ask(client, phone)
    by_phone.send_codes()
    return re.search(r"\d{6}", gateway[-1][1])[0]


def test_the_code_of_the_phone_opens_all_its_cases_and_no_other(client, case, office, gateway):
    second = Story.begin(office, title="渠里没有水")
    others = Story.begin(office, title="别人的事", identity=REPORTER | {"phone": STRANGE})

    response = client.post(CODE, {"code": code_for(gateway, client)})
    page = said(client.get(response.url))

    assert gateway[0][0] == PHONE
    assert {case.petition.title, second.petition.title} <= set(re.findall(r'track/[^"]+">([^<]+)<', page))
    assert others.petition.number not in page
    assert case.petition.body in said(client.get(case.petition.tracking_url))
    assert client.get(others.petition.tracking_url).status_code == 404


def test_what_one_joined_is_told_as_to_one_who_joined(client, office, gateway):
    joined = Story.begin(office, identity=REPORTER | {"phone": STRANGE})
    joined.take("join", identity=REPORTER)

    client.post(CODE, {"code": code_for(gateway, client)})
    page = said(client.get(joined.petition.tracking_url))

    assert joined.petition.number in page
    assert joined.petition.body not in page


def test_known_and_unknown_phones_get_one_answer_after_the_same_work(case, gateway, client, django_assert_num_queries):
    answers, queries = [], []
    for phone in (PHONE, STRANGE):
        client.cookies.clear()
        with CaptureQueriesContext(connection) as asked:
            response = ask(client, phone)
        page = re.sub(r'nonce="[^"]+"', "", said(client.get(response.url)))
        answers.append((response.status_code, response.url, page.split("csrfmiddlewaretoken")[0]))
        queries.append(len(asked))

    by_phone.send_codes()

    assert answers[0] == answers[1]
    assert queries[0] == queries[1]
    assert [phone for phone, _text, _number in gateway] == [PHONE]
    assert not PhoneCode.objects.filter(sent_at=None).exists()


def test_neither_phone_nor_code_stands_in_the_database_once_sent(case, gateway, client):
    code = code_for(gateway, client)
    row = PhoneCode.objects.get()

    stored = " ".join(str(value) for value in (bytes(row.sealed), row.code_hash, row.phone_index))
    assert not bytes(row.sealed)
    assert code not in stored
    assert not any(PHONE in key for key in Attempt.objects.values_list("key", flat=True))


def test_five_wrong_codes_and_the_right_one_is_too_late(case, gateway, client):
    code = code_for(gateway, client)
    for wrong in range(5):
        assert client.post(CODE, {"code": f"{(int(code) + 1 + wrong) % 10**6:06d}"}).status_code == 422

    response = client.post(CODE, {"code": code})

    assert response.status_code == 422
    assert "验证码不对，或者已经失效" in said(response)


def test_a_code_is_good_once_and_for_ten_minutes(case, gateway, client):
    code, key = code_for(gateway, client), PhoneCode.objects.get().pk
    late = timezone.now() + timedelta(minutes=11)

    assert phone_codes.prove(pk=key, code=code, address="10.0.0.1", at=late) == ""
    assert phone_codes.prove(pk=key, code=code, address="10.0.0.1") != ""
    assert phone_codes.prove(pk=key, code=code, address="10.0.0.1") == ""


def test_a_code_that_came_to_one_phone_opens_no_other(case, office, gateway, client):
    Story.begin(office, identity=REPORTER | {"phone": STRANGE})
    code = code_for(gateway, client)
    ask(client, STRANGE)

    assert client.post(CODE, {"code": code}).status_code == 422


def test_a_phone_is_sent_one_code_a_minute_and_ten_a_day(case, gateway, client):
    with time_machine.travel("2026-11-02 02:00:05Z", tick=False) as clock:
        assert ask(client).status_code == 302
        assert "索取得太多了" in said(ask(client))
        answers = []
        for _minute in range(10):
            clock.shift(60)
            answers.append(phone_codes.ask(phone=PHONE, address=f"10.0.1.{_minute}"))

    assert sum(answer is not None for answer in answers) == 8


def test_one_address_asks_for_twenty_phones_an_hour_at_most(db):
    asked = [phone_codes.ask(phone=f"1390000{number:04d}", address="10.0.0.1") for number in range(21)]

    assert asked[-1] is None
    assert None not in asked[:20]


def test_what_a_gateway_did_not_take_goes_again_with_the_same_code_and_number(
    case, client, settings, monkeypatch, caplog
):
    settings.NOTICES_CHANNELS, tried = ["sms"], []

    def fail_once(phone, letters, number):
        tried.append((letters[0].title, number))
        if len(tried) == 1:
            raise OSError(f"503 {phone}")
        return "1"

    monkeypatch.setattr(sms, "send", fail_once)
    ask(client)

    assert (by_phone.send_codes(), by_phone.send_codes(), by_phone.send_codes()) == (0, 1, 0)
    assert tried[0] == tried[1]
    assert PHONE not in caplog.text


def test_a_refused_number_is_not_tried_again(case, client, settings, monkeypatch):
    settings.NOTICES_CHANNELS, tried = ["sms"], []

    def refuse(phone, letters, number):
        tried.append(number)
        raise RefusedError("400")

    monkeypatch.setattr(sms, "send", refuse)
    ask(client)
    by_phone.send_codes()
    by_phone.send_codes()

    assert len(tried) == 1


def test_where_no_gateway_is_configured_there_is_no_such_page(client, db, settings):
    settings.NOTICES_CHANNELS, settings.DEMO = ["email"], False

    assert client.get(MINE).status_code == 404
    assert client.post(CODE, {"code": "123456"}).status_code == 404
    assert MINE not in said(client.get(reverse("petitions:track")))


def test_in_a_demo_the_code_is_a_mail_of_the_mailbox(case, client, settings, mailoutbox):
    settings.NOTICES_CHANNELS, settings.DEMO = ["email"], True
    ask(client)
    by_phone.send_codes()

    assert client.post(CODE, {"code": re.search(r"\d{6}", mailoutbox[-1].body)[0]}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "请填写手机号"), ("0319-0000101", "座机收不到短信"), ("139", "11位")]
)
def test_a_number_that_gets_no_sms_is_told_beside_the_field(client, db, gateway, typed, sentence):
    response = ask(client, typed)

    assert response.status_code == 422
    assert sentence in said(response)


def test_the_proof_ends_after_an_hour_and_with_closing(case, gateway, client):
    client.post(CODE, {"code": code_for(gateway, client)})
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=False):
        assert opened.phone_of(client.session) == ""

    client.post(reverse("petitions:leave"))

    assert opened.phone_of(client.session) == ""
    assert client.get(case.petition.tracking_url).status_code == 404


def test_the_list_costs_the_same_for_one_case_and_for_five(case, office, gateway, client):
    client.post(CODE, {"code": code_for(gateway, client)})
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(MINE)
        counts.append(len(asked))
        for _one in range(4):
            Story.begin(office)

    assert counts[0] == counts[1] <= 3
