"""What docs/security.md names exists, and its table of requirements says what its rows say."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "liaison/settings.py").read_text(encoding="utf-8")
TESTS = {
    name
    for file in ROOT.glob("tests/**/test_*.py")
    for name in re.findall(r"def (test_\w+)\(", file.read_text("utf-8"))
}
# What begins with a slash is an address of the portal, not a file.
PATH = re.compile(r"[\w.-]+/[\w./-]*|[\w.-]+\.(?:html|js|md|py|toml|txt|yml)")
STATES = {"met", "not met", "not applicable"}
BELOW = PAGE.partition("\n## ASVS")[2]
# id, level, what is asked, state, by what or why
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", BELOW, re.MULTILINE)


def names_in(text):
    return set(re.findall(r"`([^`\n]+)`", text))


def is_there(name):
    """Whether a name is a test, a setting, or a file or directory of the tree."""
    is_file = not name.startswith("/") and (ROOT / name).exists()
    return name in TESTS or is_file or (name.isupper() and re.search(rf"\b{name}\b", SETTINGS) is not None)


def test_every_test_and_file_that_the_page_names_exists():
    claimed = {name for name in names_in(PAGE) if name.startswith("test_") or PATH.fullmatch(name)}

    assert {name for name in claimed if not is_there(name)} == set()


def test_every_requirement_has_one_row_with_one_of_three_states():
    lines = re.findall(r"^\| \d.*", BELOW, re.MULTILINE)

    assert len(lines) == len(ROWS) == len({row[0] for row in ROWS})
    assert {row[3] for row in ROWS} == STATES


def test_what_is_met_names_a_test_a_setting_or_a_file_that_does_it():
    sections = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    bare = [
        number
        for number, _level, _asked, state, by in ROWS
        if state == "met"
        and not any(is_there(name) for name in names_in(by))
        and not any(f'"{section}" above' in by for section in sections)
    ]

    assert bare == []


@pytest.mark.parametrize(("levels", "of"), [("12", "Of 253 requirements"), ("1", "Of the 70 of level 1")])
def test_the_summary_counts_what_the_rows_say(levels, of):
    count = Counter(state for _number, level, _asked, state, _by in ROWS if level in levels)

    met, not_met, not_applicable = count["met"], count["not met"], count["not applicable"]
    assert f"{of} {met} are met, {not_met} are not met and {not_applicable} are not applicable." in PAGE
    assert str(count.total()) in of


def test_every_secret_of_the_environment_stands_among_the_keys():
    inventory = PAGE.partition("\n## Keys and algorithms\n")[2].partition("\n## ")[0]
    secrets = re.findall(r'"(\w*(?:KEYS?|TOKEN|SECRET)|(?:DATABASE|REDIS|EMAIL)_URL)"', SETTINGS)

    assert set(secrets) - names_in(inventory) == set()
