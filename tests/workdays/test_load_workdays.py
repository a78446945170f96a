"""The command that brings the announced years in."""

import pytest
import time_machine
from django.core.management import call_command

from workdays.models import CalendarChange, Year

pytestmark = pytest.mark.django_db


@time_machine.travel("2026-11-24 10:00 +0800")
def test_the_announced_years_are_loaded_and_the_next_is_told_to_be_missing(capsys):
    call_command("load_workdays")

    said = capsys.readouterr()
    assert list(Year.objects.values_list("year", flat=True)) == [2024, 2025, 2026]
    assert "2026年的放假安排已载入。" in said.out
    assert "没有2027年的放假安排" in said.err


def test_loading_twice_changes_nothing_and_says_so(capsys):
    call_command("load_workdays", "--from", "2025", "--to", "2026")

    call_command("load_workdays", "--from", "2025", "--to", "2026")

    assert "2026年的放假安排先前已载入，保持不变。" in capsys.readouterr().out
    assert CalendarChange.objects.count() == 2
