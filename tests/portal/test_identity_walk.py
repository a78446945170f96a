"""One journey, then every page, file, message, API answer, log line and task of it: who brought the case is in none of them."""

import datetime as dt
import html
import io
import re
import sys
import zipfile
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import resolve, reverse

from notices import tasks as bell
from notices.models import Message
from notices.services import deliver
from petitions import services
from petitions.models import Petition
from supervision.services import sweep as press_on
from tests.petitions.story import Story, an_office
from tests.petitions.test_public_submitting import address_of, filled

pytestmark = pytest.mark.django_db
PLANTED = {
    "name": "欧阳霁岚",
    "phone": "13987650042",
    "address": "南大郭村槐荫巷77号",
    "email": "ouyang-jilan@example.invalid",
}
WALKERS = ("head", "clerk", None)
LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)')
# Another's session, files that are the same for everybody, and what is asked for by POST only.
LEFT_OUT = ("/static/", "/accounts/logout", "/admin/logout", "/desk/mailbox/")
FURTHEST = 60  # addresses of one walker, one of each view


@pytest.fixture
def office():
    return an_office()


@pytest.fixture
def payloads(monkeypatch):
    """Every task that is handed to the broker, as it is handed over."""
    monkeypatch.setattr(bell, "_begins", {})
    monkeypatch.setattr(bell, "_left_alone_until", 0.0)
    seen = []

    monkeypatch.setattr(bell.deliver.app, "send_task", lambda *task, **how: seen.append(f"{task!r} {how!r}"))
    return seen


@pytest.fixture
def journey(client, office, settings, payloads, caplog, django_capture_on_commit_callbacks):
    """A resident sends the form, staff handle it to the rating, ladders press, mails go out, the identity is looked at once."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with caplog.at_level("DEBUG"), django_capture_on_commit_callbacks(execute=True):
        response = client.post(address_of(office.station), filled(secrecy="named", consent_publish="on", **PLANTED))
        assert response.status_code == 302
        petition = Petition.objects.get()
        story = Story(office, petition, "", petition.submitted_at)
        for action in ("accept", "hand_over", "note_progress"):
            story.take(action)
        press_on(at=story.at + dt.timedelta(days=40))
        for action in ("reply", "pass_reply"):
            story.take(action)
        services.reveal(petition=petition, actor=office.officer, reason="电话核实地点")
        deliver(at=story.at + dt.timedelta(days=41))
    client.cookies.clear()
    return story


def read(response):
    """A response as text, whatever kind of file it is."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return " ".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    if body[:4] == b"%PDF":
        from pypdf import PdfReader

        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return html.unescape(body.decode(errors="replace"))


def walk(client, user, *starts):
    """Everything that one reads who follows the links from ``starts``: address and text, one address of each view."""
    if user is not None:
        client.force_login(user)
    waiting, views = list(starts), set()
    while waiting and len(views) < FURTHEST:
        address = waiting.pop(0)
        path = urlsplit(address).path
        if path.startswith(LEFT_OUT):
            continue
        try:
            match = resolve(path)
        except Exception:  # an address of a file, or of no page
            continue
        kind = (match.view_name, match.kwargs.get("kind"))
        if kind in views:
            continue
        views.add(kind)
        response = client.get(address)
        if response.status_code == 200:
            text = read(response)
            yield address, text
            waiting += LINK.findall(text)


def found_in(texts):
    return [(where, part) for where, text in texts for part, secret in PLANTED.items() if secret in text]


def starts_of(petition):
    return (
        petition.get_absolute_url(),
        reverse("petitions:api"),
        reverse("petitions:api_case", args=[petition.number]),
        *(reverse("insights:ledger", args=["petitions", kind]) for kind in ("csv", "xlsx", "pdf")),
        "/desk/",
        "/",
    )


@pytest.mark.parametrize("position", WALKERS)
def test_no_page_and_no_file_holds_who_brought_the_case(journey, client, office, position):
    user = getattr(office, position) if position else None

    texts = list(walk(client, user, *starts_of(journey.petition)))

    assert found_in(texts) == []
    assert len(texts) > (8 if user is None else 10)
    if position == "head":
        kinds = [address.rsplit(".", 1)[-1] for address, _text in texts]
        assert {"csv", "xlsx", "pdf"} <= set(kinds)
        assert any(journey.petition.title in text for _address, text in texts)


def test_no_message_mail_log_line_or_task_holds_it(journey, payloads, caplog):
    letters = [
        (f"message {row.pk}", f"{row.title} {row.body} {row.link} {row.answer}") for row in Message.objects.all()
    ]
    mails = [(f"mail {number}", f"{sent.subject} {sent.body}") for number, sent in enumerate(mail.outbox)]
    lines = [("log", caplog.text), ("task", " ".join(payloads))]

    assert found_in([*letters, *mails, *lines]) == []
    assert any(sent.to == [PLANTED["email"]] for sent in mail.outbox)
    assert letters
    assert payloads


def test_the_walk_finds_what_is_planted(journey, client, office, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "FURTHEST", 5)
    Petition.objects.update(title=f"{PLANTED['name']}家门口的灯", body=f"电话{PLANTED['phone']}")

    found = found_in(walk(client, office.head, *starts_of(journey.petition)))

    assert {part for _where, part in found} == {"name", "phone"}
    assert {"csv", "xlsx"} <= {where.rsplit(".", 1)[-1] for where, _part in found}
