"""Meetings with organ heads through their real services: asked, arranged, postponed once, held, promised, kept."""

import datetime as dt

import pytest

from accounts.models import Role
from notices.models import Message
from notices.recipients import outside_key
from papers.models import Paper
from petitions.models import Commitment, Event, Status
from programmes import lifecycle, services
from programmes.errors import ProgrammeError
from programmes.models import Item, Meeting
from programmes.permissions import ARRANGER, OWNER
from programmes.services import meetings
from programmes.services.meeting_minutes import Pledge
from supervision.models import Clock, Duty
from tests.factories import OrganFactory, StationFactory, a_deputy, a_region, a_user, load_years
from tests.petitions.story import Story, an_office, moment
from tests.programmes.meeting_story import MEETS_AT, MONDAY, a_meeting, asked, take, twice_dissatisfied

M = Meeting.Status
COMMITTEE = "信都区人大常委会代工委"


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to(MONDAY)


@pytest.fixture
def office(db):
    load_years(2026)
    return an_office()


def told(user):
    return list(Message.objects.filter(recipient=user, status="queued").values_list("title", flat=True))


def running(meeting):
    return list(Clock.objects.running().filter(link=meeting.get_absolute_url()).values_list("duty", flat=True))


# Asked for


def test_a_deputys_request_is_the_countys_committees_to_arrange_in_time(office):
    meeting = asked(office)

    assert (meeting.status, meeting.region.code, meeting.deputy) == (M.ASKED, "130503", office.deputy_person)
    assert (meeting.clock.duty, meeting.clock.owner_region_id) == (Duty.ARRANGE, "130503")
    assert told(office.committee) == ["提请约见信都区水务局负责人，请安排：南大郭村排水"]
    assert meeting.events.get().actor_label == "人大代表郑代表"


def test_a_request_about_a_case_stands_in_the_case_but_is_not_told_to_the_resident(office):
    story = Story.brought_to(Status.HANDLING, office)
    meeting = asked(office, actor=office.officer, cases=[story.petition], station=None)

    event = story.petition.events.get(action="ask_meeting")
    assert (event.link, event.public, event.actor_label) == (meeting.get_absolute_url(), False, office.station.name)
    assert (meeting.station, list(meeting.cases.all())) == (office.station, [story.petition])


def test_the_same_request_sent_twice_is_one_meeting(office):
    assert asked(office) == asked(office, at=MONDAY + dt.timedelta(seconds=1))
    assert Meeting.objects.count() == 1


def test_the_same_words_about_another_case_are_another_request(office):
    one, other = (Story.brought_to(Status.HANDLING, office).petition for _ in range(2))
    facts = {"actor": office.officer, "station": None}
    first, second = asked(office, cases=[one], **facts), asked(office, cases=[other], **facts)
    assert first != second
    assert list(second.cases.all()) == [other]


def test_that_nobody_came_is_told_though_the_meeting_is_arranged_anew_the_same_evening(office):
    meeting = a_meeting(office, M.ARRANGED)
    take(office, meeting, "miss")
    take(office, meeting, "arrange", at=MEETS_AT + dt.timedelta(hours=3), meets_at=moment("2026-11-25 09:00"))
    assert [title for title in told(office.viewer) if "无人到会" in title]
    assert len([title for title in told(office.deputy) if "约见已安排" in title]) == 1


def test_a_meeting_is_not_arranged_for_a_date_that_no_calendar_reaches(office):
    meeting = asked(office)
    with pytest.raises(ProgrammeError, match="9999年12月31日太远了"):
        take(office, meeting, "arrange", meets_at=moment("9999-12-31 09:00"))


@pytest.mark.parametrize("who", ["stranger", "viewer", "clerk", "admin"])
def test_who_is_not_of_the_station_cannot_ask_about_its_cases_or_its_matters(office, who):
    story = Story.brought_to(Status.HANDLING, office)
    for facts in ({"cases": [story.petition]}, {}):
        with pytest.raises(ProgrammeError, match="没有权限"):
            asked(office, actor=getattr(office, who), **facts)
    assert not Meeting.objects.exists()
    assert not Event.objects.filter(action="ask_meeting").exists()


def test_cases_of_two_counties_go_to_the_citys_committee(office):
    a_region("1305")
    there = StationFactory(region=a_region("130502100"))
    here = Story.brought_to(Status.HANDLING, office).petition
    far = Story.begin(office, station=there, region=there.region).petition
    city = a_user(Role.COMMITTEE, a_region("1305"), name="市代工委")

    meeting = asked(office, actor=city, cases=[far, here], station=None)

    assert meeting.region_id == "1305"
    assert told(city) == ["提请约见信都区水务局负责人，请安排：南大郭村排水"]


def test_a_committee_asks_without_any_station(office):
    meeting = asked(office, actor=office.committee, station=None)
    assert (meeting.station, meeting.region_id) == (None, "130503")
    with pytest.raises(ProgrammeError, match="没有权限"):
        asked(office, actor=office.head, station=None)


# Arranged, declined


def test_an_arranged_meeting_is_told_to_organ_deputies_and_station_and_the_resident_reads_its_day(office):
    story = Story.brought_to(Status.HANDLING, office)
    meeting = asked(office, cases=[story.petition], deputies=[office.deputy_person])
    take(office, meeting, "arrange")

    assert (meeting.clock.duty, meeting.clock.due_on) == (Duty.MEET, dt.date(2026, 11, 18))
    for user in (office.leader, office.clerk, office.deputy, office.officer):
        assert "约见已安排：南大郭村排水" in told(user)
    event = story.petition.events.get(action="note_meeting")
    assert (event.public, event.actor_label) == (True, COMMITTEE)
    assert event.text == "已约请信都区水务局负责人于2026年11月18日9:00会商此事。"


def test_an_organ_without_an_account_is_told_by_its_office_contacts(office):
    small = OrganFactory(name="气象站", phone="13900000007")
    take(office, asked(office, organ=small), "arrange")
    message = Message.objects.get(outside_key=outside_key(small))
    assert (message.title, message.link) == ("约见已安排：南大郭村排水", "")


def test_a_meeting_is_not_arranged_for_a_time_that_is_over(office):
    with pytest.raises(ProgrammeError, match="现在以后"):
        take(office, asked(office), "arrange", meets_at=MONDAY)


def test_a_declined_request_says_why_to_whoever_asked_and_its_clock_stops(office):
    meeting = take(office, asked(office), "decline")
    assert meeting.clock is None
    assert running(meeting) == []
    assert told(office.deputy) == ["约见未予安排：南大郭村排水"]
    assert told(office.clerk) == []


# Postponed


def test_a_meeting_is_postponed_once_and_by_a_month_at_most(office):
    meeting = a_meeting(office, M.ARRANGED)
    with pytest.raises(ProgrammeError, match="不能晚于2026年12月18日"):
        take(office, meeting, "postpone", actor=office.leader, to=moment("2026-12-19 09:00"))
    with pytest.raises(ProgrammeError, match="原定时间以后"):
        take(office, meeting, "postpone", to=moment("2026-11-17 09:00"))

    take(office, meeting, "postpone", actor=office.leader, to=moment("2026-12-18 17:00"))

    assert (meeting.postponed_from, meeting.clock.due_on) == (MEETS_AT, dt.date(2026, 12, 18))
    assert running(meeting) == [Duty.MEET]
    assert told(office.deputy) == ["约见推迟一次：南大郭村排水"]
    assert meeting.events.last().actor_label == "信都区水务局"
    with pytest.raises(ProgrammeError, match="只能推迟一次"):
        take(office, meeting, "postpone", to=moment("2026-12-18 18:00"))


@pytest.mark.parametrize(
    ("arranged", "latest"),
    [("2027-01-31 09:00", dt.date(2027, 2, 28)), ("2026-12-31 16:30", dt.date(2027, 1, 31))],
)
def test_a_month_that_lacks_the_day_ends_on_its_last(arranged, latest):
    assert meetings.latest_day(moment(arranged)) == latest


# Held, missed


def test_a_delegate_is_recorded_with_name_and_title_and_minutes_are_owed(office):
    meeting = a_meeting(office, M.HELD)
    assert (meeting.came_name, meeting.came_title, meeting.held_at) == ("王民", "副局长", MEETS_AT)
    assert running(meeting) == [Duty.MINUTES]


def test_nobody_is_recorded_as_come_before_the_day(office):
    meeting = a_meeting(office, M.ARRANGED)
    for action in ("hold", "miss"):
        with pytest.raises(ProgrammeError, match="还没有到约见的日子"):
            take(office, meeting, action, at=MEETS_AT - dt.timedelta(days=1))


def test_an_organ_that_does_not_come_is_reported_and_the_meeting_waits_to_be_arranged_anew(office):
    meeting = take(office, a_meeting(office, M.ARRANGED), "miss")

    assert (meeting.status, running(meeting)) == (M.ASKED, [Duty.ARRANGE])
    assert meeting.events.last().text == "信都区水务局无人到会。电话无人接听。"
    for user in (office.committee, office.viewer, office.leader):
        assert "约见无人到会，须重新安排：南大郭村排水" in told(user)
    take(office, meeting, "arrange", meets_at=moment("2026-11-25 09:00"), at=moment("2026-11-19 10:00"))
    assert meeting.status == M.ARRANGED


# Minutes and promises


def test_a_promise_beyond_the_cases_becomes_an_item_of_the_organ(office):
    meeting = a_meeting(office, M.HELD)
    take(office, meeting, "record_minutes", pledges=[Pledge("清淤二号沟", dt.date(2026, 12, 20))])

    item = meeting.items.get()
    assert (item.kind, item.owner_organ, item.region) == (Item.Kind.PROMISE, office.organ, meeting.region)
    assert (item.clock.duty, item.clock.due_on) == (Duty.REPORT_BACK, dt.date(2026, 12, 20))
    services.report(item=item, actor=office.clerk, text="已清。", at=moment("2026-12-01 10:00"))
    services.verify(item=item, actor=office.committee, at=moment("2026-12-02 10:00"))
    item.refresh_from_db()
    assert item.status == Item.Status.VERIFIED


def test_the_minutes_are_a_numbered_paper_with_every_promise(office):
    meeting = a_meeting(office, M.HELD)
    take(office, meeting, "record_minutes", pledges=[Pledge("清淤二号沟", dt.date(2026, 12, 20))])

    paper = Paper.objects.get(kind=Paper.Kind.MINUTES)
    assert (paper.sequence, paper.addressee, paper.office) == (1, "信都区水务局", meeting.region)
    assert paper.sheet["rows"] == [["清淤二号沟", "2026年12月20日", ""]]
    assert running(meeting) == []


@pytest.mark.parametrize("on", [dt.date(2026, 11, 18), dt.date(2026, 11, 1)])
def test_a_promise_is_for_a_day_to_come_and_a_refused_one_leaves_no_minutes(office, on):
    story = Story.brought_to(Status.HANDLING, office)
    meeting = a_meeting(office, M.HELD, cases=[story.petition])
    for pledge in (Pledge("通水", on), Pledge("通水", on, story.petition)):
        with pytest.raises(ProgrammeError, match="今天以后"):
            take(office, meeting, "record_minutes", pledges=[pledge])
    meeting.refresh_from_db()
    assert (meeting.status, meeting.minutes) == (M.HELD, "")
    assert not Paper.objects.filter(kind=Paper.Kind.MINUTES).exists()


def test_a_promise_is_refused_for_a_case_of_another_meeting_or_one_that_is_over(office):
    story = Story.brought_to(Status.HANDLING, office)
    other = Story.brought_to(Status.HANDLING, office)
    meeting = a_meeting(office, M.HELD, cases=[story.petition])
    due = dt.date(2026, 12, 20)
    with pytest.raises(ProgrammeError, match="不在这次约见之中"):
        take(office, meeting, "record_minutes", pledges=[Pledge("通水", due, other.petition)])
    story.take("withdraw")
    with pytest.raises(ProgrammeError, match="已撤回"):
        take(office, meeting, "record_minutes", pledges=[Pledge("通水", due, story.petition)])
    assert not Commitment.objects.exists()


# Who may


@pytest.mark.parametrize("who", ["officer", "head", "deputy", "clerk", "leader", "viewer", "stranger", "admin"])
@pytest.mark.parametrize("status", [M.ASKED, M.ARRANGED, M.HELD])
def test_only_the_committee_moves_a_meeting_and_the_organ_may_but_postpone_it(office, who, status):
    meeting = a_meeting(office, status)
    for row in lifecycle.MEETING:
        may = row.action == "postpone" and status == M.ARRANGED and who in ("clerk", "leader")
        if status not in row.sources or may:
            continue
        with pytest.raises(ProgrammeError, match="没有权限"):
            take(office, meeting, row.action, actor=getattr(office, who))
    meeting.refresh_from_db()
    assert meeting.status == status


@pytest.mark.parametrize("status", [M.ASKED, M.ARRANGED, M.DECLINED, M.HELD, M.RECORDED])
def test_no_action_is_taken_from_a_status_that_is_not_its_own(office, status):
    meeting = a_meeting(office, status)
    at = moment("2026-11-18 11:00")
    for row in lifecycle.MEETING:
        if row.sources and status not in row.sources:
            with pytest.raises(ProgrammeError, match="不能"):
                take(office, meeting, row.action, at=at)
    offered = {row.action for row in lifecycle.open_actions(lifecycle.MEETING_TABLE, meeting, {ARRANGER})}
    assert offered == {row.action for row in lifecycle.MEETING if status in row.sources}
    by_organ = lifecycle.open_actions(lifecycle.MEETING_TABLE, meeting, {OWNER})
    assert [row.action for row in by_organ] == (["postpone"] if status == M.ARRANGED else [])


def test_whoever_comes_second_reads_who_was_first(office):
    stale = asked(office)
    take(office, stale, "arrange")
    with pytest.raises(ProgrammeError, match=f"最近一步：{COMMITTEE}于.*“安排约见”"):
        meetings.decline(meeting=stale, actor=office.committee, why="忙")


def test_each_reader_finds_the_meetings_that_concern_them(office):
    meeting = asked(office, actor=office.officer)
    attending, outside = a_deputy("冯代表", user=a_user(Role.DEPUTY)), a_deputy("外代表", user=a_user(Role.DEPUTY))
    meeting.deputies.add(attending)

    def sees(user):
        return Meeting.objects.visible_to(user).filter(pk=meeting.pk).exists()

    for user in (office.officer, office.head, office.committee, office.viewer, attending.user):
        assert sees(user)
    for user in (office.clerk, office.leader, office.other_clerk, office.stranger, office.admin, outside.user):
        assert not sees(user)
    take(office, meeting, "arrange")
    assert sees(office.clerk)
    assert not sees(office.other_clerk)


# The whole way


def test_two_dissatisfied_rounds_lead_to_a_meeting_a_promise_its_keeping_and_the_end(office):
    story = twice_dissatisfied(office, deputy=office.deputy_person)
    case = story.petition
    assert services.sweep(at=story.at + dt.timedelta(minutes=1)) == 1
    meeting = Meeting.objects.get()
    assert (meeting.organ, meeting.station, meeting.asked_by) == (office.organ, office.station, None)
    assert list(meeting.deputies.all()) == [office.deputy_person]
    assert case.events.get(action="ask_meeting").actor_label == "系统"

    take(office, meeting, "arrange")
    take(office, meeting, "postpone", actor=office.leader, to=moment("2026-11-25 09:00"))
    with pytest.raises(ProgrammeError, match="只能推迟一次"):
        take(office, meeting, "postpone", actor=office.leader, to=moment("2026-11-26 09:00"))
    take(office, meeting, "hold")
    take(office, meeting, "record_minutes", pledges=[Pledge("更换全部路灯", dt.date(2026, 12, 20), case)])

    commitment = Commitment.objects.get()
    assert (commitment.round.number, commitment.clock.duty) == (3, Duty.COMMITMENT)
    assert commitment.meeting_promise.meeting == meeting
    assert "承诺：更换全部路灯，2026年12月20日前完成" in case.events.get(action="register_promise").text

    story.at = moment("2026-11-26 10:00")
    story.take("reply")
    story.take("pass_reply")
    story.take("rate")
    assert story.petition.status == Status.TRACKING  # an open promise keeps the case open
    story.take("report_delivery")
    story.take("verify_delivery")

    assert story.petition.status == Status.CLOSED
    assert not story.running.exists()
    public = list(case.events.filter(public=True, action="note_meeting").values_list("text", flat=True))
    assert [text[:4] for text in public] == ["已约请信", "与信都区", "已于20"[:4]]
    assert services.sweep(at=moment("2026-12-01 10:00")) == 0
