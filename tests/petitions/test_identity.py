"""The vault: who brought a case is known to nobody by accident."""

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction

from accounts.models import Role, ViewLog
from notices.models import Message
from notices.services import deliver
from petitions import services
from petitions.errors import ActionError
from petitions.models import Event, Petition, Status
from supervision.services import sweep as press_on
from tests.petitions.story import REPORTER, Story, moment
from vault.models import Identity
from vault.sealing import unseal
from vault.services import address_of

SECRECY = Petition.Secrecy
STATION_SIDE = {"officer", "head", "committee"}


def test_identity_stands_nowhere_in_the_database_but_sealed(brought_to):
    case = brought_to(Status.TRACKING)
    case.take("join", identity=REPORTER)
    case.take("report_delivery")
    press_on(at=moment("2026-12-20 10:00"))
    services.reveal(petition=case.petition, actor=case.office.officer, reason="电话核实地点")
    deliver(at=moment("2026-12-21 10:00"))

    found = [
        (table, column)
        for table, column in _text_columns()
        for secret in (*REPORTER.values(), case.code, case.code.replace("-", ""))
        if _holds(table, column, secret)
    ]

    assert found == []


def _text_columns():
    """Every column of every table whose value can be read as text, the sealed one too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        return cursor.fetchall()


def _holds(table, column, secret):
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT EXISTS (SELECT 1 FROM "{table}" WHERE strpos("{column}"::text, %s) > 0
                OR strpos("{column}"::text, encode(convert_to(%s, 'UTF8'), 'hex')) > 0)""",
            [secret, secret],
        )
        return cursor.fetchone()[0]


def test_a_reveal_is_logged_with_who_when_and_why(case, office):
    found = services.reveal(petition=case.petition, actor=office.officer, reason=" 电话核实地点 ")

    assert found == [REPORTER]
    entry = ViewLog.objects.get()
    assert (entry.user, entry.number, entry.reason) == (office.officer, case.petition.number, "电话核实地点")
    assert REPORTER["name"] not in entry.what


@pytest.mark.parametrize("reason", ["", "  ", "灯" * 201])
def test_without_a_reason_that_can_be_logged_nothing_is_revealed(case, office, reason):
    with pytest.raises(ActionError, match="请写明查看身份的理由"):
        services.reveal(petition=case.petition, actor=office.officer, reason=reason)

    assert not ViewLog.objects.exists()


@pytest.mark.parametrize(
    ("secrecy", "who_may"),
    [
        (SECRECY.STATION, STATION_SIDE),
        (SECRECY.NAMED, STATION_SIDE | {"deputy", "clerk", "leader"}),
        (SECRECY.ANONYMOUS, set()),
    ],
)
def test_who_may_reveal_follows_the_residents_choice(secrecy, who_may, brought_to, office):
    case = brought_to(Status.HANDLING, secrecy=secrecy, deputy=office.deputy_person)
    opened = set()

    for position in (*Role.values, "other_clerk", "other_leader", "stranger"):
        try:
            services.reveal(petition=case.petition, actor=getattr(office, position), reason="核实")
        except ActionError:
            continue
        opened.add(position)

    assert opened == who_may
    assert ViewLog.objects.count() == len(who_may)


def test_a_deputy_of_the_station_to_whom_it_is_not_addressed_sees_no_identity(brought_to, office):
    case = brought_to(Status.HANDLING, secrecy=SECRECY.NAMED)

    with pytest.raises(ActionError):
        services.reveal(petition=case.petition, actor=office.deputy, reason="核实")


def test_an_organ_that_gave_the_case_back_sees_no_identity_any_more(brought_to, office):
    case = brought_to(Status.HANDLING, secrecy=SECRECY.NAMED)
    case.take("ask_return")
    case.take("decide_return")

    with pytest.raises(ActionError):
        services.reveal(petition=case.petition, actor=office.clerk, reason="核实")


def test_those_who_joined_are_revealed_after_the_first_proposer(case, office):
    neighbour = REPORTER | {"name": "林桂芝"}
    case.take("join", identity=neighbour)

    found = services.reveal(petition=case.petition, actor=office.head, reason="回访")

    assert [identity["name"] for identity in found] == ["孟庆余", "林桂芝"]


def test_those_who_joined_are_known_to_the_station_only(brought_to, office):
    story = brought_to(Status.HANDLING, secrecy=Petition.Secrecy.NAMED)
    story.take("join", identity=REPORTER | {"name": "附议人"})

    told = services.reveal(petition=story.petition, actor=office.clerk, reason="联系反映人到现场")

    assert [identity["name"] for identity in told] == [REPORTER["name"]]


def test_a_mail_finds_its_way_by_a_key_that_says_nothing(case, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    deliver(at=moment("2026-11-02 23:00"))

    sent = [message for message in mail.outbox if message.to == [REPORTER["email"]]]
    assert len(sent) == 1
    assert REPORTER["name"] not in sent[0].subject + sent[0].body
    assert address_of(case.proposer.identity.outside_key) == REPORTER["email"]
    assert address_of("identity:999999") == ""
    assert address_of("petition:1") == ""


def test_wrong_code_unknown_case_and_locked_are_one_answer_after_the_same_work(case, django_assert_num_queries):
    number, code, proposer = case.petition.number, case.code, case.proposer

    with django_assert_num_queries(5):  # a right one takes its tries back
        assert services.find(number=number, code=code, address="10.0.0.1") == proposer
    with django_assert_num_queries(4):
        assert services.find(number=number, code="00000-00000", address="10.0.0.2") is None
    with django_assert_num_queries(4):
        assert services.find(number="XD-20260101-99999", code=code, address="10.0.0.3") is None
    for _try in range(10):
        services.find(number=number, code="00000-00000", address="10.0.0.4")
    with django_assert_num_queries(4):
        assert services.find(number=number, code=code, address="10.0.0.5") is None


def test_tries_are_counted_by_address_too(case, office):
    others = [Story.begin(office) for _ in range(10)]
    for other in others:
        services.find(number=other.petition.number, code="00000-00000", address="10.0.0.9")

    assert services.find(number=case.petition.number, code=case.code, address="10.0.0.9") is None
    assert services.find(number=case.petition.number, code=case.code, address="10.0.0.8") == case.proposer


@pytest.mark.parametrize("number", ["", "X" * 5000, "编号", "XD-1 OR 1=1"])
def test_whatever_is_typed_as_a_number_is_only_unknown(number, db):
    assert services.find(number=number, code="00000-00000", address="10.0.0.1") is None


def test_a_code_opens_no_other_case(case, office):
    other = Story.begin(office)

    assert services.find(number=other.petition.number, code=case.code, address="10.0.0.1") is None


def test_the_database_refuses_to_change_or_remove_an_event(case):
    event = case.petition.events.get()

    for change in (
        lambda: Event.objects.filter(pk=event.pk).update(text="改写"),
        lambda: Event.objects.filter(pk=event.pk).delete(),
        lambda: case.petition.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    event.refresh_from_db()
    assert event.text == ""


def test_the_sealed_identity_is_bytes_that_say_nothing(case):
    sealed = bytes(Identity.objects.get(proposer=case.proposer).sealed)

    assert REPORTER["name"].encode() not in sealed
    assert unseal(sealed) == REPORTER


def test_an_identity_that_is_erased_takes_nothing_of_the_case_along(case, office):
    case.proposer.identity.delete()

    assert case.proposer.identity is None
    assert services.reveal(petition=case.petition, actor=office.officer, reason="核实") == []
    case.take("accept")
    assert not Message.objects.filter(title__contains="已受理", recipient=None).exists()
