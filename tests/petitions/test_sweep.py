"""What follows when a term has run out or a mandate has ended."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal
from time import sleep

import pytest
from django.db import connections, transaction

from notices.models import Message
from petitions import services
from petitions.models import Event, Petition, Photo, Rating, Round, Status
from supervision.models import Duty
from tests.factories import load_years
from tests.petitions.story import Story, an_office, moment


def test_what_is_not_supplemented_in_ten_working_days_is_refused_with_a_way_back(case):
    case.take("ask_info", at=moment("2026-11-02 11:00"))

    assert services.sweep(at=moment("2026-11-16 23:59")) == 0
    assert services.sweep(at=moment("2026-11-17 00:01")) == 1

    case.petition.refresh_from_db()
    assert (case.petition.status, case.petition.refusal_reason) == (Status.REFUSED, "no_answer")
    assert case.petition.events.get(action="refuse").actor_label == "系统"
    assert not case.running.exists()
    case.take("object_to", at=moment("2026-11-18 10:00"))
    assert case.petition.status == Status.SUBMITTED


def test_unrated_a_case_is_closed_after_its_term_and_never_counts_as_satisfied(brought_to):
    case = brought_to(Status.RATING)
    due = case.running.get(duty=Duty.RATE).due_on

    services.sweep(at=moment(f"{due} 23:59"))
    case.petition.refresh_from_db()
    assert case.petition.status == Status.RATING
    services.sweep(at=moment("2026-11-20 00:05"))

    case.petition.refresh_from_db()
    assert (case.petition.status, case.petition.closed_how) == (Status.CLOSED, Petition.ClosedHow.UNRATED)
    assert not Rating.objects.exists()
    assert case.petition.events.get(action="rate").text == "逾期未评价，不计为满意。"


def test_unrated_with_a_promise_open_a_case_is_tracked_on(brought_to):
    case = brought_to(Status.REVIEWING)
    case.take("send_back")
    case.take("promise")
    case.take("pass_reply")

    services.sweep(at=moment("2026-11-20 00:05"))

    case.petition.refresh_from_db()
    assert case.petition.status == Status.TRACKING


def test_days_off_are_caught_up_once(case, office):
    others = [Story.begin(office) for _ in range(3)]
    for story in (case, *others):
        story.take("ask_info")

    first = services.sweep(at=moment("2026-12-24 09:00"))
    second = services.sweep(at=moment("2026-12-24 09:01"))

    assert (first, second) == (4, 0)


def test_cases_of_a_deputy_whose_mandate_has_ended_are_handed_on(office, brought_to):
    open_one = brought_to(Status.HANDLING, deputy=office.deputy_person)
    closed_one = brought_to(Status.CLOSED, deputy=office.deputy_person)
    assert services.sweep(at=moment("2026-11-03 09:00")) == 0
    due = list(open_one.running.values_list("pk", "due_on"))

    office.deputy_person.mandates.update(status="ended")
    services.sweep(at=moment("2026-11-03 10:00"))

    open_one.petition.refresh_from_db()
    closed_one.petition.refresh_from_db()
    assert open_one.petition.deputy is None
    assert open_one.petition.status == Status.HANDLING
    assert list(open_one.running.values_list("pk", "due_on")) == due
    assert closed_one.petition.deputy == office.deputy_person
    assert Message.objects.filter(recipient=office.head, title__contains="由您接续").count() == 1
    assert services.sweep(at=moment("2026-11-03 10:01")) == 0


def test_a_case_that_cannot_be_moved_holds_up_no_other(case, office, caplog):
    stuck, other = case, Story.begin(office)
    for story in (stuck, other):
        story.take("ask_info")
    Round.objects.filter(petition=stuck.petition).delete()

    done = services.sweep(at=moment("2026-12-01 09:00"))

    stuck.petition.refresh_from_db()
    other.petition.refresh_from_db()
    assert done == 1
    assert (stuck.petition.status, other.petition.status) == (Status.NEEDS_INFO, Status.REFUSED)
    assert stuck.petition.number in caplog.text


@pytest.mark.parametrize(("hours", "left"), [(23, 1), (25, 0)])
def test_photos_of_a_form_that_was_never_sent_are_kept_for_a_day(hours, left, db, time_machine):
    time_machine.move_to(moment("2026-11-02 10:00"), tick=False)
    Photo.objects.create(draft_key="5f0d7d1e-3d0c-4f0e-9a54-0d5f7d3f9c11", file="photos/none.jpg", width=1, height=1)

    time_machine.shift(hours * 3600)
    services.sweep()

    assert Photo.objects.count() == left


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_everything_once():
    load_years()
    office = an_office()
    stories = [Story.begin(office) for _ in range(8)]
    for story in stories:
        story.take("ask_info")

    def sweep(_worker):
        try:
            return services.sweep(at=moment("2026-12-01 09:00"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as workers:
        done = list(workers.map(sweep, range(2)))

    assert sum(done) == 8
    assert Event.objects.filter(action="refuse").count() == 8


@pytest.mark.django_db(transaction=True)
def test_a_case_supplemented_while_the_sweep_looks_at_it_is_not_refused():
    load_years()
    case = Story.begin(an_office())
    case.take("ask_info")
    held = Signal()

    def supplement():
        try:
            with transaction.atomic():
                case.take("supplement", at=moment("2026-12-01 09:00"))
                held.set()
                sleep(1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as worker:
        resident = worker.submit(supplement)
        held.wait(10)
        done = services.sweep(at=moment("2026-12-01 09:00"))
        resident.result()

    case.petition.refresh_from_db()
    assert done == 0
    assert case.petition.status == Status.SUBMITTED
