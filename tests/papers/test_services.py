"""Numbers without gaps."""

import threading

import pytest
from django.db import connection, transaction

from papers import services
from papers.models import Paper
from tests.factories import a_region
from tests.supervision.conftest import moment

AT = moment("2026-11-24 10:00")


def issue(key, office=None, at=AT):
    draft = services.Draft(
        kind=Paper.Kind.SUPERVISION,
        office=office or a_region(),
        addressee="信都区水务局",
        title=f"关于{key}的督办单",
        body="要求：请立即办理。",
        key=key,
    )
    return services.issue_all([draft], at=at)[key]


@pytest.mark.django_db
def test_numbers_follow_one_another_in_each_office():
    others = a_region("130503101")

    numbers = [issue("a").number, issue("b").number, issue("c", others).number]

    assert numbers == ["南大郭镇人督〔2026〕1号", "南大郭镇人督〔2026〕2号", "李村镇人督〔2026〕1号"]


@pytest.mark.django_db
def test_a_new_year_in_beijing_begins_with_number_one():
    issue("a", at=moment("2026-12-31 23:59"))

    assert issue("b", at=moment("2027-01-01 00:00")).number == "南大郭镇人督〔2027〕1号"


@pytest.mark.django_db
def test_the_same_matter_has_one_paper():
    first, again, next_one = issue("a"), issue("a"), issue("b")

    assert first == again
    assert next_one.sequence == 2


@pytest.mark.django_db
def test_two_townships_of_the_same_name_number_for_themselves():
    namesake = a_region("130502100")
    namesake.name = "南大郭镇"
    namesake.save()

    assert issue("a").number == issue("b", namesake).number


@pytest.mark.django_db
def test_many_papers_at_once_cost_the_same_number_of_queries(django_assert_max_num_queries):
    office = a_region()
    drafts = [
        services.Draft(Paper.Kind.SUPERVISION, office, "信都区水务局", "关于某事的督办单", "要求", f"key-{number}")
        for number in range(50)
    ]

    with django_assert_max_num_queries(9):
        papers = services.issue_all(drafts, at=AT)

    assert sorted(paper.sequence for paper in papers.values()) == list(range(1, 51))


@pytest.mark.django_db(transaction=True)
def test_numbers_are_gapless_when_eight_people_issue_at_once_and_some_take_it_back():
    class TakenBackError(Exception):
        pass

    office = a_region()

    def work(worker):
        for number in range(12):
            try:
                with transaction.atomic():
                    issue(f"{worker}-{number}", office)
                    if number % 3 == 0:
                        raise TakenBackError
            except TakenBackError:
                pass
        connection.close()

    workers = [threading.Thread(target=work, args=[worker]) for worker in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert list(Paper.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 65))
