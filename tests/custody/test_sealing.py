"""What was written stands as it was written; whoever changes it behind the portal's back is found out, row by row."""

import threading
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import ViewLog
from custody import rows, sealing
from custody.models import Seal
from custody.verifying import verify
from tests.factories import a_user

from .office import without_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def views(monkeypatch):
    """Five views of cases, sealed two by two on one day of November."""
    monkeypatch.setattr(sealing, "SPAN", 2)
    user = a_user("officer")
    views = ViewLog.objects.bulk_create(
        ViewLog(user=user, what="身份信息", number=f"XD-{number}", reason="回访") for number in range(5)
    )
    with time_machine.travel("2026-11-30T10:00:00+08:00", tick=False):
        sealing.seal()
    return views


def broken():
    found = verify().broken
    return found and (found.what, found.table, found.row)


def change(view, **facts):
    with without_triggers():
        ViewLog.objects.filter(pk=view.pk).update(**facts)


def test_a_chain_that_nobody_touched_holds_and_says_how_many_rows_of_which_day(views):
    found = verify()

    assert found.broken is None
    assert [(str(day), rows >= 5) for day, (_, rows, _) in found.days.items()] == [("2026-11-30", True)]
    assert Seal.objects.filter(table="accounts_viewlog").count() == 3


def test_every_table_that_may_only_be_added_to_is_sealed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%append_only'")
        guarded = {name for (name,) in cursor.fetchall()}

    assert guarded == {*rows.TABLES, "custody_seal"}


@pytest.mark.parametrize("table", [*rows.TABLES, "custody_seal"])
def test_the_database_refuses_to_change_or_remove_what_was_written(table, views):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE '%%append_only' "
            # On updates (16) and removals (8), before each row (1 and 2), in force.
            "AND tgtype = 27 AND tgenabled = 'O'",
            [table],
        )
        assert cursor.fetchone() == (1,)


def test_a_view_cannot_be_taken_out_of_the_log(views):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        views[0].delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ViewLog.objects.update(reason="另有原因")


def test_a_changed_row_is_named(views):
    change(views[3], reason="另有原因")

    assert broken() == ("was changed", "accounts_viewlog", views[3].pk)


def test_a_removed_row_is_named_be_it_the_last_one(views):
    with without_triggers():
        ViewLog.objects.filter(pk=views[4].pk).delete()

    assert broken() == ("is gone", "accounts_viewlog", views[4].pk)


def test_a_row_put_into_a_gap_is_named(views):
    with without_triggers():
        gone = ViewLog.objects.get(pk=views[0].pk)
        gone.pk = views[0].pk - 1_000_000
        gone.save(force_insert=True)

    assert broken() == ("was not there", "accounts_viewlog", gone.pk)


def test_rows_that_changed_places_are_named_by_the_first(views):
    first, second = views[1], views[2]
    change(first, number=second.number)
    change(second, number=first.number)

    assert broken() == ("was changed", "accounts_viewlog", first.pk)


def test_of_many_broken_rows_the_first_is_named(views):
    for view in (views[4], views[1], views[2]):
        change(view, reason="另有原因")

    assert broken() == ("was changed", "accounts_viewlog", views[1].pk)


def test_a_seal_that_was_fitted_to_a_changed_row_breaks_the_chain(views):
    change(views[0], reason="另有原因")
    seal = Seal.objects.filter(table="accounts_viewlog").first()
    seal.marks = rows.read_marks(seal.table, seal.columns, seal.after, seal.upto, 2)
    with without_triggers():
        seal.save()
    assert broken() == ("a seal was changed", "accounts_viewlog", None)

    seal.digest = seal.reckon_digest()
    with without_triggers():
        seal.save()
    assert broken()[0] == "a seal is missing before this one"


def test_a_seal_that_was_taken_out_is_missed(views):
    with without_triggers():
        Seal.objects.filter(table="accounts_viewlog").first().delete()

    assert broken()[0] == "a seal is missing before this one"


def test_a_chain_made_anew_holds_but_no_longer_has_the_seal_that_was_published(views):
    published = sealing.last_digest()
    call_command("verify_chain", published=[published], stdout=StringIO())
    with without_triggers():
        Seal.objects.all().delete()
    change(views[0], reason="另有原因")
    sealing.seal()

    assert verify().broken is None
    with pytest.raises(CommandError, match=published):
        call_command("verify_chain", published=[published], stdout=StringIO())


def test_the_command_names_table_row_and_day(views):
    said = StringIO()
    call_command("verify_chain", stdout=said)
    assert "2026-11-30" in said.getvalue()
    assert sealing.last_digest() in said.getvalue()

    change(views[2], reason="另有原因")
    with pytest.raises(CommandError, match=rf"accounts_viewlog（2026-11-30 封存）第 {views[2].pk} 行被修改"):
        call_command("verify_chain", stdout=said)


def test_sealing_again_seals_only_what_is_new(views):
    assert sealing.seal() == 0
    ViewLog.objects.create(user=views[0].user, what="身份信息", number="XD-9", reason="回访")

    assert sealing.seal() == 1
    assert verify().broken is None


def test_a_column_that_is_added_later_breaks_no_seal(views):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_viewlog ADD COLUMN later integer DEFAULT 7")

    assert verify().broken is None


def test_a_rows_text_is_the_same_whatever_the_zone_of_the_session(views):
    def marks():
        return rows.read_marks("accounts_viewlog", rows.columns_of("accounts_viewlog"), None, views[-1].pk, 9)

    before = marks()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Asia/Shanghai'")

    assert marks() == before


@pytest.mark.django_db(transaction=True)
def test_a_row_whose_writer_is_not_done_is_left_for_the_next_seal_and_its_table_held_up_for_a_moment_only():
    user = a_user("officer")
    drawn, go_on = threading.Event(), threading.Event()

    def write_slowly():
        with transaction.atomic():
            ViewLog.objects.create(user=user, what="身份信息", number="XD-1", reason="回访")
            drawn.set()
            go_on.wait(10)
        connection.close()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    drawn.wait(10)
    ViewLog.objects.create(user=user, what="身份信息", number="XD-2", reason="回访")

    sealing.seal()
    assert not Seal.objects.filter(table="accounts_viewlog").exists()

    go_on.set()
    writer.join()
    sealing.seal()
    assert len(rows.split(Seal.objects.get(table="accounts_viewlog").marks)) == 2
    assert verify().broken is None
