"""Whoever holds a paper finds out whether it is genuine, and reads no word of it."""

import re

import pytest

from papers import verifying
from papers.models import Paper
from tests.papers.samples import CASE, a_paper
from tests.petitions.test_public_submitting import said

pytestmark = pytest.mark.django_db
VERIFY = "/papers/verify/"


def asked(client, code):
    return client.get(f"{VERIFY}{code}/")


def test_a_genuine_paper_is_told_with_what_stands_at_its_head(client, django_assert_max_num_queries):
    paper = a_paper(Paper.Kind.HAND_OVER)
    with django_assert_max_num_queries(6):
        page = said(asked(client, paper.spoken_code))

    for words in (
        "查到了这份公文", "交办单", paper.number, "南大郭镇人大主席团", "2026年11月24日", "信都区水务局", paper.spoken_digest
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize("kind", [Paper.Kind.REPLY, Paper.Kind.REFUSAL, Paper.Kind.CONSULT])
def test_of_a_letter_to_a_resident_neither_words_nor_case_are_told(client, kind):
    paper = a_paper(kind)
    page = said(asked(client, paper.spoken_code))

    assert paper.number in page
    for words in (CASE, paper.title, "路灯", "立案", "已解决"):
        assert words not in page, words


def test_the_code_may_be_typed_as_people_type(client):
    paper = a_paper(Paper.Kind.MINUTES)
    for typed in (paper.check_code.lower(), f" {paper.spoken_code} ", paper.spoken_code.replace("-", "—")):
        response = client.post(VERIFY, {"code": typed})
        assert response.status_code == 302
        assert paper.number in said(client.get(response.url))


def test_wrong_code_and_too_many_tries_have_one_answer(client, monkeypatch):
    paper = a_paper(Paper.Kind.MINUTES)
    wrong = asked(client, "AAAAA-AAAAA")
    monkeypatch.setattr(verifying, "TRIES_AN_ADDRESS", (0, 60))
    locked = asked(client, paper.spoken_code)

    def bare(response):
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", said(response))
        return text.replace("AAAAA-AAAAA", "").replace(paper.spoken_code, "")

    assert wrong.status_code == locked.status_code == 404
    assert bare(wrong) == bare(locked)
    assert "没有查到这份公文" in bare(wrong)


def test_tries_are_counted_by_address_and_over_all(client, monkeypatch):
    paper = a_paper(Paper.Kind.MINUTES)
    monkeypatch.setattr(verifying, "TRIES_OVERALL", (3, 3600))
    for number in range(3):
        client.get(f"{VERIFY}WR0NG-0000{number}/", REMOTE_ADDR=f"10.0.0.{number}")

    assert client.get(f"{VERIFY}{paper.spoken_code}/", REMOTE_ADDR="10.0.0.9").status_code == 404


@pytest.mark.parametrize("typed", ["", "，。", "<script>alert(1)</script>", "A" * 200])
def test_whatever_else_is_typed_is_answered_with_the_form(client, typed):
    response = client.post(VERIFY, {"code": typed}, follow=True)

    assert response.status_code in (404, 422)
    assert "<script>alert" not in said(response)
    assert 'name="code"' in said(response)


def test_codes_are_ten_characters_that_nobody_misreads():
    codes = {a_paper(Paper.Kind.MINUTES, key=str(number)).check_code for number in range(20)}

    assert len(codes) == 20
    assert all(re.fullmatch("[0-9A-HJKMNP-TV-Z]{10}", code) for code in codes)
