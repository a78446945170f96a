"""What a search finds, as its pages show it."""

import re


def found(browser, query):
    """The numbers of the cases that a search finds, in order."""
    page = browser.get(f"/desk/search/?{query}")
    assert page.status_code == 200
    return re.findall(r"<span>(XD-\d+-\d+)</span>", page.content.decode())


def found_in_public(client, words):
    """The numbers of the published results that a search finds, in order."""
    return re.findall(r"/results/(XD-\d+-\d+)/", client.get("/search/", {"q": words}).content.decode())
