"""An organ without an account does one item by a one-time link, and nothing else."""

import re

import pytest
import time_machine
from django.core import mail

from accounts.models import Grant
from notices.services import deliver
from programmes import services
from programmes.models import Item
from supervision import links
from supervision.models import OrganLink, Reminder
from tests.factories import load_years, picture, upload
from tests.programmes.follow_up import MONDAY, a_programme, an_item, spec, take, the_offices

LABEL = "信都区水务局（凭链接）"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def office(db, settings):
    """The water bureau has lost its accounts and left an address."""
    load_years(2026)
    offices = the_offices()
    Grant.objects.filter(organ=offices.organ).delete()
    offices.organ.email = "shuiwu@example.invalid"
    offices.organ.save()
    return offices


@pytest.fixture
def item(office):
    return an_item(office)


@pytest.fixture
def page(item):
    return links.path_of(item.clock, links.make_link(item.clock)[1])


def mailed():
    """The addresses in the mails sent to the organ so far."""
    deliver()
    return [found for sent in mail.outbox for found in re.findall(r"http://localhost:8000(/i/[\w-]+/)", sent.body)]


def do(client, page, action, **typed):
    return client.post(page, {"action": action} | typed)


def test_each_of_many_items_comes_with_a_link_of_its_own(office, client):
    specs = [spec(office, title=f"事项{n}") for n in range(3)]
    services.raise_items(specs=specs, region=office.county, actor=office.committee, programme=a_programme(office))

    titles = [re.search(r"<h1>(.*?)</h1>", client.get(page).content.decode())[1] for page in mailed()]

    assert sorted(titles) == ["事项0", "事项1", "事项2"]


def test_looking_changes_nothing_and_signing_in_is_a_post(item, page, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert "清到河底" in client.get(page).content.decode()
    item.refresh_from_db()
    assert item.signed_in_at is None

    do(client, page, "sign_in")

    item.refresh_from_db()
    assert item.signed_in_at == MONDAY
    assert item.events.get(action="sign_in").actor_label == LABEL


def test_a_report_with_evidence_ends_the_link_and_one_sent_back_brings_a_new_one(item, page, office, client):
    mailed()
    mail.outbox.clear()
    answer = do(client, page, "report", text="已清到河底。", files=[upload(picture(), "现场.jpg")])

    item.refresh_from_db()
    document = item.documents.get()
    assert "这个链接就此失效" in answer.content.decode()
    assert item.status == Item.Status.REPORTED
    assert (document.is_picture, document.added_by, document.added_by_label) == (True, None, LABEL)
    assert do(client, page, "report", text="已清到河底。").status_code == 404

    take(office, item, "send_back", at=MONDAY)
    (fresh,) = mailed()
    assert "现场仍有积水" in client.get(fresh).content.decode()
    assert client.get(page).status_code == 404


def test_an_organ_objects_by_link_and_reads_what_was_decided(item, page, office, client):
    do(client, page, "object", ground="不属本单位职责。")
    take(office, item, "settle", at=MONDAY)

    item.refresh_from_db()
    assert item.objection == "不属本单位职责。"
    assert "属你单位职责" in client.get(page).content.decode()


def test_a_numbered_order_is_acknowledged_by_link(item, page, office, client):
    take(office, item, "press", at=MONDAY)
    order = Reminder.objects.get(clock=item.clock)

    do(client, page, "acknowledge", target=order.pk, text="周五完成。")

    order.refresh_from_db()
    assert (order.acknowledgement, order.acknowledged_name) == ("周五完成。", LABEL)


def test_what_cannot_be_taken_comes_back_with_everything_typed(item, page, client):
    answer = do(client, page, "report", text="已清淤", files=[upload(b"MZ not a document", "程序.exe")])

    item.refresh_from_db()
    assert answer.status_code in (409, 422)
    assert "已清淤" in answer.content.decode()
    assert (item.status, item.documents.count()) == (Item.Status.OPEN, 0)


@pytest.mark.parametrize("action", ["verify", "drop", "settle", "press", "nothing", ""])
def test_a_link_gives_no_other_action(page, item, client, action):
    assert do(client, page, action, text="x", why="x").status_code == 404
    item.refresh_from_db()
    assert item.status == Item.Status.OPEN


def test_a_link_opens_nothing_once_the_item_is_dropped_or_another_units(item, page, office, client):
    foreign = an_item(office, owner_organ=office.other_organ)
    take(office, foreign, "press", at=MONDAY)
    order = Reminder.objects.get(clock=foreign.clock)
    assert do(client, page, "acknowledge", target=order.pk, text="好").status_code == 404

    take(office, item, "drop", at=MONDAY)

    assert client.get(page).status_code == 404
    assert do(client, page, "note_progress", text="已进场。").status_code == 404


def test_no_table_holds_the_token(item, client):
    (page,) = mailed()

    assert page.split("/")[2] not in str(list(OrganLink.objects.values()))
