"""Suggestions on the desk: who sees what, what is offered, the list and its ledger, raising one, and the public page."""

import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from petitions.forms.suggestion import FORMS
from petitions.models import Cluster, Status, Suggestion
from petitions.suggestion_lifecycle import TABLE, open_actions
from petitions.suggestion_permissions import suggestion_positions
from tests.factories import OrganFactory, a_deputy, a_region, a_user, load_years
from tests.ledgers import lines
from tests.petitions.story import Story
from tests.petitions.suggesting import PATHS, Suggesting, an_office_with_a_sponsor

S = Suggestion.Status
NOBODY = ("admin", "stranger", "other_clerk", "unrelated")
EVERYBODY = ("deputy", "sponsor", "head", "committee", "viewer", "officer", "clerk", "leader", *NOBODY)


@pytest.fixture
def office(db):
    load_years()
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        office = an_office_with_a_sponsor()
        office.unrelated = a_user(Role.HEAD, a_region("130503101"))
        yield office


@pytest.fixture
def at_desk(client, office):
    def sign_in(name):
        client.force_login(getattr(office, name))
        return client

    return sign_in


@pytest.fixture
def world(office):
    """A suggestion in every status, one of them raised from a case of the station, and one with a co-organ."""
    stories = [Suggesting.brought_to(status, office, co_sponsors=[]) for status in PATHS]
    case = Story.brought_to(Status.HANDLING, office)
    linked = Suggesting.begin(office, petitions=[case.petition])
    linked.take("hand_over")
    return [*stories, linked]


def numbers(page):
    return set(re.findall(r"<span>(JY-\d+-\d+)</span>", page.content.decode()))


def ledger(browser, **asked):
    return lines(browser, "suggestions", **asked)


def test_list_page_and_ledger_are_the_same_for_everybody(world, at_desk, office):
    every = {story.suggestion.number for story in world}
    for name in EVERYBODY:
        browser = at_desk(name)
        allowed = set(Suggestion.objects.visible_to(getattr(office, name)).values_list("number", flat=True))

        assert numbers(browser.get(reverse("petitions:suggestions"))) == allowed, name
        assert {row["编号"] for row in ledger(browser)} == allowed, name
        for number in every:
            status = browser.get(reverse("petitions:suggestion", args=[number])).status_code
            assert status == (200 if number in allowed else 404), (name, number)


def test_who_sees_a_suggestion(world, office):
    handling, linked = world[1].suggestion, world[-1].suggestion
    for name in ("deputy", "head", "committee", "viewer", "clerk", "leader"):
        assert handling in Suggestion.objects.visible_to(getattr(office, name)), name
    for name in NOBODY:
        assert not Suggestion.objects.visible_to(getattr(office, name)).exists(), name
    # The station whose case it came from sees it; a co-sponsor sees what bears the name.
    assert list(Suggestion.objects.visible_to(office.officer)) == [linked]
    assert list(Suggestion.objects.visible_to(office.sponsor)) == [linked]
    assert world[0].suggestion not in Suggestion.objects.visible_to(office.clerk)


def offered(page):
    """The actions that a page offers, each with its target's key."""
    text = page.content.decode()
    forms = re.findall(r'action="/desk/suggestions/[\w-]+/(\w+)/" novalidate>(.*?)</form>', text, re.DOTALL)
    return {(action, "".join(re.findall(r'name="target" value="(\d+)"', body)[:1])) for action, body in forms}


@pytest.mark.parametrize("status", S.values)
def test_the_page_offers_what_may_be_done_now_and_nothing_else(status, office, at_desk):
    story = Suggesting.brought_to(status, office)
    if status == S.HANDLING:
        story.take("press")
    part = story.suggestion.rounds.exists() and story.part()
    for name in ("deputy", "sponsor", "head", "committee", "clerk", "leader"):
        user = getattr(office, name)
        allowed = {(row.action, "") for row in _open(story, user, "case", None)}
        if part:
            allowed |= {(row.action, str(part.pk)) for row in _open(story, user, "part", part)}
            reminder = story.target("acknowledge")
            if reminder:
                allowed |= {(row.action, str(reminder.pk)) for row in _open(story, user, "reminder", reminder)}
        page = at_desk(name).get(story.suggestion.get_absolute_url())
        seen = Suggestion.objects.visible_to(user).exists()
        assert page.status_code == (200 if seen else 404)
        assert offered(page) == (allowed if seen else set()), name


def _open(story, user, per, target):
    organ = getattr(target, "organ", None) or (story.office.organ if target else None)
    return open_actions(story.suggestion, per, suggestion_positions(story.suggestion, user, organ=organ), target)


def press(browser, story, action, target=None, **fields):
    address = reverse("petitions:act_on_suggestion", args=[story.suggestion.number, action])
    return browser.post(address, fields | ({"target": target.pk} if target is not None else {}))


def test_a_suggestion_goes_from_door_to_archive_by_its_page(office, at_desk):
    story = Suggesting.begin(office)
    organ = str(office.organ.pk)
    assert press(at_desk("head"), story, "hand_over", lead=organ).status_code == 302
    part = story.part()
    assert press(at_desk("clerk"), story, "sign_in", part).status_code == 302
    assert press(at_desk("clerk"), story, "ask_extension", part, reason="涉及面广").status_code == 302
    assert press(at_desk("head"), story, "decide_extension", part, grant="yes").status_code == 302
    assert press(at_desk("clerk"), story, "note_progress", part, text="已查看").status_code == 302
    answer = {"text": "已列入维护。", "outcome": "resolved"}
    assert press(at_desk("clerk"), story, "draft_reply", part, **answer).status_code == 302
    assert press(at_desk("leader"), story, "sign_off", part).status_code == 302
    assert press(at_desk("deputy"), story, "rate", attitude="satisfied", result="basically").status_code == 302
    told = {"public_title": "路灯维护", "summary": "建议统一维护。", "public_answer": "已列入。"}
    assert press(at_desk("head"), story, "publish", **told).status_code == 302

    story.suggestion.refresh_from_db()
    assert (story.suggestion.status, story.suggestion.closed_how) == (S.CLOSED, "basically")


def test_what_cannot_be_taken_comes_back_with_everything_typed(office, at_desk):
    story = Suggesting.brought_to(S.HANDLING, office)

    half = press(at_desk("clerk"), story, "draft_reply", story.part(), text="已列入维护计划。", outcome="planned")
    assert half.status_code == 422
    assert "已列入维护计划。" in half.content.decode()
    late = press(at_desk("head"), story, "return_to_deputy", why="属于个人事务")
    assert late.status_code == 409
    assert "不能“退回代表”" in late.content.decode()
    assert "属于个人事务" in late.content.decode()


def test_an_action_that_is_none_or_on_the_part_of_another_suggestion_is_not_found(office, at_desk):
    story, other = Suggesting.brought_to(S.HANDLING, office), Suggesting.brought_to(S.HANDLING, office)

    assert press(at_desk("clerk"), story, "close_unrated").status_code == 404
    assert press(at_desk("clerk"), story, "sign_in", other.part()).status_code == 404


# Raising


def typed(browser, address, **fields):
    page = browser.get(address).content.decode()
    key = re.search(r'name="submission_key" value="([\w-]+)"', page).group(1)
    body = {"submission_key": key, "title": "关于路灯的建议", "body": "请统一维护。"}
    return browser.post(address, body | fields)


def test_a_deputy_raises_one_from_a_case_and_a_second_press_changes_nothing(office, at_desk):
    case = Story.brought_to(Status.ACCEPTED, office)
    address = f"{reverse('petitions:raise_suggestion')}?case={case.petition.number}"
    browser = at_desk("deputy")
    assert address.replace("&", "&amp;") in browser.get(case.petition.get_absolute_url()).content.decode()
    fields = {"region": office.station.region_id, "co_sponsors": "联名代表甲"}

    first = typed(browser, address, submission_key="3f1d9a6e-0f5b-4a7c-9a53-4f1b1f0c0001", **fields)
    second = browser.post(
        address,
        fields | {"submission_key": "3f1d9a6e-0f5b-4a7c-9a53-4f1b1f0c0001", "title": "关于路灯的建议", "body": "请。"},
    )

    suggestion = Suggestion.objects.get()
    assert first.url == second.url == suggestion.get_absolute_url()
    assert list(suggestion.petitions.all()) == [case.petition]
    assert list(suggestion.co_sponsors.all()) == [office.sponsor_person]


def test_a_cluster_goes_as_one_suggestion_and_says_which_of_its_cases_do_not(office, at_desk):
    cluster = Cluster.objects.create(
        title="路灯", station=office.station, confirmed_by=office.head, confirmed_at="2026-11-03T02:00Z"
    )
    ready = [Story.brought_to(Status.ACCEPTED, office), Story.brought_to(Status.HANDLING, office)]
    new = Story.begin(office)
    for story in (*ready, new):
        story.petition.cluster = cluster
        story.petition.save()
    address = f"{reverse('petitions:raise_suggestion')}?cluster={cluster.pk}"
    browser = at_desk("deputy")
    assert "不会关联" in browser.get(address).content.decode()

    typed(browser, address, region=office.station.region_id)

    suggestion = Suggestion.objects.get()
    assert suggestion.cluster == cluster
    assert set(suggestion.petitions.all()) == {story.petition for story in ready}


def test_from_nothing_needs_no_case_and_a_name_that_two_bear_asks_for_the_code(office, at_desk):
    twin = a_deputy("联名代表甲", station=office.station)
    address, region = reverse("petitions:raise_suggestion"), office.station.region_id

    refused = typed(at_desk("deputy"), address, region=region, co_sponsors="联名代表甲\n查无此人")
    assert refused.status_code == 422
    assert "请写编号" in refused.content.decode()
    assert "没有找到在任代表“查无此人”" in refused.content.decode()
    typed(at_desk("deputy"), address, region=region, co_sponsors=twin.code)

    assert list(Suggestion.objects.get().co_sponsors.all()) == [twin]


def test_a_case_that_cannot_be_raised_makes_no_suggestion_from_nothing(office, at_desk):
    new = Story.begin(office)
    address = f"{reverse('petitions:raise_suggestion')}?case={new.petition.number}"

    answer = typed(at_desk("deputy"), address, region=office.station.region_id)

    assert answer.status_code == 409
    assert not Suggestion.objects.exists()


def test_only_deputies_reach_the_form_and_one_without_a_mandate_is_told(office, at_desk):
    address = reverse("petitions:raise_suggestion")
    for name in ("head", "clerk", "officer"):
        assert at_desk(name).get(address).status_code == 403
    office.deputy_person.mandates.update(status="ended")

    assert "只有在任的人大代表" in at_desk("deputy").get(address).content.decode()


# Lists


def test_filters_name_what_they_find_and_the_ledger_has_the_same_rows(world, at_desk):
    browser = at_desk("head")
    for asked in (
        {"status": "handling"},
        {"todo": "hand_over"},
        {"status": "open"},
        {"q": "水务局"},
        {"due": "overdue"},
    ):
        found = numbers(browser.get(reverse("petitions:suggestions"), asked))
        assert {row["编号"] for row in ledger(browser, **asked)} == found
    assert numbers(browser.get(reverse("petitions:suggestions"), {"todo": "hand_over"})) == {world[0].suggestion.number}
    assert not numbers(browser.get(reverse("petitions:suggestions"), {"status": "nonsense"}))
    rated = at_desk("deputy").get(reverse("petitions:suggestions"), {"todo": "rate"})
    assert numbers(rated) == {world[2].suggestion.number}


def test_the_ledger_keeps_a_title_that_looks_like_a_formula_a_text(office, at_desk):
    Suggesting.begin(office, title="=1+1")

    assert ledger(at_desk("head"))[0]["标题"] == "=1+1"


def test_the_ledger_names_two_co_sponsors_organs_and_cases_beside_each_other(office, at_desk):
    cases = [Story.brought_to(Status.HANDLING, office).petition for _number in range(2)]
    second = a_deputy("联名代表乙", station=office.station)
    story = Suggesting.begin(office, petitions=cases, co_sponsors=[office.sponsor_person, second])
    third = OrganFactory(name="信都区财政局")
    a_user(Role.CLERK, third)
    story.take("hand_over", co_organs=[office.other_organ, third])

    [row] = ledger(at_desk("head"))

    assert sorted(row["联名代表"].split("、")) == ["联名代表乙", "联名代表甲"]
    assert sorted(row["协办单位"].split("、")) == sorted([office.other_organ.name, third.name])
    assert sorted(row["关联的群众意见"].split("、")) == sorted(case.number for case in cases)


def test_the_list_takes_ten_queries_at_most(world, at_desk, django_assert_max_num_queries):
    browser, address = at_desk("head"), reverse("petitions:suggestions")
    browser.get(address)
    with django_assert_max_num_queries(10):
        browser.get(address)


@pytest.fixture
def long_story(office):
    """A suggestion of three cases in its second round, with a co-organ, a 督办单 and an answer that promises."""
    cases = [Story.brought_to(Status.HANDLING, office).petition for _number in range(3)]
    story = Suggesting.begin(office, petitions=cases)
    story.take("hand_over", co_organs=[office.other_organ])
    story.take("press")
    story.promise()
    story.take("rate", result="dissatisfied")
    return story


@pytest.mark.parametrize("name", ["deputy", "sponsor", "head", "committee", "viewer", "officer", "clerk", "leader"])
def test_a_long_story_takes_ten_queries_at_most_whoever_reads_it(
    long_story, at_desk, name, django_assert_max_num_queries
):
    browser, address = at_desk(name), long_story.suggestion.get_absolute_url()
    browser.get(address)
    with django_assert_max_num_queries(10):
        under_way = browser.get(address)
    assert [one.number for one in under_way.context["case"].rounds] == [1, 2]
    long_story.promise()
    with django_assert_max_num_queries(10):
        answered = browser.get(address)
    assert "联名代表甲" in answered.content.decode()


# For everybody


def test_the_public_reads_the_offices_summary_and_nothing_of_a_case(office, client):
    case = Story.brought_to(Status.ACCEPTED, office)
    story = Suggesting.begin(office, petitions=[case.petition])
    for action in ("hand_over", "draft_reply"):
        story.take(action)
    assert "还没有公开的建议" in client.get(reverse("petitions:public_suggestions")).content.decode()

    story.take("publish")

    page = client.get(reverse("petitions:public_suggestions")).content.decode()
    assert "路灯维护" in page
    assert "建议统一维护路灯。" in page
    for kept in (case.petition.number, case.petition.title, case.petition.body, story.suggestion.body):
        assert kept not in page
    story.take("unpublish")
    assert "路灯维护" not in client.get(reverse("petitions:public_suggestions")).content.decode()


def test_every_action_of_the_table_has_a_form():
    assert set(FORMS) == {action for action, row in TABLE.items() if row.sources}
