"""SMS and WeChat against a real server on this machine that fails, stalls, loses answers and talks nonsense."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from django.core.cache import cache

from notices import services
from notices.channels import http, sms
from notices.models import Message
from tests.factories import OrganFactory, UserFactory, load_years
from tests.supervision.conftest import moment

Status = Message.Status
MONDAY = moment("2026-11-02 10:00")
LATER = moment("2026-11-02 10:01")
PHONE = "13900000007"


class Gateway(BaseHTTPRequestHandler):
    """Takes one message for each number, whatever it then says; ``plan`` is what it does with the next requests."""

    def do_POST(self):
        office = self.server.office
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        office.requests.append((self.path, said, dict(self.headers)))
        if "stable_token" in self.path:
            return self._answer(200, {"access_token": "tok", "expires_in": 7200})
        wish = office.plan.pop(0) if office.plan else "accept"
        number = said.get("id") or said.get("client_msg_id")
        if wish in ("accept", "lose the answer", "stall"):
            office.taken.setdefault(number, said)
        if wish == "lose the answer":
            return self.connection.close()
        if wish == "stall":
            office.go_on.wait(10)
            return self.connection.close()
        if wish == "nonsense":
            return self._answer(200, "<html>ok</html>")
        if isinstance(wish, tuple):
            return self._answer(*wish)
        return self._answer(200, {"id": f"gw-{len(office.taken)}", "errcode": 0, "errmsg": "ok", "msgid": 7})

    def _answer(self, status, said):
        body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(settings):
    """An SMS gateway and WeChat in one, which the office uses before e-mail."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.daemon_threads = True
    server.office = SimpleNamespace(plan=[], taken={}, requests=[], go_on=threading.Event())
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    settings.NOTICES_CHANNELS = ["wechat", "sms", "email"]
    settings.SMS_URL, settings.SMS_TOKEN = f"{address}/sms?from=portal", "gateway-secret"
    settings.WECHAT_URL = address
    settings.WECHAT_APP_ID, settings.WECHAT_SECRET, settings.WECHAT_TEMPLATE = "wx1", "wx-secret", "tpl"
    yield server.office
    server.office.go_on.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def calendar(db):
    load_years(2026)
    cache.clear()


@pytest.fixture
def clerk():
    return UserFactory(phone=PHONE, email="")


def tell(to, title="XD-20261102-00001 新交办件，请签收", body="正文不外发", **facts):
    services.tell(to=[to], title=title, body=body, topic="petition:1", key=f"k:{title}", at=MONDAY, **facts)


def the_message():
    return Message.objects.get()


def test_an_sms_is_title_and_link_and_never_the_body(gateway, clerk):
    tell(clerk, link="/desk/petitions/XD-20261102-00001/")

    services.deliver(at=MONDAY)

    path, said, headers = gateway.requests[0]
    assert path == "/sms?from=portal"
    assert said["to"] == PHONE
    assert said["text"] == (
        "XD-20261102-00001 新交办件，请签收 http://localhost:8000/desk/petitions/XD-20261102-00001/"
    )
    assert headers["Idempotency-Key"] == said["id"]
    assert headers["Authorization"] == "Bearer gateway-secret"
    assert (the_message().status, the_message().answer) == (Status.SENT, "短信网关已接收 gw-1")


def test_a_long_title_is_cut_and_the_link_is_not():
    text = sms.text_of([SimpleNamespace(title="长" * 120, link=f"/o/{'t' * 43}/")])

    assert len(text) <= 134
    assert text.endswith(f" http://localhost:8000/o/{'t' * 43}/")
    assert "…" in text


def test_many_messages_are_one_sms_that_leads_to_the_inbox(gateway, clerk):
    for number in range(3):
        tell(clerk, title=f"提醒{number}")

    services.deliver(at=MONDAY)

    assert [said["text"] for _path, said, _headers in gateway.requests] == [
        "联络站：您有 3 条消息 http://localhost:8000/desk/messages/"
    ]


@pytest.mark.parametrize("trouble", ["lose the answer", "nonsense", (503, "busy"), (429, "slow down"), (302, "")])
def test_after_trouble_the_same_number_is_tried_again_and_taken_once(gateway, clerk, trouble):
    gateway.plan = [trouble]
    tell(clerk)

    services.deliver(at=MONDAY)
    assert the_message().status == Status.QUEUED
    assert the_message().next_try_at == LATER
    services.deliver(at=LATER)

    assert len({said["id"] for _path, said, _headers in gateway.requests}) == 1
    assert len(gateway.requests) == 2
    assert len(gateway.taken) == 1
    assert the_message().status == Status.SENT
    assert the_message().attempts == 2


def test_a_gateway_that_stalls_is_left_after_its_time_and_asked_again(gateway, clerk, monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 0.3)
    gateway.plan = ["stall"]
    tell(clerk)

    services.deliver(at=MONDAY)
    assert "TimeoutError" in the_message().answer
    services.deliver(at=LATER)

    assert len(gateway.taken) == 1
    assert the_message().status == Status.SENT


def test_what_joins_later_does_not_change_what_is_tried_again(gateway, clerk):
    gateway.plan = ["lose the answer"]
    tell(clerk, title="第一条")
    services.deliver(at=MONDAY)
    services.tell(to=[clerk], title="第二条", topic="t", key="second", at=MONDAY)

    services.deliver(at=LATER)

    texts = {said["text"]: said["id"] for _path, said, _headers in gateway.requests}
    assert set(texts) == {"第一条", "第二条"}
    assert len(gateway.taken) == 2
    assert len(gateway.requests) == 3


def test_a_refusal_for_good_is_parked_at_once_with_the_providers_words_and_without_the_number(gateway, clerk):
    gateway.plan = [(400, f"number {PHONE} is not in use")]
    tell(clerk)

    services.deliver(at=MONDAY)

    assert the_message().status == Status.PARKED
    assert the_message().answer == "400 number … is not in use"
    assert the_message().attempts == 1


def test_a_gateway_that_never_answers_is_given_up_after_five_tries(gateway, clerk):
    gateway.plan = [(500, "down")] * 9
    tell(clerk)

    for at in ["10:00", "10:01", "10:06", "10:36", "12:36", "14:00"]:
        services.deliver(at=moment(f"2026-11-02 {at}"))

    assert len(gateway.requests) == 5
    assert the_message().status == Status.PARKED


def test_a_message_goes_one_way_only_the_first_that_reaches_its_reader(gateway, mailoutbox):
    tell(UserFactory(phone=PHONE, wechat_openid="openid-1"))

    services.deliver(at=MONDAY)

    path, said, _headers = gateway.requests[-1]
    assert path == "/cgi-bin/message/template/send?access_token=tok"
    assert (said["touser"], said["template_id"]) == ("openid-1", "tpl")
    assert said["data"]["thing1"]["value"] == "…1102-00001 新交办件，请签收"
    assert len(said["data"]["thing1"]["value"]) <= 20
    assert len(gateway.taken) == 1
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("code", "becomes"), [(43004, Status.PARKED), (-1, Status.QUEUED), (45009, Status.QUEUED), (42001, Status.QUEUED)]
)
def test_wechats_own_codes_tell_a_refusal_from_a_bad_hour(gateway, code, becomes):
    gateway.plan = [(200, {"errcode": code, "errmsg": "said so"})]
    tell(UserFactory(wechat_openid="openid-1"))

    services.deliver(at=MONDAY)

    assert the_message().status == becomes
    assert f"{code} said so" in the_message().answer


def test_an_old_access_token_is_fetched_anew_and_the_message_bears_the_same_number(gateway):
    gateway.plan = [(200, {"errcode": 42001, "errmsg": "expired"})]
    tell(UserFactory(wechat_openid="openid-1"))

    services.deliver(at=MONDAY)
    services.deliver(at=LATER)

    assert [path.partition("?")[0].rpartition("/")[2] for path, _said, _headers in gateway.requests] == [
        "stable_token",
        "send",
        "stable_token",
        "send",
    ]
    assert len({said["client_msg_id"] for _p, said, _h in gateway.requests if "client_msg_id" in said}) == 1


def test_without_being_asked_for_no_channel_but_e_mail_is_used(gateway, settings, mailoutbox):
    settings.NOTICES_CHANNELS = ["email"]
    tell(UserFactory(phone=PHONE, wechat_openid="openid-1"))

    services.deliver(at=MONDAY)

    assert gateway.requests == []
    assert len(mailoutbox) == 1


def test_a_resident_is_never_sent_an_sms(gateway, settings, mailoutbox):
    settings.NOTICES_ADDRESS_BOOK = "tests.notices.test_services.address_of"
    services.tell(to="petition:1", title="已受理", topic="t", key="k", at=MONDAY)

    services.deliver(at=MONDAY)

    assert gateway.requests == []
    assert mailoutbox[0].to == ["resident@example.invalid"]


def test_an_organ_that_no_channel_reaches_is_parked_for_somebody_to_telephone(settings):
    tell(OrganFactory(phone=PHONE))

    services.deliver(at=MONDAY)

    assert the_message().status == Status.PARKED
    assert "没有可用的发送渠道" in the_message().answer


def test_an_organ_without_an_account_is_told_in_office_hours_only(gateway):
    tell(OrganFactory(phone=PHONE))
    Message.objects.update(next_try_at=MONDAY)

    assert services.deliver(at=moment("2026-11-02 22:00")) == 0
    assert services.deliver(at=moment("2026-11-03 08:30")) == 1


def test_a_repeated_mail_bears_the_message_id_of_the_first(clerk, monkeypatch, mailoutbox):
    user = UserFactory()
    tell(user)
    services.deliver(at=MONDAY)
    Message.objects.update(status=Status.QUEUED)

    services.deliver(at=LATER + (LATER - MONDAY) * 5)

    first, second = [mail.extra_headers["Message-ID"] for mail in mailoutbox]
    assert first == second
