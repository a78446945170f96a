"""What the station does with a new case."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from notices.models import Message
from petitions import services
from petitions.errors import ActionError
from petitions.models import Outcome, Petition, Status
from supervision.models import Duty, Severity
from supervision.services import sweep as press_on
from tests.factories import load_years
from tests.petitions.story import REPORTER, Story, an_office, moment


def test_asking_the_resident_stops_the_stations_clock_and_starts_the_residents(case):
    case.take("ask_info")

    asked = case.running.get(duty=Duty.SUPPLEMENT)
    assert asked.is_residents
    assert str(asked.due_on) == "2026-11-16"
    assert case.running.get(duty=Duty.SCREEN).is_paused
    assert Message.objects.filter(outside_key=case.proposer.identity.outside_key, body="请说明是哪几盏灯。").exists()


def test_accepting_ends_the_screening_and_gives_three_working_days_to_hand_over(case):
    case.take("accept", severity=Severity.IMPORTANT, nature="complex")

    clock = case.running.get()
    assert (clock.duty, str(clock.due_on)) == (Duty.HAND_OVER, "2026-11-05")
    assert clock.severity == Severity.IMPORTANT
    assert (case.petition.nature, case.petition.accepted_at) == ("complex", case.at)


def test_taking_a_case_never_touches_a_due_date(case):
    screening = case.running.get()

    case.take("accept")

    stopped = case.clocks.get(pk=screening.pk)
    assert (stopped.due_on, stopped.original_due_on) == (screening.due_on, screening.original_due_on)


def test_a_refusal_gives_reason_sentence_and_right_channel(case):
    case.take("refuse")

    petition = case.petition
    assert petition.refusal_reason == "outside_area"
    assert petition.right_channel == "襄都区联络站"
    assert petition.events.get(action="refuse").public
    assert petition.rounds.get().closed_at == case.at
    assert not case.running.exists()


def test_a_signposted_case_says_where_to_go(case):
    case.take("signpost")

    assert case.petition.right_channel == "信都区人民法院"
    assert not case.running.exists()


def test_a_merged_cases_code_leads_on(case, office):
    main = Story.begin(office)

    case.take("merge", into=main.petition)

    found = services.find(number=case.petition.number, code=case.code, address="10.0.0.1")
    assert found.petition.status == Status.MERGED
    assert found.petition.merged_into == main.petition


def test_residents_of_a_merged_case_are_told_what_becomes_of_the_main_one(case, office):
    main = Story.begin(office, identity=None)
    case.take("merge", into=main.petition)

    main.take("accept")

    told = Message.objects.get(outside_key=case.proposer.identity.outside_key, title__contains="已受理")
    assert told.title.startswith(case.petition.number)
    assert told.link == case.petition.tracking_url


def test_who_was_merged_before_goes_on_with_the_case_so_that_no_chain_grows(case, office):
    first, main = Story.begin(office), Story.begin(office)
    first.take("merge", into=case.petition)

    case.take("merge", into=main.petition)

    first.petition.refresh_from_db()
    assert first.petition.merged_into == main.petition


def test_a_case_is_not_merged_into_itself_an_ended_one_or_one_out_of_sight(case, office, brought_to):
    unseen = Story.begin(office)
    Petition.objects.filter(pk=unseen.petition.pk).update(station=office.stranger.grants.get().station)

    for into, sentence in (
        (case.petition, "请选择另一件"),
        (unseen.petition, "请选择另一件"),
        (brought_to(Status.REFUSED).petition, "已经终止"),
    ):
        with pytest.raises(ActionError, match=sentence):
            case.take("merge", into=into)

    assert case.petition.status == Status.SUBMITTED


def test_a_deputy_answers_on_the_spot_and_the_resident_rates_it(case, office):
    case.take("answer_on_spot", by=office.deputy)

    petition = case.petition
    assert (petition.status, petition.outcome) == (Status.RATING, Outcome.RESOLVED)
    assert petition.accepted_at == case.at
    assert (petition.rounds.get().reply, petition.rounds.get().told_at) == ("当天已修好。", case.at)
    assert petition.events.get(action="answer_on_spot").actor_label == "人大代表郑代表"
    assert case.running.get().duty == Duty.RATE


def test_on_the_spot_nothing_is_promised(case):
    with pytest.raises(ActionError, match="不能作出承诺"):
        case.take("answer_on_spot", outcome="planned")


def test_dissatisfied_with_an_answer_on_the_spot_the_case_waits_for_hand_over(case):
    case.take("answer_on_spot")

    case.take("rate", result="dissatisfied")

    assert case.petition.status == Status.ACCEPTED
    assert case.petition.current_round == 2
    assert case.running.get().duty == Duty.HAND_OVER


def test_no_notice_to_staff_holds_the_residents_name_or_words(case, office):
    case.take("ask_info")
    case.take("supplement", text=f"我叫{REPORTER['name']}，电话{REPORTER['phone']}")
    case.take("accept")
    case.take("hand_over")

    for message in Message.objects.exclude(recipient=None):
        assert REPORTER["name"] not in message.title + message.body
        assert REPORTER["phone"] not in message.title + message.body
        assert case.petition.body not in message.body


def test_a_screening_that_runs_out_presses_the_station_which_acknowledges_the_paper(case, office):
    overdue = moment("2026-11-06 09:00")
    press_on(at=overdue)

    reminder = case.target("acknowledge")
    assert reminder.paper is not None
    with pytest.raises(ActionError, match="没有权限"):
        case.take("acknowledge", by=office.leader)
    case.take("acknowledge", by=office.head, at=overdue)
    reminder.refresh_from_db()
    assert reminder.acknowledged_by == office.head


@pytest.mark.django_db(transaction=True)
def test_two_cases_merged_into_each_other_at_once_do_not_both_vanish():
    load_years()
    office = an_office()
    pair = [Story.begin(office), Story.begin(office)]

    def merge(one):
        mine, other = pair[one].petition, pair[1 - one].petition
        try:
            services.merge(petition=mine, actor=(office.officer, office.head)[one], into=other)
        except ActionError as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(merge, (0, 1)))

    assert answers[0] == ""
    assert "已经终止" in answers[1]
    assert Petition.objects.filter(status=Status.MERGED).count() == 1
