"""Which cases may be about the same matter, and what residents and staff are shown of them."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Func, Value
from django.urls import reverse

from petitions.models import Category, Petition, SearchEntry, Status
from petitions.search import OPEN_IN, Counted, Wanted, any_of, grams, marked, pairs
from petitions.similar import LIKE, Weighed, Weights, groups, similar_cases
from tests.factories import StationFactory, a_region
from tests.petitions.story import Story, moment

TOLD = {"title": "村口的路灯不亮", "body": "村口三盏路灯坏了，老人晚上不敢出门。"}
OTHER = {"title": "学校食堂饭菜凉", "body": "孩子说中午的饭菜总是凉的，希望加热。"}
NOW = moment("2026-11-20 10:00")
EVEN = Weights(Counted())


def found(office, **facts):
    facts = {"region": office.station.region} | TOLD | facts
    return similar_cases(Petition.objects.open(), **facts)


def likeness(one, other, weights=EVEN):
    return Weighed(one, weights).likeness(Weighed(other, weights))


def test_pairs_leave_out_punctuation_and_blanks():
    assert pairs("路灯，不 亮。") == {"路灯", "灯不", "不亮"}
    assert grams("路灯") == {"路", "灯", "路灯"}


def test_likeness_runs_from_nothing_to_the_same():
    assert likeness("路灯不亮", "路灯不亮") == pytest.approx(1)
    assert likeness("路灯不亮", "学校食堂") == 0
    assert likeness("", "。") == 0


def test_a_pair_that_everybody_uses_weighs_less_than_a_rare_one():
    weights = Weights(Counted(1000, {"希望": 0.7, "望": 0.7, "路灯": 6.0}))

    assert likeness("希望食堂", "希望路灯", weights) < likeness("食堂路灯", "路灯希望", weights)
    assert weights.telling({"希望", "路灯", "灯杆"}) == {"路灯", "灯杆"}
    assert weights.to_look_up({"希望", "路灯", "灯杆"}) == ["灯杆", "路灯", "希望"]


def test_among_a_million_cases_only_the_rarest_pairs_are_looked_up_so_that_a_resident_need_not_wait():
    weights = Weights(Counted(1_000_000, {"希望": 0.7, "路灯": 5.0}))

    assert weights.to_look_up({"希望", "路灯", "灯杆"}) == ["灯杆", "路灯"]
    assert weights.to_look_up({"希望"}) == ["希望"]
    assert weights.to_look_up(set()) == []


def test_the_same_matter_in_other_words_is_found_and_another_is_not(office):
    like = Story.begin(office)
    Story.begin(office, **OTHER)

    assert found(office) == [like.petition]


def test_a_case_of_the_other_county_is_not_looked_at_and_an_old_open_one_is(office):
    Story.begin(office, region=a_region("130502100"), station=StationFactory(region=a_region("130502100")))
    old = Story.begin(office, at=NOW - dt.timedelta(days=300))

    assert found(office) == [old.petition]


def test_a_case_that_is_over_is_not_offered(office):
    Story.brought_to("withdrawn", office)

    assert found(office) == []


@pytest.mark.parametrize("status", Status)
def test_the_index_has_a_mark_on_the_cases_that_are_open_and_on_no_other(office, status):
    petition = Story.brought_to(status, office).petition
    marked_ones = Petition.objects.filter(search_entry__grams=Wanted(f"'{OPEN_IN}{petition.region_id[:6]}'"))

    assert (petition in marked_ones) is not petition.is_over


def test_open_cases_of_before_are_found_once_the_new_version_has_marked_them(office):
    like, _over = Story.begin(office), Story.brought_to("withdrawn", office)
    entries = SearchEntry.objects.order_by("pk").values_list("grams", flat=True)
    wanted = list(entries.all())
    SearchEntry.objects.update(
        grams=Func(F("grams"), Value(f"{OPEN_IN}{office.station.region_id[:6]}"), function="ts_delete")
    )
    assert list(entries.all()) != wanted
    assert found(office) == []

    mark = import_module("petitions.migrations.0024_open_cases_are_marked").mark_open_cases
    mark(apps, connection.schema_editor(atomic=False))

    assert list(entries.all()) == wanted
    assert found(office) == [like.petition]


def test_three_at_most_the_likest_first(office):
    for n in range(4):
        Story.begin(office, body="村口三盏路灯坏了半个月。" + "还有别的事情要说" * n)

    shown = found(office)

    assert len(shown) == 3
    assert [case.likeness for case in shown] == sorted((case.likeness for case in shown), reverse=True)


def test_the_same_topic_and_the_same_township_count_more(office):
    top = Category.objects.create(path="城乡建设", name="城乡建设", level=1)
    below = Category.objects.create(path="城乡建设/路灯", name="路灯", level=2, parent=top)
    Story.begin(office, category=below)

    with_topic, without = found(office, category=top)[0], found(office)[0]
    elsewhere = found(office, region=a_region("130503101"))[0]

    assert with_topic.likeness > without.likeness > elsewhere.likeness


def test_a_text_of_signs_without_letters_finds_nothing(office):
    Story.begin(office)

    assert found(office, title="！！", body="……") == []


@pytest.mark.parametrize("word", ["路灯'", "a\\b", "灯\x00", "'; DROP TABLE", "𠮷野", "İstanbul"])
def test_no_text_breaks_the_search(office, word):
    body = word.replace("\x00", "")
    Story.begin(office, title="路灯不亮", body=f"{body}村口路灯坏了")

    assert len(found(office, title="路灯不亮", body=f"{word}村口路灯坏了")) == 1


def test_a_case_is_found_by_one_character_or_by_a_word(case):
    def by(word):
        return Petition.objects.filter(search_entry__grams=Wanted(any_of([word]))).exists()

    assert by("灯")
    assert by("路灯")
    assert not by("食堂")


def test_the_index_answers_where_there_are_many_cases(case):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = SearchEntry.objects.filter(grams=Wanted(any_of(["路灯"]))).explain()

    assert "search_entry_grams" in plan


def test_looking_for_like_cases_is_two_queries(office, django_assert_num_queries):
    for _n in range(5):
        Story.begin(office)

    with django_assert_num_queries(2):
        found(office)


def test_what_two_texts_share_is_marked_across_punctuation():
    assert marked("路灯，不亮了。", {"灯不", "不亮"}) == [("路", False), ("灯，不亮", True), ("了。", False)]
    assert marked("", {"灯不"}) == []


def test_like_cases_of_a_list_are_proposed_as_a_group_and_others_are_not(office):
    lamps = [
        Story.begin(office).petition,
        Story.begin(office, title="路灯坏了", body="村口三盏路灯坏了，没有人修。").petition,
        Story.begin(office, title="晚上没有路灯", body="村口三盏路灯坏了半个月，孩子放学看不见。").petition,
    ]
    alone = Story.begin(office, **OTHER).petition
    elsewhere = Story.begin(office, region=a_region("130502100")).petition

    assert groups([*lamps, alone, elsewhere]) == [lamps]


def test_staff_compare_texts_side_by_side_with_shared_words_marked(office, at_desk, django_assert_max_num_queries):
    case = Story.begin(office)
    other = Story.begin(office, title="路灯<b>坏了", body="村口三盏路灯坏了半个月，没有人修。")
    browser = at_desk("officer")

    with django_assert_max_num_queries(10):
        page = browser.get(reverse("petitions:similar", args=[case.petition.number])).content.decode()

    assert "<mark>" in page
    assert "路灯&lt;b&gt;坏了" in page
    assert other.petition.number in page
    assert f"?case={case.petition.number}&amp;case={other.petition.number}" in page
    assert "并入" in page
    assert (
        reverse("petitions:similar", args=[case.petition.number])
        in browser.get(case.petition.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize("name", ["stranger", "viewer", "clerk", "deputy"])
def test_whoever_does_not_screen_a_case_is_shown_no_comparison(office, case, at_desk, name):
    Story.begin(office)

    answer = at_desk(name).get(reverse("petitions:similar", args=[case.petition.number]))

    assert answer.status_code in (403, 404)


def test_staff_are_shown_less_like_cases_than_residents_are(office):
    Story.begin(
        office, title="东头路灯坏了", body="一刮大风灯杆就晃，怕砸到放学的孩子和过路的车，请派人来扶正，多谢各位领导。"
    )

    assert found(office, least=LIKE) != []
    assert found(office) == []
