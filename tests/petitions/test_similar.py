"""Which cases may be about the same matter."""

import datetime as dt

from petitions.models import Category, Petition
from petitions.similar import jaccard, pairs, similar_cases
from tests.factories import StationFactory, a_region
from tests.petitions.story import Story, moment

TOLD = {"title": "村口的路灯不亮", "body": "村口三盏路灯坏了，老人晚上不敢出门。"}
NOW = moment("2026-11-20 10:00")


def found(office, **facts):
    facts = {"region": office.station.region, "at": NOW} | TOLD | facts
    return similar_cases(Petition.objects.open(), **facts)


def test_pairs_leave_out_punctuation_and_blanks():
    assert pairs("路灯，不 亮。") == {"路灯", "灯不", "不亮"}


def test_likeness_runs_from_nothing_to_the_same():
    assert jaccard(pairs("路灯不亮"), pairs("路灯不亮")) == 1
    assert jaccard(pairs("路灯不亮"), pairs("学校食堂")) == 0
    assert jaccard(set(), set()) == 0


def test_the_same_matter_in_other_words_is_found_and_another_is_not(office):
    like = Story.begin(office)
    Story.begin(office, title="学校食堂饭菜凉", body="孩子说中午的饭菜总是凉的，希望加热。")

    assert found(office) == [like.petition]


def test_a_like_headline_is_enough_where_one_tells_it_at_length(office):
    at_length = Story.begin(
        office, title="村口路灯坏了不亮", body="从八月起就是这样。" + "、".join(f"第{n}天" for n in range(99))
    )

    assert found(office) == [at_length.petition]


def test_only_the_same_county_and_the_last_90_days_are_looked_at(office):
    Story.begin(office, region=a_region("130502100"), station=StationFactory(region=a_region("130502100")))
    Story.begin(office, at=NOW - dt.timedelta(days=91))

    assert found(office) == []


def test_a_case_that_is_over_is_not_offered(office):
    Story.brought_to("withdrawn", office)

    assert found(office) == []


def test_three_at_most_the_likest_first(office):
    for n in range(4):
        Story.begin(office, body="村口三盏路灯坏了半个月。" + "还有别的事情要说" * n)

    shown = found(office)

    assert len(shown) == 3
    assert [case.likeness for case in shown] == sorted((case.likeness for case in shown), reverse=True)


def test_the_same_topic_counts_more(office):
    top = Category.objects.create(path="城乡建设", name="城乡建设", level=1)
    below = Category.objects.create(path="城乡建设/路灯", name="路灯", level=2, parent=top)
    Story.begin(office, category=below)

    with_topic, without = found(office, category=top)[0], found(office)[0]

    assert with_topic.likeness > without.likeness


def test_looking_for_like_cases_is_one_query(office, django_assert_num_queries):
    for _n in range(5):
        Story.begin(office)

    with django_assert_num_queries(1):
        found(office)
