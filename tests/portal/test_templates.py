"""What every page promises, read from the templates themselves."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', Path(settings.BASE_DIR, "static/img/icons.svg").read_text()))


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: str(page.relative_to(settings.BASE_DIR)))
def test_no_page_carries_style_or_script_of_its_own(page):
    text = page.read_text()

    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=\"", text)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text)
    assert not re.search(r'<script(?! nonce="{{ request.csp_nonce }}")', text)


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: str(page.relative_to(settings.BASE_DIR)))
def test_every_icon_that_a_page_names_is_drawn(page):
    named = re.findall(r'_icon\.html" with name="([\w-]+)"', page.read_text())

    assert set(named) <= ICONS


def test_nothing_on_a_page_comes_from_another_site():
    for page in TEMPLATES:
        loaded = re.findall(r'(?:src|<link[^>]*href)="(https?:)?//', page.read_text())

        assert loaded == [], page
