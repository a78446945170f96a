"""The day's summary: figures counted from what happened, and a sheet to sign that names no visitor."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from deputies import services
from deputies.models import Note
from petitions.services import petition_of
from tests.deputies.test_notes import VISITOR, Day
from tests.factories import OrganFactory, a_deputy
from vault import services as vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    """One of two planned deputies came, and one more; three visitors, one of them booked; an organ took one matter."""
    day = Day()
    day.organ = OrganFactory(name="信都区水务局")
    day.reception.organs.add(day.organ)
    day.reception.turns.create(deputy=a_deputy("李代表", station=day.station))
    services.check_in(reception=day.reception, deputy=day.deputy, actor=day.officer)
    extra = a_deputy("王代表", station=day.station)
    services.check_in(reception=day.reception, deputy=extra, actor=day.officer)
    day.booking()
    day.note(visitors=3, topic="水管漏水", organ=day.organ, identity=VISITOR, deputy=day.deputy)
    booking = day.reception.appointments.get()
    day.note(appointment=booking, outcome=Note.Outcome.ANSWERED, answer="已说明。")
    day.note(outcome=Note.Outcome.HEARD, topic="#set page(fill: red) 说说心里话")
    return day


def test_the_figures_are_counted_from_turns_notes_and_bookings(day):
    petition_of(note=day.reception.notes.get(number=1), actor=day.officer)

    found = services.summary(day.reception)

    assert (found.planned, [d.name for d in found.present], [d.name for d in found.absent]) == (
        2,
        ["张代表", "王代表"],
        ["李代表"],
    )
    assert [deputy.name for deputy in found.unplanned] == ["王代表"]
    assert (found.visitors, found.matters, found.answered, found.handled, found.heard) == (5, 3, 1, 1, 1)
    assert (found.transferred, found.waiting, found.organs) == (1, [], [("信都区水务局", 1)])
    assert (found.booked, found.came) == (1, 1)


def test_closing_with_a_note_that_waits_says_which_and_keeps_the_remarks(client, day):
    client.force_login(day.officer)
    address = reverse("deputies:summary", args=[day.reception.pk])

    answer = client.post(address, {"remarks": "群众普遍关心供水。"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第1号“水管漏水”需要办理，还没有转为群众意见" in page
    assert "群众普遍关心供水。" in page


def test_the_station_closes_the_day_and_prints_the_sheet(client, day):
    petition = petition_of(note=day.reception.notes.get(number=1), actor=day.officer)[0]
    client.force_login(day.officer)
    address = reverse("deputies:summary", args=[day.reception.pk])

    answer = client.post(address, {"remarks": "群众普遍关心供水。"})
    page = client.get(answer.url).content.decode()
    sheet = client.get(reverse("deputies:summary_pdf", args=[day.reception.pk]))

    assert "形成小结，记录不再改动" in page
    assert reverse("deputies:summary_pdf", args=[day.reception.pk]) in page
    assert "no-store" in sheet["Cache-Control"]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(sheet.content)).pages).replace("\n", "")
    for word in ("接待日小结", "张代表、王代表", "水管漏水", petition.number, "接待代表签名", "联络员签名", "盖章"):
        assert word in text
    assert "#set page(fill: red)" in text
    assert VISITOR["name"] not in text
    assert VISITOR["phone"] not in text


def test_a_deputy_reads_the_figures_and_has_nothing_to_close(client, day):
    client.force_login(day.deputy.user)

    page = client.get(reverse("deputies:summary", args=[day.reception.pk])).content.decode()

    assert "水管漏水" in page
    assert "结束并形成小结" not in page


def test_a_vault_row_of_a_booking_that_nobody_came_to_stays_with_the_booking(day):
    booking = day.booking(identity=vault.keep(VISITOR), slot=dt.time(10))
    for note in day.reception.notes.filter(outcome=Note.Outcome.HANDLE):
        petition_of(note=note, actor=day.officer)

    services.close_session(reception=day.reception, remarks="", actor=day.officer)

    booking.refresh_from_db()
    assert booking.identity is not None
