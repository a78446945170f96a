"""Whoever has no mouse sees on every page where they are: by Tab, on a phone and on a laptop, under no bar and no link."""

import pytest

from tests.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.faults]
PAGES = [
    "/desk/",
    "/desk/receptions/",
    "/desk/suspicions/",
    "/desk/ledgers/",
    "/accounts/sessions/",
    "/accounts/tokens/",
]

# What has the focus: its words, whether a mark of 2 px or more surrounds it, and what lies over it where a finger or a
# pointer would press. A choice is pressed and marked as a whole card; within a date the browser marks the parts itself.
HERE = """() => {
  const here = document.activeElement, shown = here.closest(".choice") ?? here;
  const inside = window.last === here;
  window.last = here;
  const box = shown.getBoundingClientRect(), mark = getComputedStyle(shown);
  const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    first: !window.begun && (window.begun = here) === here,
    again: window.begun === here,
    end: here === document.body,
    words: `${here.tagName} ${(here.innerText || here.name || here.ariaLabel || "").trim()}`,
    marked: inside || mark.outlineStyle !== "none" && parseFloat(mark.outlineWidth) >= 2,
    free: shown.contains(over) || Boolean(over?.contains(shown)),
  };
}"""


def stops(page):
    """Every place that Tab comes to, from the top of the page round to its end."""
    for _press in range(300):
        page.keyboard.press("Tab")
        stop = page.evaluate(HERE)
        if stop["end"] or (stop["again"] and not stop["first"]):
            return
        yield stop
    raise AssertionError("Tab comes to no end")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "laptop"])
def test_what_has_the_focus_is_marked_and_nothing_lies_over_it(signed_in, axe, size):
    officer = signed_in("officer")
    officer.set_viewport_size(size)
    officer.emulate_media(reduced_motion="reduce")

    for page in PAGES:
        officer.goto(page)
        axe(officer)
        hidden = [stop["words"] for stop in stops(officer) if not (stop["marked"] and stop["free"])]
        assert hidden == [], page
