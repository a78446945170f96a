"""Meetings on the desk: list, file, request and page, each for those whom they concern."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Role
from petitions.models import Cluster, Petition, Status
from programmes.models import Meeting
from programmes.services.meeting_minutes import Pledge
from tests.conftest import PHONE
from tests.factories import PASSWORD, StationFactory, a_deputy, a_user, load_years
from tests.ledgers import lines, sheet
from tests.petitions.story import Story, an_office, moment
from tests.programmes.meeting_story import MONDAY, a_meeting, asked, take

M = Meeting.Status
ASK = "/desk/meetings/new/"


@pytest.fixture(autouse=True)
def _on_a_monday(request, time_machine):
    if "live_server" not in request.fixturenames:
        time_machine.move_to(MONDAY)


@pytest.fixture
def office(db):
    load_years(2026)
    return an_office()


@pytest.fixture
def at_desk(client, office):
    """Open the desk as somebody of the office, by name or user."""

    def sign_in(name):
        client.force_login(getattr(office, name) if isinstance(name, str) else name)
        return client

    return sign_in


def text(answer):
    return answer.content.decode()


def page_of(meeting):
    return reverse("programmes:meeting", args=[meeting.pk])


def act(browser, meeting, action, **facts):
    return browser.post(reverse("programmes:act_on_meeting", args=[meeting.pk, action]), facts)


# The list


def test_the_list_is_narrowed_by_status_organ_and_year_and_shows_nothing_else(office, at_desk):
    water = a_meeting(office, M.ARRANGED, title="排水")
    asked(office, organ=office.other_organ, title="危房", at=MONDAY - dt.timedelta(days=400))
    browser, page = at_desk("committee"), reverse("programmes:meetings")

    both = text(browser.get(page))
    assert "排水" in both
    assert "危房" in both
    for query in ("status=arranged", f"organ={office.organ.code}", "year=2026"):
        answer = text(browser.get(f"{page}?{query}"))
        assert water.get_absolute_url() in answer, query
        assert "危房" not in answer, query
    for query in ("status=nonsense", "organ=nobody", "year=x", "year=999999999999"):
        assert "条件有误，请改正标出的一项。" in text(browser.get(f"{page}?{query}")), query


def test_an_organ_finds_a_meeting_once_it_is_arranged(office, at_desk):
    meeting = asked(office)
    assert at_desk("leader").get(page_of(meeting)).status_code == 404
    assert "还没有您能看到的约见" in text(at_desk("leader").get(reverse("programmes:meetings")))
    take(office, meeting, "arrange")
    assert meeting.title in text(at_desk("leader").get(reverse("programmes:meetings")))
    assert at_desk("other_clerk").get(page_of(meeting)).status_code == 404


def test_the_list_is_leafed_through_by_key_and_costs_few_queries(office, at_desk, django_assert_max_num_queries):
    for number in range(52):
        asked(office, title=f"事项{number:02}", at=MONDAY + dt.timedelta(minutes=number))
    browser = at_desk("committee")
    with django_assert_max_num_queries(10):
        first = browser.get(reverse("programmes:meetings"))
    assert "事项51" in text(first)
    assert "事项01" not in text(first)
    second = text(browser.get(first.context["older"]))
    assert "事项01" in second
    assert "事项02" not in second
    assert browser.get(f"{reverse('programmes:meetings')}?after=x_y").status_code == 200


def test_the_ledger_holds_the_same_meetings_and_no_formula(office, at_desk):
    meeting = a_meeting(office, M.HELD, title="=cmd()")
    take(office, meeting, "record_minutes", pledges=[Pledge("清淤", dt.date(2026, 12, 20))])
    (line,) = lines(at_desk("committee"), "meetings")
    assert (line["约见事项"], line["状态"], line["到会人员"]) == ("=cmd()", "已形成纪要", "副局长王民")
    assert (line["承诺"], line["已兑现"]) == (1, 0)
    assert sheet(at_desk("committee"), "meetings")["A4"].data_type == "s"
    assert lines(at_desk("other_clerk"), "meetings") == []


# The request


def test_a_case_leads_to_a_request_that_knows_it(office, at_desk):
    story = Story.brought_to(Status.HANDLING, office, deputy=office.deputy_person)
    browser, address = at_desk("deputy"), f"{ASK}?case={story.petition.number}"
    assert address in text(browser.get(story.petition.get_absolute_url()))

    form = browser.get(address).context["form"]
    assert form.initial["organ"] == office.organ.pk
    assert form.initial["title"] == story.petition.title
    facts = {"organ": office.organ.pk, "title": "路灯", "body": "多次未修好。", "cases": [story.petition.pk]}
    answer = browser.post(address, facts | {"deputies": [office.deputy_person.pk]})

    meeting = Meeting.objects.get()
    assert answer.url == page_of(meeting)
    assert (list(meeting.cases.all()), list(meeting.deputies.all())) == ([story.petition], [office.deputy_person])
    timeline = text(browser.get(story.petition.get_absolute_url()))
    assert f'<a href="{page_of(meeting)}">' in timeline


def test_who_may_not_ask_sees_no_button_and_no_form(office, at_desk):
    story = Story.brought_to(Status.HANDLING, office)
    address = f"{ASK}?case={story.petition.number}"
    assert ASK not in text(at_desk("clerk").get(story.petition.get_absolute_url()))
    assert at_desk("clerk").get(address).status_code == 403
    assert at_desk("stranger").get(address).status_code == 404
    assert at_desk("stranger").get(f"{ASK}?station={office.station.code}").status_code == 404
    assert at_desk("officer").get(f"{ASK}?station=none").status_code == 404
    assert at_desk("officer").get(f"{ASK}?case=XD-1-1").status_code == 404
    assert at_desk("officer").get(f"{ASK}?cluster=99999999999999999999").status_code == 404


def test_a_cluster_goes_as_one_meeting_and_every_case_says_so(office, at_desk):
    cases = [Story.brought_to(Status.HANDLING, office).petition for _number in range(2)]
    cluster = Cluster.objects.create(
        title="村口路灯", station=office.station, confirmed_by=office.officer, confirmed_at=MONDAY
    )
    Petition.objects.filter(pk__in=[case.pk for case in cases]).update(cluster=cluster)
    browser, address = at_desk("officer"), f"{ASK}?cluster={cluster.pk}"
    assert browser.get(address).context["form"].initial["title"] == "村口路灯"
    facts = {"organ": office.organ.pk, "title": "村口路灯", "cases": [case.pk for case in cases]}
    browser.post(address, facts)
    meeting = Meeting.objects.get()
    assert meeting.cluster == cluster
    assert [case.events.filter(action="ask_meeting").count() for case in cases] == [1, 1]


def test_a_request_that_lacks_something_comes_back_with_everything_typed(office, at_desk):
    browser = at_desk("officer")
    answer = browser.post(ASK, {"organ": "999999", "title": "", "body": "路面塌陷"})
    assert answer.status_code == 422
    assert "路面塌陷" in text(answer)
    assert {"organ", "title"} <= answer.context["form"].errors.keys()
    assert not Meeting.objects.exists()


def test_a_form_sent_twice_asks_once(office, at_desk):
    browser = at_desk("officer")
    facts = {"organ": office.organ.pk, "title": "排水", "body": ""}
    assert browser.post(ASK, facts).url == browser.post(ASK, facts).url
    assert Meeting.objects.count() == 1


def test_a_committee_chooses_the_station_first_or_none(office, at_desk):
    StationFactory(name="第二联络站")
    browser = at_desk("committee")
    page = text(browser.get(ASK))
    assert "第二联络站" in page
    assert f"{ASK}?station=none" in page
    assert browser.get(f"{ASK}?station=none").context["form"].fields.keys() == {"organ", "title", "body"}


# The page


def test_the_committee_takes_a_meeting_from_request_to_minutes_on_its_page(office, at_desk, time_machine):
    story = Story.brought_to(Status.HANDLING, office)
    meeting = asked(office, cases=[story.petition])
    browser = at_desk("committee")
    assert [offer.key for offer in browser.get(page_of(meeting)).context["offers"]] == ["arrange", "decline"]

    act(browser, meeting, "arrange", meets_at="2026-11-18T09:00", place="会议室")
    act(browser, meeting, "postpone", to="2026-11-20T09:00", why="外出")
    time_machine.move_to(moment("2026-11-20 11:00"))
    browser = at_desk("committee")
    offers = browser.get(page_of(meeting)).context["offers"]
    assert [offer.key for offer in offers] == ["hold", "miss"]
    act(browser, meeting, "hold", came="head", came_name="赵强", came_title="局长")
    pledges = {"text_1": "更换路灯", "due_on_1": "2026-12-20", "case_1": story.petition.pk}
    pledges |= {"text_3": "巡查一遍", "due_on_3": "2026-12-01"}
    answer = act(browser, meeting, "record_minutes", minutes="当面说明了情况。", **pledges)

    assert answer.url == page_of(meeting)
    page = text(browser.get(page_of(meeting)))
    for words in ("更换路灯", "巡查一遍", "当面说明了情况。", "局长　赵强", "人纪〔2026〕1号", story.petition.number):
        assert words in page
    assert meeting.promises.get().commitment.round.petition == story.petition
    assert meeting.items.get().title == "巡查一遍"


def test_what_cannot_be_taken_comes_back_with_its_sentence_and_everything_typed(office, at_desk):
    meeting = a_meeting(office, M.ARRANGED)
    browser = at_desk("leader")
    answer = act(browser, meeting, "postpone", to="2027-03-01T09:00", why="机构调整")
    assert answer.status_code == 409
    assert "约见最多推迟一个月，不能晚于2026年12月18日。" in text(answer)
    assert "机构调整" in text(answer)
    assert act(browser, meeting, "postpone", to="soon", why="").status_code == 422
    assert act(browser, meeting, "hold", came="head", came_name="赵强", came_title="局长").status_code == 409
    assert act(browser, meeting, "nonsense").status_code == 404
    waiting = asked(office, title="另一事")
    assert act(at_desk("committee"), waiting, "postpone", to="2026-12-01T09:00", why="x").status_code == 404


def test_a_promise_half_filled_in_is_asked_for(office, at_desk):
    meeting = a_meeting(office, M.HELD)
    browser = at_desk("committee")
    answer = act(browser, meeting, "record_minutes", minutes="会议", text_1="清淤", due_on_2="2026-12-01")
    assert answer.status_code == 422
    errors = next(offer.form for offer in answer.context["offers"] if offer.key == "record_minutes").errors
    assert errors.keys() == {"due_on_1", "text_2"}


def test_a_reader_sees_only_the_cases_that_are_theirs_and_no_offer_that_is_not(office, at_desk):
    mine = Story.brought_to(Status.HANDLING, office, title="机井缺水").petition
    other = Story.begin(office, title="围墙倒塌").petition
    meeting = asked(office, actor=office.officer, cases=[mine, other])
    take(office, meeting, "arrange")

    answer = at_desk("clerk").get(page_of(meeting))
    assert "机井缺水" in text(answer)
    assert "围墙倒塌" not in text(answer)
    assert "另有 1 件不在您能查看的范围内" in text(answer)
    assert [offer.key for offer in answer.context["offers"]] == ["postpone"]
    assert "现在没有需要您做的事" in text(at_desk("viewer").get(page_of(meeting)))


def test_the_resident_reads_when_the_meeting_is_but_gets_no_link_to_the_desk(office, client):
    story = Story.brought_to(Status.HANDLING, office)
    meeting = asked(office, cases=[story.petition])
    take(office, meeting, "arrange")
    client.post(reverse("petitions:track"), {"number": story.petition.number, "code": story.code})
    page = text(client.get(story.petition.tracking_url))
    assert "已约请信都区水务局负责人于2026年11月18日9:00会商此事。" in page
    assert page_of(meeting) not in page
    assert "提请约见" not in page


@pytest.mark.parametrize("name", ["committee", "head", "viewer", "officer", "deputy", "clerk", "leader"])
def test_the_page_takes_ten_queries_at_most_whatever_was_promised(office, at_desk, name, django_assert_max_num_queries):
    stories = [Story.brought_to(Status.HANDLING, office) for _number in range(3)]
    deputies = [office.deputy_person, a_deputy("郑二", station=office.station)]
    meeting = a_meeting(office, M.HELD, cases=[story.petition for story in stories], deputies=deputies)
    browser = at_desk(name)
    browser.get(page_of(meeting))
    with django_assert_max_num_queries(10):
        browser.get(page_of(meeting))
    due = dt.date(2026, 12, 20)
    pledges = [Pledge("换灯", due, story.petition) for story in stories] + [Pledge(f"清淤{n}", due) for n in range(4)]
    take(office, meeting, "record_minutes", pledges=pledges)
    with django_assert_max_num_queries(10):
        page = text(browser.get(page_of(meeting)))
    assert page.count("换灯") >= len(stories)
    assert "郑二" in page


@pytest.mark.django_db(transaction=True)
def test_the_pages_are_usable_by_everybody_on_a_phone(open_page, axe, live_server):
    page = open_page(PHONE)
    load_years(2026)
    office = an_office()
    committee = a_user(Role.COMMITTEE, office.station.region.parent, name="主任")
    story = Story.brought_to(Status.HANDLING, office)
    meeting = a_meeting(office, M.HELD, cases=[story.petition])
    page.goto("/accounts/login/")
    page.fill("[name=username]", committee.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    addresses = (reverse("programmes:meetings"), page_of(meeting), f"{ASK}?case={story.petition.number}", ASK)
    for address in addresses:
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
