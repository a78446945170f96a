"""What thousands do at once costs little, and leaves everything behind that it did before: submitting, and following a case."""

import json
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from notices.models import Message
from papers.models import Paper
from petitions import services
from petitions.models import Category, ClockLink, Event, Petition, Photo, Proposer, Round, SearchEntry, Status, ToCount
from supervision.models import Clock
from tests.factories import picture, upload
from tests.petitions.story import REPORTER, Story
from tests.petitions.test_public_submitting import said
from vault.models import Identity
from vault.services import address_of

MOST_OF_A_SUBMISSION, MOST_OF_A_FORM, MOST_OF_A_TRACKING_PAGE = 14, 20, 5
WRITTEN = (Petition, Proposer, Identity, Round, Clock, ClockLink, Event, ToCount, SearchEntry)


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


def send(client, office, **facts):
    facts = {
        "station": office.station.code,
        "title": "村口路灯不亮",
        "body": "村口三盏路灯坏了半个月。",
        "secrecy": "station",
    } | facts
    return client.post("/api/v1/petitions/", json.dumps(facts), content_type="application/json")


def a_whole_submission(client, office):
    topic = Category.objects.get_or_create(path="城建", name="城建", level=1)[0]
    return send(client, office, category=topic.path, deputy=office.deputy_person.code, **REPORTER)


def opened(client, story, proposer=None, code=None):
    """The tracking page, opened with the code of the first proposer or of another one."""
    number = (proposer.petition if proposer else story.petition).number
    answer = client.post("/petitions/track/", {"number": number, "code": code or story.code})
    assert answer.status_code == 302
    return answer.url


@pytest.fixture
def closed(office):
    """A closed case of two rounds, with letters, promises, photos and all its events."""
    story = Story.begin(office)
    draft = uuid4()
    services.keep_photo(file=upload(picture()), draft_key=draft)
    Photo.objects.filter(draft_key=draft).update(petition=story.petition, draft_key=None)
    for action in ("accept", "hand_over", "reply", "pass_reply"):
        story.take(action)
    story.take("rate", process="basically", result="dissatisfied", text="还有一盏不亮。")
    for action in ("promise", "pass_reply", "rate", "report_delivery", "verify_delivery"):
        story.take(action)
    assert story.petition.status == Status.CLOSED
    return story


def test_a_submission_by_program_takes_at_most_fourteen_queries(client, office, django_assert_max_num_queries):
    a_whole_submission(client, office)

    with django_assert_max_num_queries(MOST_OF_A_SUBMISSION):
        answer = a_whole_submission(client, office)

    assert answer.status_code == 201


def test_a_submission_by_form_takes_few_queries(client, office, django_assert_max_num_queries):
    typed = {"title": "村口路灯不亮", "body": "坏了半个月。", "secrecy": "station", "confirmed": "1"} | REPORTER
    address = f"{reverse('petitions:new')}?station={office.station.code}"

    for _time in range(2):
        keys = {"draft_key": uuid4(), "submission_key": uuid4()}
        with django_assert_max_num_queries(MOST_OF_A_FORM if _time else 40):
            assert client.post(address, typed | keys).status_code == 302


def test_a_submission_leaves_all_its_rows_behind(client, office):
    a_whole_submission(client, office)

    petition = Petition.objects.get()
    proposer = petition.proposers.get()
    assert [model.objects.count() for model in WRITTEN] == [1] * len(WRITTEN)
    assert petition.stage_clock == petition.clock_links.get().clock
    assert (petition.stage_clock.owner_station, petition.stage_clock.term.duty) == (office.station, "screen")
    assert address_of(proposer.identity.outside_key) == REPORTER["email"]
    assert proposer.wants_mail
    assert petition.rounds.get().number == 1
    assert petition.events.get().action == "submit"
    assert ToCount.objects.get().station == office.station
    told = Message.objects.filter(topic=petition.topic)
    assert {message.recipient for message in told} == {office.officer, office.deputy, None}


def test_an_anonymous_submission_leaves_no_row_in_the_vault(client, office):
    send(client, office, secrecy="anonymous")

    assert Petition.objects.get().proposers.get().identity is None
    assert Identity.objects.count() == 0


def test_a_submission_whose_notices_cannot_be_queued_leaves_nothing(client, office, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no room in the outbox")

    monkeypatch.setattr("petitions.services.step.notices.queue", fail)
    with pytest.raises(RuntimeError):
        a_whole_submission(client, office)

    assert not any(model.objects.exists() for model in (*WRITTEN, Message))


@pytest.mark.parametrize("field", ["category", "deputy"])
def test_a_topic_or_deputy_that_does_not_exist_is_refused_at_its_field(client, office, field):
    answer = send(client, office, secrecy="anonymous", **{field: "没有的"})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_deputies_of_the_station_are_offered_on_the_form(client, office):
    page = said(client.get(f"{reverse('petitions:new')}?station={office.station.code}"))

    assert f'<option value="{office.deputy_person.pk}">郑代表' in page


def test_a_closed_case_with_everything_takes_at_most_five_queries(client, closed, django_assert_max_num_queries):
    address = opened(client, closed)

    with django_assert_max_num_queries(MOST_OF_A_TRACKING_PAGE):
        page = said(client.get(address))

    assert "第 1 次办理" in page
    assert "第 2 次办理" in page
    assert "更换路灯" in page
    assert "还有一盏不亮。" in page
    assert page.count("答复函（PDF）") == Paper.objects.filter(kind=Paper.Kind.REPLY).count() == 2
    assert page.count('loading="lazy"') == 1


def test_an_open_case_with_its_clocks_takes_at_most_five_queries(client, brought_to, django_assert_max_num_queries):
    story = brought_to(Status.HANDLING)
    address = opened(client, story)

    with django_assert_max_num_queries(MOST_OF_A_TRACKING_PAGE):
        page = said(client.get(address))

    assert "到期日是怎么算的" in page
    assert page.count('class="clock clock-') == 1


def test_a_merged_case_takes_at_most_five_queries(client, office, brought_to, django_assert_max_num_queries):
    leading = brought_to(Status.RATING, title="路灯不亮")
    story = Story.begin(office)
    story.take("accept")
    services.merge(petition=story.petition, into=leading.petition, actor=office.officer)
    address = opened(client, story)

    with django_assert_max_num_queries(MOST_OF_A_TRACKING_PAGE):
        page = said(client.get(address))

    assert f"合并后的编号是 {leading.petition.number}" in page
    assert "合并以前的经过" in page
    assert page.count("答复函（PDF）") == 1


def test_each_resident_reads_their_own_case(client, client_of_another, closed, brought_to):
    other = brought_to(Status.SUBMITTED, title="村西的水渠堵了")

    ours, theirs = (
        said(client.get(opened(client, closed))),
        said(client_of_another.get(opened(client_of_another, other))),
    )

    assert ("村口路灯不亮" in ours, "村西的水渠堵了" in ours) == (True, False)
    assert ("村口路灯不亮" in theirs, "村西的水渠堵了" in theirs) == (False, True)


def test_only_letters_of_the_case_can_be_fetched(client, closed, office):
    other = Story.brought_to(Status.RATING, office)
    address = opened(client, closed)
    own = Paper.objects.get(kind=Paper.Kind.REPLY, case_number=closed.petition.number, sequence=1)
    foreign = Paper.objects.get(kind=Paper.Kind.REPLY, case_number=other.petition.number)

    assert client.get(f"{address}letters/{foreign.pk}/").status_code == 404
    assert own.pk != foreign.pk
