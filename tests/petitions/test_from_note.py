"""One press makes a reception note a case: words, photos and the visitor's sealed identity go along, all or nothing."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.models import Role
from deputies.models import Note
from notices.models import Message
from petitions import services
from petitions.errors import ActionError
from petitions.models import Assignment, Commitment, Event, Petition, Photo, Proposer, Status
from supervision.models import Clock, Duty
from tests.factories import OrganFactory, a_deputy, a_note, a_reception, a_region, a_user, picture
from tests.petitions.story import REPORTER, a_joint_note
from vault.models import Identity, Secrecy
from vault.services import keep, reveal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_reception_day():
    with time_machine.travel("2026-11-03T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def reception(office):
    return a_reception(office.station, days=0, deputies=[office.deputy_person])


@pytest.fixture
def note(office, reception):
    return a_note(reception, office.officer, deputy=office.deputy_person, identity=keep(REPORTER))


def running_duties(petition):
    return set(petition.clock_links.filter(clock__stopped_at=None).values_list("clock__duty", flat=True))


def test_a_note_to_be_handled_becomes_a_case_that_the_station_screens(office, note):
    petition, code = services.petition_of(note=note, actor=office.officer)

    assert petition.status == Status.SUBMITTED
    assert (petition.channel, petition.note) == (Petition.Channel.RECEPTION, note)
    assert (petition.station, petition.deputy) == (office.station, office.deputy_person)
    assert (petition.title, petition.body) == (note.topic, note.words)
    assert petition.entered_by == office.officer
    assert running_duties(petition) == {Duty.SCREEN}
    assert petition.events.get().text == f"来自2026年11月3日接待日（{office.station.name}）。"
    assert services.find(number=petition.number, code=code, address="10.0.0.1").petition == petition


def test_a_matter_whose_village_nobody_named_is_placed_in_the_township(office, note, reception):
    village = a_region("130503100201")
    named = a_note(reception, office.officer, region=village)

    assert services.petition_of(note=note, actor=office.officer)[0].region == office.station.region
    assert services.petition_of(note=named, actor=office.officer)[0].region == village


def test_the_visitors_sealed_row_serves_note_and_case_and_is_never_opened_for_that(office, note):
    sealed = bytes(note.identity.sealed)

    petition, _code = services.petition_of(note=note, actor=office.deputy)

    proposer = petition.proposers.get()
    assert proposer.identity == note.identity
    assert bytes(Identity.objects.get().sealed) == sealed
    assert proposer.wants_mail
    assert services.reveal(petition=petition, actor=office.officer, reason="回访") == [REPORTER]
    own = Identity.objects.filter(note=note)
    assert reveal(identities=own, number="记录", actor=office.officer, reason="回访") == [REPORTER]


def test_a_visitor_who_is_erased_is_erased_for_note_and_case_alike(office, note):
    petition, _code = services.petition_of(note=note, actor=office.officer)

    note.identity.delete()

    assert Proposer.objects.get(petition=petition).identity is None
    assert Note.objects.get(pk=note.pk).identity is None


def test_an_anonymous_visitor_stays_so(office, reception):
    note = a_note(reception, office.officer, secrecy=Secrecy.ANONYMOUS)

    petition, code = services.petition_of(note=note, actor=office.officer)

    assert petition.secrecy == Petition.Secrecy.ANONYMOUS
    assert petition.proposers.get().identity is None
    assert code


def test_pressed_twice_there_is_one_case(office, note):
    first, code = services.petition_of(note=note, actor=office.officer)

    again, no_code = services.petition_of(note=note, actor=office.head)

    assert again == first
    assert (bool(code), no_code) == (True, None)
    assert Petition.objects.count() == 1


def test_the_case_gets_pictures_of_its_own(office, note):
    taken = note.photos.model(note=note, width=640, height=480)
    taken.file.save("x.jpg", ContentFile(picture()), save=True)

    petition, _code = services.petition_of(note=note, actor=office.officer)

    copied = Photo.objects.get(petition=petition)
    taken.file.delete()
    assert copied.file.name != taken.file.name
    assert copied.file.read() == picture()
    assert (copied.width, copied.height) == (640, 480)


def test_what_was_answered_at_the_desk_is_the_answer_and_the_visitor_rates_it(office, reception):
    note = a_note(
        reception, office.deputy, outcome="answered", answer="当场打电话，村里明天来修。", identity=keep(REPORTER)
    )

    petition, _code = services.petition_of(note=note, actor=office.deputy)

    assert petition.status == Status.RATING
    assert petition.rounds.get().reply == "当场打电话，村里明天来修。"
    assert running_duties(petition) == {Duty.RATE}
    # Nobody is asked to screen what is answered, and the visitor reads the answer, not that it is being looked at.
    assert not Message.objects.filter(title__contains="请审查受理").exists()
    assert Message.objects.get(recipient=None).title.endswith("已有答复，请您评价")


def test_what_an_organ_took_over_at_a_joint_reception_is_handled_without_screening(office):
    note = a_joint_note(office, proposal="请一周内修复。", identity=keep(REPORTER))

    petition, _code = services.petition_of(note=note, actor=office.deputy)

    part = Assignment.objects.get(round__petition=petition)
    assert petition.status == Status.HANDLING
    assert petition.accepted_at is not None
    assert (part.organ, part.is_lead, part.instruction) == (office.organ, True, "请一周内修复。")
    assert part.signed_in_at is not None
    assert part.signed_in_by is None
    assert running_duties(petition) == {Duty.ANSWER}
    assert petition.stage_clock is None
    assert Message.objects.filter(recipient=office.clerk, title__contains="已现场受理").exists()
    assert Message.objects.filter(recipient=office.head, title__contains="已现场受理").exists()


def test_what_the_organ_promised_there_becomes_a_clock(office):
    note = a_joint_note(office, promise="换好三盏路灯", promised_on=dt.date(2026, 11, 20))

    petition, _code = services.petition_of(note=note, actor=office.officer)

    promised = Commitment.objects.get(round__petition=petition)
    assert (promised.organ, promised.text) == (office.organ, "换好三盏路灯")
    assert promised.clock.due_on == dt.date(2026, 11, 20)
    assert running_duties(petition) == {Duty.ANSWER, Duty.COMMITMENT}
    assert "现场承诺在2026年11月20日前办成：换好三盏路灯" in petition.events.get(action="accept_on_spot").text


def test_an_organ_that_was_not_there_accepts_nothing_and_nothing_is_left(office, reception):
    note = a_note(reception, office.officer, organ=OrganFactory(name="信都区林草局"))

    with pytest.raises(ActionError, match="信都区林草局没有参加这次接待"):
        services.petition_of(note=note, actor=office.officer)

    assert not Petition.objects.exists()
    assert not Event.objects.exists()


def test_what_was_only_told_is_no_case(office, reception):
    note = a_note(reception, office.officer, outcome="heard")

    with pytest.raises(ActionError, match="不要求答复"):
        services.petition_of(note=note, actor=office.officer)


def test_a_picture_that_cannot_be_copied_leaves_neither_case_nor_clock(office, note):
    note.photos.create(file="notes/gone.jpg", width=1, height=1)

    with pytest.raises(FileNotFoundError):
        services.petition_of(note=note, actor=office.officer)

    assert not Petition.objects.exists()
    assert not Clock.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["officer", "head", "committee", "deputy"])
def test_whoever_may_write_at_that_desk_may_press(name, office, note):
    petition, _code = services.petition_of(note=note, actor=getattr(office, name))

    assert petition.note == note


@pytest.mark.parametrize("name", ["viewer", "admin", "clerk", "leader", "stranger"])
def test_nobody_else_may(name, office, note):
    with pytest.raises(ActionError, match="只有联络站的工作人员和当天轮值的代表"):
        services.petition_of(note=note, actor=getattr(office, name))

    assert not Petition.objects.exists()


def test_a_deputy_of_the_station_who_is_not_on_duty_that_day_may_not(office, note):
    colleague = a_user(Role.DEPUTY)
    a_deputy("周代表", user=colleague, station=office.station)

    with pytest.raises(ActionError, match="当天轮值"):
        services.petition_of(note=note, actor=colleague)


def test_the_press_on_the_notes_page_shows_number_and_code_once_and_leads_back_to_the_desk(office, note, at_desk):
    page = at_desk("deputy").post(reverse("petitions:from_note", args=[note.pk]), follow=True)

    petition = Petition.objects.get()
    assert page.redirect_chain == [(reverse("petitions:entered", args=[petition.number]), 302)]
    shown = page.content.decode()
    assert petition.number in shown
    assert re.search(r'id="code" class="code">\w{5}-\w{5}<', shown)
    assert reverse("deputies:session", args=[note.reception_id]) in shown


def test_a_press_that_is_refused_says_why_on_the_notes_page(office, reception, at_desk):
    note = a_note(reception, office.officer, outcome="heard")

    page = at_desk("officer").post(reverse("petitions:from_note", args=[note.pk]), follow=True)

    assert page.redirect_chain == [(note.get_absolute_url(), 302)]
    assert "来访人不要求答复" in page.content.decode()


def test_a_note_of_another_station_does_not_exist(note, at_desk):
    assert at_desk("stranger").post(reverse("petitions:from_note", args=[note.pk])).status_code == 404
    assert not Petition.objects.exists()


def test_only_a_press_makes_a_case(note, at_desk):
    assert at_desk("officer").get(reverse("petitions:from_note", args=[note.pk])).status_code == 405


@pytest.mark.parametrize("name", ["officer", "deputy", "clerk"])
def test_the_cases_page_names_the_day_and_links_the_note_for_those_who_may_see_it(
    name, office, at_desk, django_assert_max_num_queries
):
    note = a_joint_note(office, deputy=office.deputy_person, promise="修灯", promised_on=dt.date(2026, 11, 20))
    petition, _code = services.petition_of(note=note, actor=office.officer)
    browser = at_desk(name)

    with django_assert_max_num_queries(10):
        page = browser.get(petition.get_absolute_url()).content.decode()

    assert "2026年11月3日" in page
    assert f"接待代表{office.deputy_person}" in page
    assert (note.get_absolute_url() in page) == (name != "clerk")
