"""Looking for words in public: in what is published, and nowhere else."""

import pytest
import time_machine

from petitions.models import Status
from tests.petitions.searching import found_in_public


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


def test_the_public_finds_published_words_only(office, brought_to, client):
    story = brought_to(Status.CLOSED, title="张家院外路灯", body="邻居姓张。", consent_publish=True)
    brought_to(Status.CLOSED, title="未公开的路灯")
    assert found_in_public(client, "路灯") == []

    story.take("publish", public_title="村口照明修复", summary="三盏路灯已经换新。")
    assert found_in_public(client, "路灯") == [story.petition.number]
    assert found_in_public(client, "照明") == [story.petition.number]
    assert found_in_public(client, "姓张") == []
    assert found_in_public(client, "院外") == []

    story.take("unpublish")
    assert found_in_public(client, "路灯") == []


def test_a_public_search_helps_on_when_there_is_nothing_and_refuses_one_character(db, client):
    assert "没有找到" in client.get("/search/?q=路灯").content.decode()
    assert "请至少输入两个字" in client.get("/search/?q=灯").content.decode()
    assert "没有找到" not in client.get("/search/").content.decode()


def test_public_results_lead_to_the_search(brought_to, client):
    brought_to(Status.CLOSED, consent_publish=True).take("publish")

    for page in ("/", "/results/"):
        assert 'href="/search/"' in client.get(page).content.decode(), page


def test_a_public_search_takes_few_queries(office, brought_to, client, django_assert_max_num_queries):
    for _case in range(12):
        brought_to(Status.CLOSED, consent_publish=True).take("publish")

    with django_assert_max_num_queries(5):
        assert len(found_in_public(client, "路灯")) == 10
