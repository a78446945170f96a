"""What looks like spam: flagged with its reasons, judged by the station, answered like everything else."""

import datetime as dt
import html

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from insights.hot import hot_topics
from petitions.models import Event, Petition, RefusalReason, Sign, Status, Suspicion
from petitions.services.suspicions import REPEATS, find_repeated
from petitions.similar import similar_cases
from petitions.suspicion import signs_of
from tests.petitions.story import Story, moment

PAGE = "/desk/suspicions/"
NOW = moment("2026-11-03 10:00")
ADVERTISING = {"title": "低价办证", "body": "请看 http://a.example http://b.example www.c.example"}


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def flagged(office):
    """A case that looks like advertising."""
    return Suspicion.objects.get(petition=Story.begin(office, **ADVERTISING).petition)


def said(response):
    return html.unescape(response.content.decode())


@pytest.mark.parametrize(
    ("body", "signs"),
    [
        ("村口路灯坏了，照片在 https://a.example/1 和 https://a.example/2", []),
        (ADVERTISING["body"], [Sign.LINKS]),
        ("Best prices, buy now!", [Sign.SCRIPT]),
        ("Купите сейчас — дёшево", [Sign.SCRIPT]),
        ("ང་ཚོའི་གྲོང་གི་གློག་བཞུ་ཆག་སོང་།", []),
        ("كەنتىمىزنىڭ چىرىغى يانمايدۇ", []),
        ("ᠮᠠᠨᠤ ᠠᠢᠯ ᠤᠨ ᠵᠠᠮ ᠡᠪᠳᠡᠷᠡᠵᠡᠢ", []),
    ],
)
def test_what_makes_a_text_look_like_spam(body, signs):
    assert signs_of("", body) == signs


def test_a_flag_costs_no_query_and_what_staff_enter_bears_none(office):
    counts = []
    for facts in ({}, {}, ADVERTISING):
        with CaptureQueriesContext(connection) as asked:
            Story.begin(office, **facts)
        counts.append(len(asked))
    Story.begin(office, **ADVERTISING, actor=office.officer, channel=Petition.Channel.OFFICER)

    assert counts[1] == counts[2]
    assert Suspicion.objects.count() == 1


def test_the_same_words_again_and_again_within_a_day_are_flagged_once(office):
    told = [Story.begin(office, body="同样的话", at=NOW - dt.timedelta(hours=n)).petition for n in range(REPEATS - 1)]
    Story.begin(office, body="同样的话", at=NOW - dt.timedelta(days=2))
    assert find_repeated(at=NOW) == 0

    told.append(Story.begin(office, body="同样的话", at=NOW).petition)

    assert find_repeated(at=NOW) == REPEATS
    assert set(Suspicion.objects.values_list("petition", flat=True)) == {case.pk for case in told}
    Suspicion.objects.update(cleared_at=NOW)
    assert find_repeated(at=NOW) == 0


def test_the_station_reads_each_with_its_reasons_and_others_read_none(
    office, flagged, at_desk, django_assert_max_num_queries
):
    ordinary, desk = Story.begin(office).petition, at_desk("officer")

    with django_assert_max_num_queries(6):
        page = said(desk.get(PAGE))

    assert flagged.petition.number in page
    assert "内容里有三个以上网址" in page
    assert ordinary.number not in page
    assert "2026年11月4日前审查" in page
    assert flagged.petition.number not in said(at_desk("stranger").get(PAGE))
    assert at_desk("clerk").get(PAGE).status_code == 403


def test_one_press_says_that_several_are_ordinary(office, flagged, at_desk):
    other = Suspicion.objects.get(petition=Story.begin(office, **ADVERTISING).petition)

    response = at_desk("officer").post(PAGE, {"chosen": [flagged.pk, other.pk], "ordinary": "1"}, follow=True)

    flagged.refresh_from_db()
    assert (flagged.cleared_by, flagged.cleared_at) == (office.officer, NOW)
    assert "已处理 2 件" in said(response)
    assert not Suspicion.objects.waiting().exists()


def test_refused_as_junk_is_answered_and_may_be_objected_to(office, flagged, at_desk):
    at_desk("head").post(PAGE, {"chosen": [flagged.pk], "junk": "1"})

    petition = Petition.objects.get(pk=flagged.petition_id)
    reason = RefusalReason.objects.get(code=RefusalReason.JUNK)
    assert (petition.status, petition.refusal_reason) == (Status.REFUSED, "junk")
    assert Event.objects.get(petition=petition, action="refuse").text == reason.sentence
    Story(office, petition, "", NOW).take("object_to")
    assert Suspicion.objects.waiting().get() == flagged


def test_who_may_not_refuse_or_not_judge_changes_nothing(office, flagged, at_desk):
    refused = at_desk("officer").post(PAGE, {"chosen": [flagged.pk], "junk": "1"})
    foreign = at_desk("stranger").post(PAGE, {"chosen": [flagged.pk, "x", "٣"], "ordinary": "1"})

    assert refused.status_code == 409
    assert "这次一件也没有处理" in said(refused)
    assert foreign.status_code == 422
    assert Suspicion.objects.waiting().get() == flagged


def test_until_it_is_judged_nobody_is_led_to_it(office, flagged):
    case = flagged.petition
    told = {"region": case.region, "title": case.title, "body": case.body}
    for _ in range(5):
        Story.begin(office, title="低价办证", body=ADVERTISING["body"])
    today = dt.date(2026, 11, 4)

    assert similar_cases(Petition.objects.open(), **told) != []
    assert similar_cases(Petition.objects.open().trusted(), **told) == []
    assert hot_topics(office.head, today) == []
    cache.clear()
    Suspicion.objects.update(cleared_at=NOW)
    assert similar_cases(Petition.objects.open().trusted(), **told) != []
    assert hot_topics(office.head, today) != []
