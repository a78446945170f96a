"""What people do on a page, in the words that stand on it."""

import re


def act(page, label, part=None, *, fill=None, choose=(), pick=None, check=(), button=None):
    """Take one of the actions that the case's page offers, as a person would: unfold, fill in, send."""
    offers = page.locator("details.action", has=page.locator("summary", has_text=re.compile(rf"^\s*{label}")))
    offer = offers.filter(has_text=part).first if part else offers.first
    if offer.get_attribute("open") is None:
        offer.locator("summary").first.click()
    for name, value in (fill or {}).items():
        offer.get_by_label(name).fill(value)
    for group, option in choose:
        offer.get_by_role("group", name=group).get_by_label(option, exact=True).check()
    for name, option in (pick or {}).items():
        offer.get_by_label(name).select_option(label=option)
    for name in check:
        offer.get_by_label(name, exact=True).check()
    with page.expect_navigation():
        offer.get_by_role("button", name=button or label).click()


def assert_shown(page, words):
    assert page.get_by_text(words).count() > 0, page.locator("main").inner_text()
