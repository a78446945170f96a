"""Submitting, joining, supplementing, withdrawing, objecting."""

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, connections

from accounts.models import Role
from notices.models import Message
from petitions import services
from petitions.errors import ActionError
from petitions.models import Event, Petition, Photo, Proposer, Status
from supervision.models import Duty
from tests.factories import a_user, load_years
from tests.petitions.story import REPORTER, Story, an_office, moment, submission


def test_a_submission_makes_case_round_event_clock_and_code(case):
    petition = case.petition

    assert re.fullmatch(r"XD-20261102-\d{5}", petition.number)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", case.code)
    assert petition.status == Status.SUBMITTED
    assert petition.rounds.get().number == 1
    assert petition.stage_clock.duty == Duty.SCREEN
    assert str(petition.stage_clock.due_on) == "2026-11-04"
    assert list(petition.events.values_list("action", "from_status", "to_status", "actor_label")) == [
        ("submit", "", "submitted", "反映人")
    ]


def test_the_station_and_the_deputy_addressed_are_told_and_the_resident_by_mail(office):
    story = Story.begin(office, deputy=office.deputy_person)

    told = Message.objects.filter(topic=story.petition.topic)
    assert set(told.exclude(recipient=None).values_list("recipient__name", flat=True)) == {"联络员", "郑代表"}
    assert told.get(recipient=None).outside_key == story.proposer.identity.outside_key
    assert "2个工作日" in told.get(recipient=None).body


def test_the_same_form_sent_twice_makes_one_case_and_shows_the_code_once(office):
    form = submission(office)

    first, code = services.submit(**form)
    second, no_code = services.submit(**form)

    assert first == second
    assert code is not None
    assert no_code is None
    assert Petition.objects.count() == Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_by_two_presses_at_once_makes_one_case():
    load_years()
    form = submission(an_office())

    def press(_finger):
        try:
            return services.submit(**form)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as fingers:
        made = list(fingers.map(press, range(4)))

    assert Petition.objects.count() == Proposer.objects.count() == Event.objects.count() == 1
    assert len({petition.pk for petition, _code in made}) == 1
    assert sum(code is not None for _petition, code in made) == 1


def test_the_query_code_is_stored_only_as_a_hash(case):
    with connection.cursor() as cursor:
        cursor.execute("SELECT code_hash FROM petitions_proposer")
        (stored,) = cursor.fetchone()

    assert re.fullmatch(r"[0-9a-f]{64}", stored)
    assert case.code.replace("-", "") not in stored


def test_an_officer_enters_for_a_resident_of_the_own_station_only(office):
    entered, _code = services.submit(**submission(office, actor=office.officer, channel="officer"))

    with pytest.raises(ActionError, match="不能为这个联络站录入"):
        services.submit(**submission(office, actor=office.stranger, channel="officer"))

    assert entered.entered_by == office.officer
    assert entered.events.get().actor == office.officer
    assert Petition.objects.count() == 1


def test_an_anonymous_submission_keeps_no_identity_even_if_one_was_typed(office):
    story = Story.begin(office, secrecy=Petition.Secrecy.ANONYMOUS)

    assert story.proposer.identity is None
    assert not story.proposer.wants_mail


def test_photos_of_the_draft_become_the_cases_own(office):
    draft = uuid4()
    photo = Photo.objects.create(draft_key=draft, file="photos/x.jpg", width=1, height=1)

    story = Story.begin(office, draft_key=draft)

    photo.refresh_from_db()
    assert (photo.petition, photo.draft_key) == (story.petition, None)


def test_a_neighbour_joins_with_a_code_of_their_own_and_is_told_everything(case):
    proposer, code = case.take("join", identity=REPORTER | {"email": "lin@example.invalid"})
    case.take("accept")

    found = services.find(number=case.petition.number, code=code, address="10.0.0.1")
    assert found == proposer
    assert not found.is_first
    assert Message.objects.filter(outside_key=proposer.identity.outside_key, title__contains="已受理").exists()


def test_the_same_joining_sent_twice_adds_one_neighbour(case):
    key = uuid4()

    case.take("join", submission_key=key)
    _proposer, code = case.take("join", submission_key=key)

    assert code is None
    assert case.petition.proposers.count() == 2


@pytest.mark.parametrize(
    ("action", "status"),
    [("withdraw", Status.SUBMITTED), ("supplement", Status.NEEDS_INFO), ("rate", Status.RATING)],
)
def test_only_the_first_proposer_acts_for_a_case(action, status, brought_to):
    case = brought_to(status)
    neighbour, _code = case.take("join")
    someone = Story.begin(case.office).proposer
    facts = {"withdraw": {"reason": "不用了"}, "supplement": {"text": "东口"}}.get(
        action, {"process": "satisfied", "result": "satisfied"}
    )

    for proposer in (neighbour, someone):
        with pytest.raises(ActionError, match="没有权限"):
            getattr(services, action)(petition=case.petition, proposer=proposer, **facts)

    case.petition.refresh_from_db()
    assert case.petition.status == status


def test_supplementing_lets_the_screening_clock_go_on_without_the_days_of_waiting(case):
    case.take("ask_info", at=moment("2026-11-03 10:00"))
    case.take("supplement", at=moment("2026-11-10 10:00"))

    clock = case.running.get()
    assert clock.duty == Duty.SCREEN
    assert str(clock.due_on) == "2026-11-11"
    assert case.petition.stage_clock == clock


def test_a_withdrawn_case_leaves_nothing_running_and_tells_whoever_worked_on_it(brought_to, office):
    case = brought_to(Status.HANDLING)

    case.take("withdraw")

    told = Message.objects.filter(topic=case.petition.topic, title__contains="已收回")
    assert not case.running.exists()
    assert case.petition.rounds.get().closed_at == case.at
    assert set(told.values_list("recipient__name", flat=True)) == {"经办", "局长"}


def test_an_objection_is_heard_once_and_screened_anew_in_the_same_round(brought_to):
    case = brought_to(Status.REFUSED)

    case.take("object_to", at=moment("2026-11-05 10:00"))

    assert case.petition.status == Status.SUBMITTED
    assert (case.petition.refusal_reason, case.petition.right_channel) == ("", "")
    assert case.petition.current_round == 1
    assert str(case.running.get(duty=Duty.SCREEN).due_on) == "2026-11-09"
    case.take("refuse")
    with pytest.raises(ActionError, match="只能提出一次异议"):
        case.take("object_to")


def test_a_withdrawn_case_that_comes_back_can_be_handed_over_to_the_same_organ(brought_to, office):
    case = brought_to(Status.HANDLING)
    case.take("add_organ")
    case.take("reply")
    case.take("withdraw")

    case.take("object_to")
    case.take("accept")
    case.take("hand_over", co_organs=[office.other_organ])

    states = case.petition.rounds.get().assignments.order_by("pk").values_list("organ__name", "state")
    assert list(states) == [
        ("信都区水务局", "recalled"),
        ("信都区住建局", "recalled"),
        ("信都区水务局", "open"),
        ("信都区住建局", "open"),
    ]


def test_who_comes_second_reads_who_came_first(case, office):
    second = a_user(Role.OFFICER, office.station, name="另一联络员")
    case.take("accept", at=moment("2026-11-02 10:05"))

    with pytest.raises(
        ActionError, match="此件现在是“已受理”，不能“受理”。 最近一步：联络员于2026年11月2日 10:05“受理”。"
    ):
        case.take("accept", by=second)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_accepts_and_the_other_is_told_who_did():
    load_years()
    case = Story.begin(an_office())
    pair = [case.office.officer, case.office.head]

    def accept(officer):
        try:
            services.accept(petition=case.petition, actor=officer, nature="ordinary")
        except ActionError as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return officer.name

    with ThreadPoolExecutor(2) as both:
        first, second = sorted(both.map(accept, pair), key=len)

    assert first in ("联络员", "主席")
    assert f"最近一步：{first}于" in second
    assert case.petition.events.filter(action="accept").count() == 1


def test_a_resident_reads_of_staff_the_office_and_no_inner_step(brought_to):
    case = brought_to(Status.HANDLING)
    case.take("ask_return")

    with pytest.raises(ActionError) as refusal:
        case.take("rate")

    assert "南大郭镇人大主席团于" in str(refusal.value)
    assert "主席于" not in str(refusal.value)
    assert "退回" not in str(refusal.value)


def test_an_outsider_reads_nothing_of_what_happened(case):
    with pytest.raises(ActionError) as refusal:
        case.take("accept", by=case.office.stranger)

    assert str(refusal.value) == "您没有权限进行“受理”。"


def test_an_error_late_in_an_action_leaves_nothing_of_it(case, office):
    case.take("accept")
    counted = _rows()

    with pytest.raises(ValueError, match="must be a"):
        case.take("hand_over", co_organs=[office.other_organ, "no organ"])

    case.petition.refresh_from_db()
    assert case.petition.status == Status.ACCEPTED
    assert _rows() == counted
    assert case.running.get().duty == Duty.HAND_OVER


def test_an_error_late_in_a_submission_leaves_nothing_of_it(office):
    counted = _rows()

    with pytest.raises(TypeError):
        services.submit(**submission(office, identity={"name": object()}))

    assert _rows() == counted


def _rows():
    """How many rows every table holds."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts
