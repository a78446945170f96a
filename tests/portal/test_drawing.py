"""The drawings in docs/architecture.md: cases, suggestions, items and meetings, each from the table its actions obey."""

import pytest
from django.core.management import CommandError, call_command

from portal.drawing import DRAWINGS, drawn_into


def test_the_drawings_in_the_docs_are_those_of_the_tables():
    call_command("draw_lifecycle", check=True)


def an_undrawn_page(between=""):
    places = "\n".join(f"{drawing.begin}\n{between}\n{drawing.end}" for drawing in DRAWINGS)
    return f"before\n{places}\nafter\n"


def test_a_stale_drawing_fails_the_check_and_is_left_as_it_is(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(an_undrawn_page("old"), encoding="utf-8")

    with pytest.raises(CommandError, match="不一致"):
        call_command("draw_lifecycle", check=True, page=page)

    assert "old" in page.read_text(encoding="utf-8")


def test_every_action_and_status_is_drawn_and_drawing_twice_changes_nothing(tmp_path):
    drawn = drawn_into(an_undrawn_page())

    for drawing in DRAWINGS:
        for row in drawing.rows:
            assert f"| {row.label} | `{row.action}` |" in drawn
        for status in drawing.statuses:
            assert f"    {status.value} : {status.label}\n" in drawn
    assert "handling --> reviewing : " in drawn
    assert "reported --> verified : 核实销号\n" in drawn
    assert "arranged --> asked : 登记无人到会\n" in drawn
    assert drawn_into(drawn) == drawn
    assert drawn.startswith("before\n")
    assert drawn.endswith("after\n")
