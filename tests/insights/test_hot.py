"""Hot topics: what recent cases of a place have in common, each leading to exactly its cases."""

import html
import re
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Role
from petitions.models import Category, Petition, Sign, Status, Suspicion
from petitions.search import enter_anew
from tests.factories import StationFactory, a_region, a_user, load_years
from tests.petitions.story import moment

PAGE = "/desk/hot/"


@pytest.fixture
def near(db):
    """A township's station on 3 November 2026."""
    load_years(2026)
    cache.clear()
    with time_machine.travel("2026-11-03T10:00:00+08:00", tick=False):
        yield StationFactory(region=a_region("130503100"))


def told(station, title, number, *, day="2026-10-20", category=None):
    """Residents told a station of a matter, so many cases."""
    cases = Petition.objects.bulk_create(
        Petition(
            number=f"XD-{uuid4().hex[:12]}",
            station=station,
            region=station.region,
            title=title.format(n=n),
            body="请尽快处理。",
            category=category,
            status=Status.SUBMITTED,
            submitted_at=moment(f"{day} 10:00"),
            submission_key=uuid4(),
        )
        for n in range(number)
    )
    enter_anew(cases)


def opened(client, user):
    client.force_login(user)
    return client.get(PAGE).content.decode()


def links(page):
    """The addresses and numbers of the table's figures."""
    return [(html.unescape(to), int(n)) for to, n in re.findall(r'href="([^"]*[?]q=[^"]+)">(\d+)</a>', page)]


def test_what_five_cases_of_a_place_name_is_a_topic_and_leads_to_exactly_them(client, near):
    committee = a_user(Role.COMMITTEE, a_region("130503"))
    lights = Category.objects.create(path="城乡建设", name="城乡建设", level=1)
    told(near, "第{n}组公积金难取", 6, category=lights)
    told(near, "第{n}组公积金难取", 5, day="2026-09-20", category=lights)
    told(near, "公积{n}", 1, day="2026-09-20")
    told(near, "沙河桥塌了{n}次", 4)
    elsewhere = StationFactory(region=a_region("130503101"))
    told(elsewhere, "公积金难取{n}", 3)

    page = opened(client, committee)

    assert "公积金难取" in page
    assert "多为“城乡建设”" in page
    assert "多 1 件" in page
    assert "沙河桥" not in page
    assert [number for _to, number in links(page)] == [6, 5]
    for to, number in links(page):
        rows = client.get(to).content.decode()
        assert len(set(re.findall(r'href="(/desk/petitions/XD-[0-9a-f]{12}/)"', rows))) == number


def test_every_role_is_shown_places_that_its_list_can_be_narrowed_by(client, near):
    told(near, "第{n}组公积金难取", 6)
    of_the_county = StationFactory(region=a_region("130503"))
    told(of_the_county, "水渠淤塞{n}", 7)
    scopes = {
        Role.OFFICER: (near, [6]),
        Role.HEAD: (a_region("130503100"), [6]),
        Role.COMMITTEE: (a_region("130503"), [7, 6]),
        Role.VIEWER: (a_region("1305"), [7, 6]),
    }
    for role, (scope, wanted) in scopes.items():
        page = opened(client, a_user(role, scope))
        assert [number for _to, number in links(page)] == wanted, role
        for to, number in links(page):
            rows = client.get(to).content.decode()
            assert len(set(re.findall(r'href="(/desk/petitions/XD-[0-9a-f]{12}/)"', rows))) == number, (role, to)


def test_nobody_is_shown_a_topic_of_cases_out_of_sight(client, near):
    told(near, "第{n}组公积金难取", 6)

    page = opened(client, a_user(Role.HEAD, a_region("130503101")))

    assert "公积金" not in page
    assert "近 30 天没有热点事项" in page
    assert "至少 5 件" in page


def test_what_looks_like_spam_is_neither_counted_nor_in_the_list(client, near):
    told(near, "渠里有蝗虫{n}", 7)
    Suspicion.objects.create(petition=Petition.objects.first(), signs=[Sign.UNPROVED], found_at=timezone.now())
    user = a_user(Role.HEAD, near.region)

    [(to, number)] = links(opened(client, user))

    assert number == 6
    assert client.get(to).content.decode().count('<th scope="row">') == 6


def test_too_few_cases_before_are_not_compared_with(client, near):
    told(near, "第{n}组公积金难取", 6)
    told(near, "第{n}组公积金难取", 4, day="2026-09-20")

    page = opened(client, a_user(Role.HEAD, near.region))

    assert "之前太少，不比较" in page
    assert "多 2 件" not in page


def test_the_days_end_yesterday_and_begin_thirty_days_before(client, near):
    told(near, "甲渠淤塞{n}", 6, day="2026-11-03")
    told(near, "乙路塌陷{n}", 6, day="2026-11-02")
    told(near, "丙桥断裂{n}", 6, day="2026-10-04")
    told(near, "丁坝漏水{n}", 6, day="2026-10-03")

    page = opened(client, a_user(Role.HEAD, near.region))

    assert "乙路塌陷" in page
    assert "丙桥断裂" in page
    assert "甲渠" not in page
    assert "丁坝" not in page


def test_organs_and_deputies_are_not_asked_to_watch(client, near):
    client.force_login(a_user(Role.DEPUTY))

    assert client.get(PAGE).status_code == 403


def test_the_page_takes_few_queries_however_many_topics(client, near, django_assert_max_num_queries):
    for n, word in enumerate("甲乙丙丁戊己庚辛"):
        told(StationFactory(region=a_region(f"1305031{n:02}")), word + "渠淤塞{n}", 6)
    client.force_login(a_user(Role.COMMITTEE, a_region("130503")))

    with django_assert_max_num_queries(9):
        page = client.get(PAGE).content.decode()

    assert len(links(page)) == 8
