"""Looking for words: on the desk in everything one may see, in public in what is published; never an identity."""

import datetime as dt
import re
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.db import connection

from accounts.models import Role
from petitions.finding import snippet, terms_of
from petitions.models import Assignment, Petition, SearchEntry, Status
from petitions.search import entered_by, marked, organs_of, vector
from tests.factories import OrganFactory, StationFactory, a_region, a_user
from tests.petitions.searching import found, found_in_public
from tests.petitions.story import REPORTER, Story, moment


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


def test_a_word_of_two_characters_is_found_wherever_it_stands(office, at_desk):
    in_title = Story.begin(office, title="路灯不亮", body="晚上看不清。").petition
    in_body = Story.begin(office, title="村口太黑", body="几盏路灯坏了。", at=moment("2026-11-01 10:00")).petition
    at_a_place = Story.begin(
        office, title="井盖响", body="请来修。", place="路灯杆旁", at=moment("2026-10-01 10:00")
    ).petition
    Story.begin(office, title="自来水浑", body="路边的灯很亮。")

    assert found(at_desk("head"), "q=路灯") == [in_title.number, in_body.number, at_a_place.number]


def test_every_word_must_stand_in_the_case_and_the_order_of_words_does_not_count(office, at_desk):
    both = Story.begin(office, title="路灯不亮", body="小学门口。").petition
    Story.begin(office, title="路灯不亮", body="医院门口。")

    assert found(at_desk("head"), "q=小学 路灯") == [both.number]
    assert found(at_desk("head"), "q=路灯　小学") == [both.number]


@pytest.mark.parametrize("mark", ["、", "，", "。", ",", "/", "；", "——", "“”"])
def test_punctuation_separates_words_that_are_looked_for_as_blanks_do(office, brought_to, at_desk, client, mark):
    both = brought_to(Status.CLOSED, title="路灯不亮", body="门口有位老人。", consent_publish=True)
    both.take("publish", public_title="路灯修好", summary="老人放心了。")
    Story.begin(office, title="路灯不亮", body="门口太黑。")

    assert found(at_desk("head"), f"q=路灯{mark}老人") == [both.petition.number]
    assert found_in_public(client, f"路灯{mark}老人") == [both.petition.number]


def test_a_word_is_found_across_the_punctuation_of_a_text(office, at_desk):
    case = Story.begin(office, title="坏了", body="村口的路，灯不亮。").petition

    assert found(at_desk("head"), "q=路灯") == [case.number]


def test_latin_words_and_digits_are_found_in_either_width_and_case(office, at_desk):
    case = Story.begin(office, title="５Ｇ基站", body="车牌旁的WiFi信号，电话12345打不通。").petition

    for words in ("5g", "wifi", "ＷＩＦＩ", "12345"):
        assert found(at_desk("head"), f"q={words}") == [case.number], words


def test_a_reply_and_the_name_of_an_organ_are_found_once_they_are_there(office, brought_to, at_desk):
    story = brought_to(Status.ACCEPTED, title="井盖响", body="请来修。")
    browser = at_desk("head")
    assert found(browser, f"q={office.organ.name}") == []

    story.take("hand_over")
    assert found(browser, f"q={office.organ.name}") == [story.petition.number]
    story.take("sign_in")
    assert found(browser, "q=垫圈") == []
    story.take("reply", text="已加装橡胶垫圈。")
    assert found(browser, "q=垫圈") == [story.petition.number]

    story.take("pass_reply", text="已加装橡胶垫圈。")
    assert found(browser, "q=垫圈") == [story.petition.number]
    page = browser.get("/desk/search/?q=垫圈").content.decode()
    assert page.count("<mark>垫圈</mark>") == 1
    assert "答复" in page


PEOPLE = (
    "officer", "head", "committee", "viewer", "admin", "privacy", "clerk", "leader", "other_clerk", "other_leader",
    "deputy", "stranger",
)  # fmt: skip


@pytest.mark.parametrize("stage", ["drafted", "sent back within the organ", "signed", "sent back", "passed"])
def test_an_organs_reply_is_found_by_exactly_those_who_read_it_on_the_cases_page(office, brought_to, at_desk, stage):
    promise = {"outcome": "in_progress", "promise": "年底前换成玻璃钢的", "promised_on": dt.date(2026, 12, 31)}
    story = brought_to(Status.HANDLING, title="井盖响", body="请来修。")
    story.take("draft_reply", by=Role.CLERK, text="已加装橡胶垫圈。", **promise)
    if stage == "sent back within the organ":
        story.take("reject_draft", by=Role.LEADER)
    elif stage != "drafted":
        story.take("sign_off")
        if stage != "signed":
            story.take("send_back" if stage == "sent back" else "pass_reply")

    readers = set()
    for name in PEOPLE:
        browser = at_desk(name)
        for word in ("垫圈", "玻璃钢"):
            page = browser.get(f"/desk/petitions/{story.petition.number}/").content.decode()
            answer = browser.get(f"/desk/search/?q={word}").content.decode()
            assert (f"<mark>{word}</mark>" in answer) == (word in page), (name, word)
            readers |= {name} if word in page else set()
    assert readers == {"officer", "head", "committee", "viewer", "clerk", "leader", "deputy"}


def test_the_public_finds_no_word_of_an_organs_reply(office, brought_to, client):
    story = brought_to(Status.REVIEWING, consent_publish=True)
    assert found_in_public(client, "更换") == []
    story.take("pass_reply", text="灯亮了。")
    story.take("rate")
    story.take("publish")

    assert found_in_public(client, "修复") == [story.petition.number]
    assert found_in_public(client, "更换") == []


def test_replies_of_before_are_found_once_the_new_version_has_entered_them(brought_to):
    for status in (Status.ACCEPTED, Status.REVIEWING):
        brought_to(status)
    entries = SearchEntry.objects.order_by("pk").values_list("grams", flat=True)
    wanted = list(entries.all())
    for petition in Petition.objects.select_related("station"):
        of_before = entered_by(petition, organs=organs_of([petition])[petition.pk])
        SearchEntry.objects.filter(pk=petition.pk).update(grams=vector(of_before))
    assert list(entries.all()) != wanted

    enter_replies = import_module("petitions.migrations.0023_replies_are_found").enter_replies
    enter_replies(apps, connection.schema_editor(atomic=False))

    assert list(entries.all()) == wanted


def test_each_role_finds_only_the_cases_that_it_may_see(office, brought_to, client):
    mine = brought_to(Status.HANDLING).petition
    elsewhere = StationFactory(region=a_region("130502100"))
    Story.begin(office, station=elsewhere, region=elsewhere.region)
    plain = Story.begin(office, at=moment("2026-10-20 09:00")).petition
    station = [mine.number, plain.number]

    for name, wanted in {
        "officer": station,
        "head": station,
        "committee": station,
        "deputy": station,
        "clerk": [mine.number],
        "stranger": [],
    }.items():
        client.force_login(getattr(office, name))
        assert found(client, "q=路灯") == wanted, name
    client.force_login(a_user(Role.COMMITTEE, a_region("1305")))
    assert len(found(client, "q=路灯")) == 3


def test_an_organ_that_gave_its_part_back_finds_the_case_no_more(office, brought_to, at_desk):
    story = brought_to(Status.HANDLING)
    Assignment.objects.filter(organ=office.organ).update(state=Assignment.State.RETURNED)

    assert found(at_desk("clerk"), "q=路灯") == []
    assert found(at_desk("head"), "q=路灯") == [story.petition.number]


def test_a_deputy_finds_what_is_addressed_to_them_at_any_station(office, at_desk):
    elsewhere = StationFactory(region=a_region("130502100"))
    case = Story.begin(office, station=elsewhere, region=elsewhere.region, deputy=office.deputy_person).petition

    assert found(at_desk("deputy"), "q=路灯") == [case.number]


def test_the_reporters_identity_never_enters_the_index(office, brought_to, at_desk):
    brought_to(Status.RATING, identity=REPORTER)
    browser = at_desk("officer")

    for known in (REPORTER["name"], REPORTER["phone"]):
        assert found(browser, f"q={known}") == []
        for gram in terms_of(known):
            assert f"'{gram}'" not in SearchEntry.objects.get().grams, gram


def test_the_number_of_a_case_opens_it_and_that_of_another_station_does_not(office, case, at_desk):
    elsewhere = StationFactory(region=a_region("130502100"))
    hidden = Story.begin(office, station=elsewhere, region=elsewhere.region).petition
    browser = at_desk("officer")

    assert browser.get(f"/desk/search/?q={case.petition.number.lower()}").url == case.petition.get_absolute_url()
    assert found(browser, f"q={hidden.number}") == []


def listed(browser, words):
    """The numbers of the cases that the list shows for some words, in order."""
    page = browser.get("/desk/petitions/", {"q": words}).content.decode()
    return list(dict.fromkeys(re.findall(r"/desk/petitions/(XD-\d+-\d+)/", page)))


@pytest.mark.parametrize("order", ["", "best"])
@pytest.mark.parametrize("who", ["officer", "head", "committee"])
def test_a_part_of_a_number_finds_the_cases_that_the_list_finds(office, at_desk, who, order):
    for n in range(12):
        Story.begin(office, title="太黑", at=moment("2026-10-30 09:00") + dt.timedelta(hours=12 * n))
    elsewhere = StationFactory(region=a_region("130502100"))
    hidden = Story.begin(office, station=elsewhere, region=elsewhere.region, at=moment("2026-10-30 09:00")).petition
    first = Petition.objects.order_by("submitted_at", "pk").first()
    day, _dash, last = first.number.rpartition("-")
    browser = at_desk(who)

    for part in (day, day.lower(), f"{day}-{last[:4]}", last, "XD-2026", "2026"):
        numbers = listed(browser, part)
        assert found(browser, f"q={part}&order={order}") == numbers, part
        assert hidden.number not in numbers
    assert first.number in listed(browser, last)
    assert len(listed(browser, "XD-2026")) == 12


@pytest.mark.parametrize("words", ["路", "，路。"])
def test_one_character_is_refused_in_words_and_stays_in_the_field(case, at_desk, words):
    page = at_desk("head").get(f"/desk/search/?q={words}").content.decode()

    assert "请至少输入两个字" in page
    assert f'value="{words}"' in page


@pytest.mark.parametrize(
    ("address", "most"),
    [("/search/", 40), ("/desk/search/", 60), ("/desk/petitions/", 60), ("/desk/suggestions/", 60)],
)
def test_words_that_are_too_long_are_refused_in_plain_words_and_stay_in_the_field(case, at_desk, address, most):
    browser, words = at_desk("head"), "路灯不亮" * 20

    answer = browser.get(address, {"q": words})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"最多{most}字，您写了80字，请删减一些。" in page
    assert f'value="{words}"' in page
    assert browser.get(address, {"q": words[:most]}).status_code == 200


@pytest.mark.parametrize("address", ["/search/?q=灯", "/desk/search/?q=灯", "/desk/search/?q=路灯&status=none"])
def test_a_search_that_cannot_be_made_is_no_answer(case, at_desk, address):
    assert at_desk("head").get(address).status_code == 422


def test_no_field_of_a_search_or_a_filter_is_called_optional(case, at_desk):
    browser = at_desk("committee")
    for address in (
        "/search/", "/statistics/", "/desk/search/", "/desk/petitions/", "/desk/suggestions/", "/desk/dashboard/?region=130503",
        "/desk/papers/", "/desk/people/", "/desk/deputies/", "/desk/receptions/", "/desk/items/", "/desk/meetings/",
        "/desk/activities/", "/desk/stations/", "/desk/duty-records/", "/desk/quarter/",
    ):  # fmt: skip
        page = browser.get(address)
        assert page.status_code == 200, address
        assert "选填" not in page.content.decode(), address


def test_every_search_box_refuses_words_that_are_too_long_in_plain_words(case, at_desk):
    browser, words = at_desk("committee"), "路灯不亮" * 20
    for address, most in (
        ("/desk/papers/", 60), ("/desk/deputies/", 40), ("/desk/people/", 40), ("/desk/items/", 60), ("/desk/duty-records/", 40),
    ):  # fmt: skip
        page = browser.get(address, {"q": words}).content.decode()
        assert f"最多{most}字，您写了80字，请删减一些。" in page, address


@pytest.mark.parametrize("words", ["", "   ", "　"])
def test_without_words_the_page_says_where_is_looked(case, at_desk, words):
    page = at_desk("head").get(f"/desk/search/?q={words}").content.decode()

    assert "输入要找的词" in page


def test_signs_that_are_no_words_are_no_query(case, at_desk):
    for words in ("'\\' | :* & !", "'';--", "%_", "<->"):
        assert "请至少输入两个字" in at_desk("head").get("/desk/search/", {"q": words}).content.decode()


def test_what_a_resident_wrote_is_shown_as_text_and_never_as_markup(office, at_desk):
    Story.begin(office, title="路灯<script>alert(1)</script>", body="路灯 <b>坏</b>了 & 黑")

    page = at_desk("head").get("/desk/search/?q=路灯").content.decode()

    assert "<mark>路灯</mark>&lt;script&gt;" in page
    assert "<mark>路灯</mark> &lt;b&gt;坏&lt;/b&gt;了 &amp; 黑" in page


def test_a_long_text_is_cut_around_the_first_place(office):
    text = "前" * 200 + "路灯坏了" + "后" * 200

    pieces = snippet(text, {"路灯"})

    assert ("路灯", True) in pieces
    assert pieces[0] == ("…", False) == pieces[-1]
    assert len("".join(piece for piece, _hit in pieces)) <= 82


def test_a_word_is_marked_across_punctuation_and_a_single_one_by_itself():
    assert marked("路，灯坏", {"路灯"}) == [("路，灯", True), ("坏", False)]
    assert marked("好灯", {"灯"}) == [("好", False), ("灯", True)]
    assert marked("ＷｉＦｉ坏", {"wi", "if", "fi"}) == [("ＷｉＦｉ", True), ("坏", False)]


def test_the_best_first_are_those_with_the_words_in_their_title_the_newest_of_them_first(office, at_desk):
    titles = ["黑", "路灯旧", "暗", "路灯新"]
    cases = [
        Story.begin(
            office, title=title, body="路灯坏了。", at=moment("2026-09-01 10:00") + dt.timedelta(days=n)
        ).petition
        for n, title in enumerate(titles)
    ]

    assert found(at_desk("head"), "q=路灯&order=best") == [cases[n].number for n in (3, 1, 2, 0)]
    assert found(at_desk("head"), "q=路灯") == [case.number for case in reversed(cases)]


@pytest.mark.parametrize("who", ["head", "committee"])
@pytest.mark.parametrize("order", ["", "best"])
def test_leaves_of_what_is_found_miss_none_and_show_none_twice_over_years(office, at_desk, order, who):
    for n in range(47):
        title = "路灯" if n % 3 else "太黑"
        Story.begin(office, title=title, body="路灯。", at=moment("2026-11-01 10:00") - dt.timedelta(days=n * n // 2))
    browser = at_desk(who)

    seen, address = [], f"/desk/search/?q=路灯&order={order}"
    while address:
        page = browser.get(address).content.decode()
        seen += re.findall(r"<span>(XD-\d+-\d+)</span>", page)
        further = re.search(r'rel="next" href="([^"]+)"', page)
        address = further and further[1].replace("&amp;", "&")

    wanted = Petition.objects.order_by("-submitted_at", "-pk")
    if order:
        wanted = sorted(wanted, key=lambda case: case.title != "路灯")
    assert seen == [case.number for case in wanted]


def test_what_is_found_can_be_narrowed_by_status_place_and_time(office, brought_to, at_desk):
    old = Story.begin(office, at=moment("2025-03-01 23:30")).petition
    accepted = brought_to(Status.ACCEPTED).petition
    browser = at_desk("committee")

    assert found(browser, "q=路灯&status=accepted") == [accepted.number]
    assert found(browser, "q=路灯&until=2025-03-01") == [old.number]
    assert found(browser, "q=路灯&since=2025-03-02") == [accepted.number]
    assert found(browser, f"q=路灯&station={office.station.code}&region=130503100") == [accepted.number, old.number]


@pytest.mark.parametrize("who", ["head", "committee", "clerk", "deputy"])
def test_a_search_takes_few_queries_however_much_it_finds(
    office, brought_to, at_desk, django_assert_max_num_queries, who
):
    for n in range(24):
        brought_to(Status.HANDLING, at=moment("2026-10-01 10:00") + dt.timedelta(hours=n))
    browser = at_desk(who)
    browser.get("/desk/")

    with django_assert_max_num_queries(12):
        assert len(found(browser, f"q=路灯 {office.organ.name}")) == 20


def test_an_organ_of_a_suggestion_finds_the_case_that_it_was_raised_from(brought_to, at_desk):
    case = brought_to(Status.TRACKING, title="修一座桥", body="孩子上学要绕路。")
    organ = OrganFactory()
    assert found(at_desk(a_user(Role.CLERK, organ)), "q=绕路") == []
    assert found(at_desk("head"), "q=绕路") == [case.petition.number]
