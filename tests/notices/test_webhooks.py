"""What other systems are told: signed, once, without a word of anybody, and to public addresses only."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import time_machine

from notices import services
from notices.channels import RefusedError
from notices.channels.reach import is_public, public_address
from notices.models import Message, Webhook
from petitions.models import Event, Status
from petitions.services.programs import tell_programs
from tests.factories import load_years
from tests.petitions.story import REPORTER, Story, an_office, moment

NOW = moment("2026-11-02 11:00")
Happening = Webhook.Happening


class Receiver(BaseHTTPRequestHandler):
    """Another system; ``plan`` is what it answers next."""

    def do_POST(self):
        there = self.server.there
        body = self.rfile.read(int(self.headers["Content-Length"]))
        there.got.append((body, dict(self.headers)))
        status = there.plan.pop(0) if there.plan else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def there(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    server.there = SimpleNamespace(plan=[], got=[], url=f"http://127.0.0.1:{server.server_port}/hook?a=1")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    yield server.there
    server.shutdown()
    server.server_close()


@pytest.fixture
def office(db):
    load_years(2026)
    with time_machine.travel("2026-11-02T09:00:00+08:00", tick=False):
        yield an_office()


@pytest.fixture
def hook(office, there):
    """A webhook of the head, looked after from the first event on."""
    hook = Webhook.objects.create(owner=office.head, url=there.url, happenings=[Happening.STATUS, Happening.PUBLISHED])
    tell_programs(at=NOW)
    return hook


def told(there):
    return [(json.loads(body)["action"], json.loads(body)["status"]) for body, _headers in there.got]


def tell(at=NOW):
    tell_programs(at=at)
    services.deliver(at=at)


def test_every_change_of_status_is_told_once_in_order_and_signed(office, hook, there):
    story = Story.brought_to(Status.HANDLING, office)
    story.take("note_progress")
    tell()
    tell(moment("2026-11-02 11:01"))

    assert told(there) == [("submit", "submitted"), ("accept", "accepted"), ("hand_over", "handling")]
    body, headers = there.got[1]
    at, _comma, mac = headers["X-Liaison-Signature"].removeprefix("t=").partition(",v1=")
    wanted = hmac.new(hook.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(mac, wanted)
    assert set(json.loads(body)) == {"id", "number", "action", "status", "at"}
    for word in (REPORTER["name"], REPORTER["phone"], story.petition.title):
        assert word not in str(there.got)
    assert hook.secret not in str(list(Webhook.objects.values()))


def test_a_late_event_with_an_early_key_is_told_all_the_same(office, hook, there):
    story = Story.begin(office)
    late = Event.objects.create(
        petition=story.petition, pk=Event.objects.latest("pk").pk + 1, at=NOW, action="accept",
        from_status="submitted", to_status="accepted", actor_label="站",
    )  # fmt: skip
    early = late.pk + 1
    Event.objects.create(
        petition=story.petition, pk=late.pk + 2, at=NOW, action="hand_over",
        from_status="accepted", to_status="handling", actor_label="站",
    )  # fmt: skip
    tell()
    Event.objects.create(
        petition=story.petition, pk=early, at=NOW, action="publish", from_status="handling", to_status="handling",
        actor_label="站",
    )  # fmt: skip
    tell(moment("2026-11-02 11:01"))

    assert [action for action, _status in told(there)] == ["submit", "accept", "hand_over", "publish"]
    for minute in (3, 6, 9):
        tell(moment(f"2026-11-02 11:0{minute}"))
    assert len(there.got) == 4


def test_nothing_is_told_of_what_the_owner_may_not_see_or_after_they_have_left(office, hook, there):
    Webhook.objects.update(owner=office.stranger)
    Story.begin(office)
    tell()
    type(office.stranger).objects.filter(pk=office.stranger.pk).update(is_active=False)
    Story.begin(office)
    tell(moment("2026-11-02 11:05"))

    assert there.got == []
    assert not Message.objects.filter(outside_key=hook.outside_key).exists()


def test_a_receiver_that_fails_is_tried_again_under_one_number_and_parked_where_staff_see_it(office, hook, there):
    Story.begin(office)
    there.plan = [500, 302, 500, 500, 500]
    tell()
    for minutes in (2, 8, 40, 59):
        tell(moment(f"2026-11-02 {12 + minutes // 60}:{minutes:02}"))
    tell(moment("2026-11-02 16:00"))
    tell(moment("2026-11-02 20:00"))

    message = Message.objects.get(outside_key=hook.outside_key)
    assert message.status == Message.Status.PARKED
    assert len({headers["X-Liaison-Delivery"] for _body, headers in there.got}) == 1
    assert "其他系统" in str(message.reader)


def test_while_a_receiver_fails_what_else_is_due_to_it_waits(office, hook, there):
    Story.brought_to(Status.HANDLING, office)
    there.plan = [500]
    tell()

    assert len(there.got) == 1
    tell(moment("2026-11-02 11:02"))
    assert len(there.got) == 4


def test_a_hook_that_was_switched_off_is_asked_for_nothing_more(office, hook, there):
    Story.begin(office)
    tell_programs(at=NOW)
    Webhook.objects.update(active=False)
    services.deliver(at=NOW)

    assert there.got == []
    assert Message.objects.get(outside_key=hook.outside_key).status == Message.Status.PARKED


@pytest.mark.parametrize(
    "url",
    ["https://localhost/", "https://10.0.0.1/", "https://169.254.169.254/latest/", "https://[::1]/", "http://1.1.1.1/"],
)
def test_no_address_within_the_house_is_reached(url):
    with pytest.raises(RefusedError):
        public_address(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True),
        ("100.64.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("fec0::1", False),
        ("2606:4700::1111", True),
        ("0.0.0.0", False),
    ],
)
def test_what_an_address_stands_for_decides(address, public):
    assert is_public(address) is public


def test_the_name_is_looked_up_once_and_that_very_address_is_called(office, hook, there, monkeypatch, settings):
    """A name that answers differently the second time (DNS rebinding) gets nothing out of it."""
    port = there.url.split(":")[2].split("/")[0]
    Webhook.objects.update(url=f"http://receiver.example:{port}/")
    settings.WEBHOOK_PRIVATE_HOSTS = ["receiver.example"]
    asked = []

    def look_up(host, *args, **options):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", int(port)))]

    monkeypatch.setattr("notices.channels.reach.socket", SimpleNamespace(getaddrinfo=look_up, SOCK_STREAM=1))
    Story.begin(office)
    tell()

    assert asked == ["receiver.example"]
    assert there.got[0][1]["Host"] == f"receiver.example:{port}"


def test_an_administrator_sets_a_hook_up_and_no_other_scheme_than_https_is_taken(office, client):
    office.admin.is_superuser = True
    office.admin.save()
    client.force_login(office.admin)
    facts = {"owner": office.head.pk, "url": "http://a.example/", "happenings": ["status"], "active": "on"}
    page = client.post("/admin/notices/webhook/add/", facts)
    assert "https" in page.content.decode()
    assert not Webhook.objects.exists()

    client.post("/admin/notices/webhook/add/", facts | {"url": "https://a.example/"})
    hook = Webhook.objects.get()
    assert hook.secret in client.get(f"/admin/notices/webhook/{hook.pk}/change/").content.decode()
