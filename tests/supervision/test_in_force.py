"""Rules are kept in memory, and yet whatever anybody changes is in force with the next action."""

import datetime as dt

import pytest
from django.db import transaction

from notices.models import Wording
from supervision.errors import SupervisionError
from supervision.in_force import load_rules
from supervision.models import Duty, Ladder, Rung, Term
from workdays import services as workdays

pytestmark = pytest.mark.django_db


def screening():
    return load_rules().term(Duty.SCREEN).length


def test_rules_that_stay_the_same_are_asked_for_with_one_query(django_assert_num_queries):
    kept = load_rules()

    with django_assert_num_queries(1):
        assert load_rules() is kept


def test_a_term_that_is_changed_counts_at_once():
    before = screening()

    Term.objects.filter(duty=Duty.SCREEN).update(length=before + 3)

    assert screening() == before + 3


def test_a_change_that_is_taken_back_never_was():
    before = screening()
    for added in (1, 2):
        with transaction.atomic():
            Term.objects.filter(duty=Duty.SCREEN).update(length=before + added)
            assert screening() == before + added
            transaction.set_rollback(True)
        assert screening() == before


def test_a_term_of_the_variant_goes_before_that_of_the_duty_and_none_at_all_is_refused():
    Term.objects.create(duty=Duty.SCREEN, variant="complex", length=9, source="试行")
    assert (load_rules().term(Duty.SCREEN, "complex").length, screening()) != (9, 9)
    assert load_rules().term(Duty.SCREEN, "complex").length == 9

    Term.objects.filter(duty=Duty.SCREEN).delete()
    with pytest.raises(SupervisionError):
        screening()


def change_a_rung():
    Rung.objects.filter(pk=Rung.objects.first().pk).update(name="另一个名称")


def change_a_ladder():
    Ladder.objects.create(name="道路", category="道路")


def change_a_message():
    Wording.objects.create(name="received", title="{编号} 收到了", body="")


def change_the_calendar():
    workdays.set_day(date=dt.date(2026, 12, 8), is_workday=False, name="停电", source="通知", by_name="测试")


@pytest.mark.parametrize("change", [change_a_rung, change_a_ladder, change_a_message, change_the_calendar])
def test_each_kind_of_rule_is_read_anew_when_it_changes(change):
    kept = load_rules()

    change()

    assert load_rules() is not kept
    assert load_rules() is load_rules()
