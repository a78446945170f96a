"""What is personal is removed when its time is over, on record, and not a day before."""

import datetime as dt
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import DatabaseError, transaction

from deputies.models import Appointment
from notices.services import deliver
from petitions.models import Photo, Status
from portal.retention import KINDS
from portal.tasks import retain as nightly
from tests.factories import a_note, a_reception, a_user
from tests.petitions.story import REPORTER, Story, an_office, moment
from vault import retention
from vault.errors import VaultError
from vault.models import Identity, Removal, RetentionRule
from vault.services import keep

pytestmark = pytest.mark.django_db
THREE_YEARS_LATER = moment("2029-11-03 12:00")


@pytest.fixture
def office():
    return an_office()


@pytest.fixture
def closed(office):
    """A case of 2 November 2026 that was rated the same day, and one that is still handled."""
    return Story.brought_to(Status.CLOSED, office), Story.brought_to(Status.HANDLING, office)


def a_photo(story, **facts):
    photo = Photo(petition=story.petition, width=1, height=1, **facts)
    photo.file.save("photo.jpg", ContentFile(b"picture"))
    return photo


def said(**options):
    out = StringIO()
    call_command("retain", stdout=out, **options)
    return out.getvalue()


def test_a_dry_run_shows_what_would_go_and_changes_nothing(closed):
    with time_machine.travel(THREE_YEARS_LATER, tick=False):
        told = said(dry_run=True)

    assert "意见反映人身份：1 条（自意见办结" in told
    assert "即 2026-11-03 以前" in told
    assert Identity.objects.count() == 2
    assert not Removal.objects.exists()


def test_an_identity_is_removed_three_years_after_the_end_and_of_open_cases_never(closed):
    ended, under_way = closed

    retention.retain(KINDS, at=moment("2029-11-02 12:00"))
    assert Identity.objects.count() == 2
    retention.retain(KINDS, at=THREE_YEARS_LATER)

    assert [row.proposer.petition for row in Identity.objects.all()] == [under_way.petition]
    ended.proposer.refresh_from_db()
    assert (ended.proposer.identity, ended.proposer.wants_mail) == (None, False)
    assert ended.petition.body != ""


def test_the_ledger_says_how_many_of_what_and_by_which_rule_and_never_whose(closed):
    retention.retain(KINDS, at=THREE_YEARS_LATER)

    entry = Removal.objects.get()
    assert (entry.kind, entry.number, entry.at, entry.before) == (
        "case_identity",
        1,
        THREE_YEARS_LATER,
        dt.date(2026, 11, 3),
    )
    assert entry.rule.months == 36
    stored = " ".join(str(value) for value in Removal.objects.values().get().values())
    assert not any(secret in stored for secret in (*REPORTER.values(), closed[0].petition.number))
    for change in (lambda: Removal.objects.update(number=0), lambda: Removal.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_run_that_was_stopped_goes_on_where_it_stood(office, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _case in range(5):
        Story.brought_to(Status.REFUSED, office)
    taken = []

    def remove_two_and_die(rows):
        if taken:
            raise KeyboardInterrupt
        taken.append(rows)
        KINDS[0].remove(rows)

    dying = retention.Kind(KINDS[0].code, "", "", KINDS[0].due, remove_two_and_die)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        retention.retain([dying], at=THREE_YEARS_LATER)
    retention.retain(KINDS, at=THREE_YEARS_LATER)

    assert not Identity.objects.exists()
    assert sum(Removal.objects.values_list("number", flat=True)) == 5


def test_the_residents_photos_go_from_the_disk_and_the_organs_stay(closed):
    own, organs = a_photo(closed[0]), a_photo(closed[0], added_by_label="信都区水务局")

    retention.retain(KINDS, at=THREE_YEARS_LATER)

    assert list(Photo.objects.all()) == [organs]
    assert not Path(own.file.path).exists()
    assert Path(organs.file.path).exists()


def test_a_visitors_row_follows_the_case_it_became_and_else_the_day(office):
    reception = a_reception(office.station, days=0, deputies=[office.deputy_person])
    heard, told = (a_note(reception, office.officer, identity=keep(REPORTER)) for _note in range(2))
    Story.begin(office, note=told, identity=None)

    retention.retain(KINDS, at=moment("2036-01-01 12:00"))

    heard.refresh_from_db()
    told.refresh_from_db()
    assert heard.identity is None
    assert told.identity is not None


def test_who_booked_is_forgotten_three_months_after_the_day(office):
    reception = a_reception(office.station, days=0, deputies=[office.deputy_person])
    visit = Appointment.objects.create(
        reception=reception,
        slot=reception.starts,
        number="YY-1",
        identity=keep(REPORTER),
        submission_key=uuid4(),
        booked_at=moment("2026-11-02 10:00"),
    )
    day = dt.datetime.combine(reception.date, dt.time(12), dt.UTC)

    retention.retain(KINDS, at=day + dt.timedelta(days=85))
    assert Identity.objects.exists()
    retention.retain(KINDS, at=day + dt.timedelta(days=95))

    visit.refresh_from_db()
    assert visit.identity is None


def test_a_rule_comes_into_force_on_its_day_and_the_old_one_counts_until_then(closed):
    officer = a_user("privacy")
    with time_machine.travel("2027-06-01 04:00Z", tick=False):
        retention.set_rule(
            kind="case_identity", months=6, effective_on=dt.date(2027, 6, 10), basis="本县规定", actor=officer
        )
        with pytest.raises(VaultError, match="不能早于今天"):
            retention.set_rule(
                kind="case_identity", months=1, effective_on=dt.date(2027, 5, 31), basis="", actor=officer
            )

    retention.retain(KINDS, at=moment("2027-06-09 12:00"))
    assert Identity.objects.count() == 2
    retention.retain(KINDS, at=moment("2027-06-10 12:00"))

    assert Identity.objects.count() == 1
    assert Removal.objects.get().rule.made_by == officer


def test_what_is_to_be_kept_for_good_is_kept(closed):
    RetentionRule.objects.update(months=None)

    assert retention.retain(KINDS, at=THREE_YEARS_LATER) == {}


def test_a_removed_identity_is_written_to_no_more(closed):
    retention.retain(KINDS, at=THREE_YEARS_LATER)

    deliver(at=THREE_YEARS_LATER)

    assert Identity.objects.count() == 1


def test_every_kind_has_a_usual_term_and_the_nightly_run_asks_for_all_of_them(django_assert_max_num_queries):
    assert set(RetentionRule.objects.values_list("kind", flat=True)) == {kind.code for kind in KINDS}
    with django_assert_max_num_queries(5 * len(KINDS) + 1):
        nightly()
