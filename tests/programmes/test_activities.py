"""Activities: planned, announced, answered, moved, cancelled, held, and pressed for their minutes by the same clocks."""

import datetime as dt

import pytest

from accounts.models import Role
from notices.models import Message
from programmes import services
from programmes.errors import ProgrammeError
from programmes.models import Activity, Attendance, Document, Invitation, Item
from programmes.services import activities
from supervision.models import Clock, Duty
from tests.factories import a_user, picture, upload
from tests.programmes.office import MONDAY, a_planned, an_activity, an_office, invited, moment

pytestmark = pytest.mark.django_db
Answer = Invitation.Answer
BEFORE, DURING, AFTER = "2026-11-03 09:00", "2026-11-18 09:30", "2026-11-19 09:00"


@pytest.fixture
def office(db):
    return an_office()


def told(activity):
    """Names of the people who were told something of it, and what, in the order of sending."""
    messages = Message.objects.filter(topic=activity.topic).exclude(recipient=None).select_related("recipient")
    return [(message.recipient.name, message.title) for message in messages.order_by("pk")]


def actions(activity):
    return list(activity.events.values_list("action", flat=True))


def everybody_came(activity, office, at=DURING):
    marks = {each.pk: (Attendance.CAME, "") for each in activity.invitations.all()}
    activities.record_attendance(activity=activity, marks=marks, guests_came=set(), actor=office.officer, at=moment(at))


@pytest.mark.parametrize("kind", Activity.Kind.values)
def test_activities_of_every_kind_are_planned_and_nobody_is_told_yet(office, kind):
    activity = a_planned(office, kind=kind)

    assert (activity.kind, activity.region, activity.announced_at) == (kind, office.township, None)
    assert actions(activity) == ["plan"]
    assert told(activity) == []


def test_the_same_plan_sent_twice_is_one_activity(office):
    assert a_planned(office) == a_planned(office)
    assert Activity.objects.count() == 1


def test_a_station_s_officer_plans_for_no_other_station_and_an_organ_for_none(office):
    for actor in (office.stranger, office.clerk, office.viewer, a_user(Role.DEPUTY)):
        with pytest.raises(ProgrammeError, match="可以组织活动"):
            a_planned(office, actor=actor)


def test_the_committee_plans_without_a_station(office):
    activity = a_planned(office, station=None, region=office.county, actor=office.committee)

    assert (activity.region, activity.station) == (office.county, None)


def test_a_plan_is_edited_until_it_is_announced_and_then_moved(office):
    activity = a_planned(office)
    activities.edit(activity=activity, actor=office.officer, at=moment(BEFORE), place="东郭村委会")
    activity.refresh_from_db()
    assert activity.place == "东郭村委会"

    activities.announce(activity=activity, actor=office.officer, at=moment(BEFORE))

    with pytest.raises(ProgrammeError, match="改期或改地点"):
        activities.edit(activity=activity, actor=office.officer, at=moment(BEFORE), place="别处")


def test_announcing_tells_the_deputies_themselves_and_the_organs_clerks(office):
    activity = an_activity(office)

    names = [name for name, title in told(activity) if title == "活动邀请：视察供热管网改造"]
    assert names == ["安代表", "白代表", "柴代表", "住建局经办人"]
    assert Message.objects.filter(topic=activity.topic).first().link == activity.get_absolute_url()


def test_an_invitation_before_announcing_can_be_struck_and_afterwards_not(office):
    activity = a_planned(office)
    activities.invite(activity=activity, deputies=office.deputies, organs=[], actor=office.officer, at=moment(BEFORE))
    struck = invited(activity, office.deputies[0])
    activities.uninvite(invitation=struck, actor=office.officer, at=moment(BEFORE))
    activities.announce(activity=activity, actor=office.officer, at=moment(BEFORE))

    assert activity.invitations.count() == 2
    with pytest.raises(ProgrammeError, match="不能取消"):
        activities.uninvite(invitation=invited(activity, office.deputies[1]), actor=office.officer, at=moment(BEFORE))


def test_nobody_is_invited_twice_and_who_is_invited_later_is_told_at_once(office):
    activity = an_activity(office, deputies=office.deputies[:1])

    activities.invite(
        activity=activity,
        deputies=office.deputies,
        organs=[office.organ, office.other_organ],
        actor=office.officer,
        at=moment(BEFORE),
    )

    assert activity.invitations.count() == 5
    assert [name for name, _title in told(activity)].count("安代表") == 1
    assert invited(activity, office.other_organ).clock is not None


def test_an_activity_for_nobody_is_not_announced(office):
    activity = a_planned(office, public=False)

    with pytest.raises(ProgrammeError, match="还没有邀请任何人"):
        activities.announce(activity=activity, actor=office.officer, at=moment(BEFORE))


def test_an_organ_s_time_to_answer_runs_and_stops_with_its_answer(office):
    activity = an_activity(office)
    clock = invited(activity, office.organ).clock
    assert (clock.duty, clock.owner_organ, clock.station) == (Duty.REPLY_INVITATION, office.organ, office.station)
    assert clock.due_on == dt.date(2026, 11, 5)

    activities.answer(
        invitation=invited(activity, office.organ),
        answer=Answer.DELEGATES,
        name="副局长 钱某",
        actor=office.clerk,
        at=moment(BEFORE),
    )

    answered = invited(activity, office.organ)
    assert answered.clock.stopped_at == moment(BEFORE)
    assert (answered.answer, answered.came_name) == (Answer.DELEGATES, "副局长 钱某")
    assert told(activity)[-1] == ("联络员", "回复邀请：视察供热管网改造")
    assert activity.events.last().actor_label == "信都区住建局"


def test_an_answer_is_due_on_the_day_of_an_activity_that_comes_sooner_than_the_term(office):
    activity = an_activity(office, starts_at=moment("2026-11-03 09:00"), ends_at=moment("2026-11-03 11:00"))

    assert invited(activity, office.organ).clock.due_on == dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("who", "facts", "why"),
    [
        ("organ", {"answer": Answer.DECLINES}, "不能参加的原因"),
        ("organ", {"answer": Answer.DELEGATES}, "委派谁参加"),
        ("deputy", {"answer": Answer.DELEGATES, "name": "某人"}, "代表应本人参加"),
        ("organ", {"answer": ""}, "请选择能否参加"),
    ],
)
def test_an_answer_says_who_comes_or_why_nobody_does(office, who, facts, why):
    activity = an_activity(office)
    invitation = invited(activity, office.organ if who == "organ" else office.deputies[0])

    with pytest.raises(ProgrammeError, match=why):
        activities.answer(invitation=invitation, actor=office.officer, at=moment(BEFORE), **facts)


def test_nobody_answers_for_others_but_the_office(office):
    activity = an_activity(office)
    invitation = invited(activity, office.deputies[0])
    for actor in (office.deputies[1].user, office.clerk, office.stranger, office.viewer):
        with pytest.raises(ProgrammeError, match="可以回复"):
            activities.answer(invitation=invitation, answer=Answer.COMES, actor=actor, at=moment(BEFORE))

    activities.answer(
        invitation=invitation, answer=Answer.DECLINES, note="住院", actor=office.officer, at=moment(BEFORE)
    )

    assert activity.events.last().text == "安代表：不能参加。住院"
    assert activity.events.last().actor_label == office.station.name


def test_an_organ_without_account_answers_by_link(office):
    activity = an_activity(office, organs=[office.other_organ])

    activities.answer(
        invitation=invited(activity, office.other_organ),
        answer=Answer.COMES,
        by_link="信都区水务局",
        at=moment(BEFORE),
    )

    assert activity.events.last().actor_label == "信都区水务局"


def test_another_time_or_place_is_told_to_everybody(office):
    activity = an_activity(office)

    activities.move(
        activity=activity,
        starts_at=moment("2026-11-20 14:00"),
        ends_at=moment("2026-11-20 16:00"),
        place="李村换热站",
        why="施工",
        actor=office.officer,
        at=moment(BEFORE),
    )

    moved = [name for name, title in told(activity) if title == "活动改期：视察供热管网改造"]
    assert moved == ["安代表", "白代表", "柴代表", "住建局经办人"]
    assert activity.events.last().text == "2026年11月20日14:00–16:00，李村换热站。原因：施工"


def test_an_activity_that_began_is_moved_no_more(office):
    activity = an_activity(office)

    with pytest.raises(ProgrammeError, match="已经开始"):
        activities.move(
            activity=activity,
            starts_at=moment("2026-11-20 14:00"),
            ends_at=moment("2026-11-20 16:00"),
            place="别处",
            why="",
            actor=office.officer,
            at=moment(DURING),
        )


def test_cancelling_takes_messages_back_stops_clocks_and_tells_why(office):
    activity = an_activity(office)
    assert Message.objects.filter(topic=activity.topic, status=Message.Status.QUEUED).count() == 4

    activities.cancel(activity=activity, why="暴雪", actor=office.officer, at=moment(BEFORE))

    standing = Message.objects.filter(topic=activity.topic, status=Message.Status.QUEUED)
    assert {(each.title, each.body) for each in standing} == {("活动取消：视察供热管网改造", "暴雪")}
    assert not Clock.objects.running().filter(invitation__activity=activity).exists()
    with pytest.raises(ProgrammeError, match="已于2026年11月3日取消：暴雪"):
        activities.cancel(activity=activity, why="再次", actor=office.officer, at=moment(BEFORE))


def test_a_plan_is_cancelled_without_a_word_to_anybody(office):
    activity = a_planned(office)

    activities.cancel(activity=activity, why="另行安排", actor=office.officer, at=moment(BEFORE))

    assert told(activity) == []


def test_the_minutes_are_asked_for_once_when_the_activity_is_over(office):
    activity = an_activity(office)

    assert services.sweep(at=moment(DURING)) == 0
    assert activities.ask_for_minutes(moment(AFTER)) == 1
    assert activities.ask_for_minutes(moment(AFTER)) == 0

    activity.refresh_from_db()
    clock = activity.minutes_clock
    assert (clock.duty, clock.owner_station, clock.due_on) == (Duty.MINUTES, office.station, dt.date(2026, 11, 25))


def test_the_office_of_a_region_owes_the_minutes_of_its_own_activity(office):
    activity = a_planned(office, station=None, region=office.county, actor=office.committee)
    activities.announce(activity=activity, actor=office.committee, at=moment(BEFORE))

    services.sweep(at=moment(AFTER))

    activity.refresh_from_db()
    assert (activity.minutes_clock.owner_region, activity.minutes_clock.region) == (office.county, office.county)


def test_no_minutes_are_asked_of_what_was_cancelled_or_never_announced(office):
    activities.cancel(activity=an_activity(office), why="暴雪", actor=office.officer, at=moment(BEFORE))
    a_planned(office, title="另一项")

    assert activities.ask_for_minutes(moment(AFTER)) == 0


def test_there_are_no_minutes_before_everybody_s_coming_is_on_record(office):
    activity = an_activity(office)

    with pytest.raises(ProgrammeError, match="还没有举行"):
        activities.record_minutes(activity=activity, minutes="好", actor=office.officer, at=moment(BEFORE))
    with pytest.raises(ProgrammeError, match="还有4个邀请没有登记"):
        activities.record_minutes(activity=activity, minutes="好", actor=office.officer, at=moment(AFTER))


def test_coming_is_noted_from_the_beginning_on_and_ends_the_waiting_for_answers(office):
    activity = an_activity(office)
    with pytest.raises(ProgrammeError, match="还没有开始"):
        everybody_came(activity, office, at=BEFORE)

    everybody_came(activity, office)

    assert set(activity.invitations.values_list("attendance", flat=True)) == {Attendance.CAME}
    assert not Clock.objects.running().filter(invitation__activity=activity).exists()
    assert activity.events.last().text == "到会4"


def test_minutes_stop_their_clock_and_what_was_found_becomes_items_with_owner_and_date(office):
    activity = an_activity(office)
    everybody_came(activity, office)
    activities.ask_for_minutes(moment(AFTER))
    found = {
        "kind": Item.Kind.FINDING,
        "title": "三处管网漏水",
        "demand": "修复并报告",
        "owner_organ": office.organ,
        "due_on": dt.date(2026, 12, 10),
    }

    [item] = activities.record_minutes(
        activity=activity, minutes="查看了两处", specs=[found], actor=office.officer, at=moment(AFTER)
    )

    activity.refresh_from_db()
    assert (activity.minutes, activity.closed_at) == ("查看了两处", moment(AFTER))
    assert activity.minutes_clock.stopped_at == moment(AFTER)
    assert (item.activity, item.owner, item.due_on, item.region) == (
        activity,
        office.organ,
        dt.date(2026, 12, 10),
        office.township,
    )
    assert item.clock.due_on == dt.date(2026, 12, 10)
    with pytest.raises(ProgrammeError, match="不能再改"):
        activities.record_minutes(activity=activity, minutes="改", actor=office.officer, at=moment(AFTER))


def test_what_an_item_needs_is_missing_and_nothing_is_closed(office):
    activity = an_activity(office)
    everybody_came(activity, office)
    own = {
        "kind": Item.Kind.TASK,
        "title": "整理",
        "owner_region": office.township,
        "due_on": dt.date(2026, 12, 10),
    }

    with pytest.raises(ProgrammeError, match="不能给自己下达"):
        activities.record_minutes(activity=activity, minutes="好", specs=[own], actor=office.officer, at=moment(AFTER))

    activity.refresh_from_db()
    assert activity.closed_at is None


def test_photos_are_encoded_anew_and_one_that_is_none_leaves_nothing(office):
    activity = an_activity(office)
    sound, unsound = upload(picture()), upload(b"GIF89a", "x.jpg")
    facts = {"kind": Document.Kind.PHOTO, "public": True, "actor": office.officer, "at": moment(DURING)}

    with pytest.raises(ProgrammeError, match="不是可以识别的照片"):
        activities.keep_documents(activity=activity, files=[sound, unsound], **facts)
    assert activity.documents.count() == 0
    sound.seek(0)
    [photo] = activities.keep_documents(activity=activity, files=[sound], **facts)

    assert photo.is_picture
    activities.take_away(document=photo, actor=office.officer, at=moment(DURING))
    assert activity.documents.count() == 0
    assert actions(activity)[-2:] == ["documents", "remove"]


@pytest.mark.parametrize("action", ["move", "cancel", "invite", "announce"])
def test_only_who_runs_an_activity_changes_it(office, action):
    activity = an_activity(office)
    facts = {
        "move": {
            "starts_at": moment("2026-11-20 09:00"),
            "ends_at": moment("2026-11-20 10:00"),
            "place": "别处",
            "why": "",
        },
        "cancel": {"why": "不"},
        "invite": {"deputies": [], "organs": []},
        "announce": {},
    }[action]
    for actor in (office.stranger, office.clerk, office.viewer, office.deputies[0].user):
        with pytest.raises(ProgrammeError, match="只有组织单位"):
            getattr(activities, action)(activity=activity, actor=actor, at=moment(MONDAY), **facts)
