"""Items through their real services: every row of the table, every clock, and nobody out of turn."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notices.models import Message
from papers.models import Paper
from programmes import lifecycle, services
from programmes.errors import ProgrammeError
from programmes.models import Activity, Event, Item
from programmes.permissions import MANAGER, OWNER, SYSTEM, item_positions
from supervision.models import Clock, Duty
from tests.factories import load_years
from tests.petitions.story import moment
from tests.programmes.follow_up import DUE, FACTS, HOUR, LATER, MONDAY, a_programme, an_item, spec, take, the_offices

S = Item.Status
SERVICES = {"object": "object_to"}
DAY = dt.timedelta(days=1)
WALK = FACTS.keys() | {"sign_in", "verify"}
RUNNING = {
    S.OPEN: {Duty.REPORT_BACK},
    S.REPORTED: {Duty.REPORT_BACK, Duty.VERIFY},
    S.OBJECTED: {Duty.REPORT_BACK, Duty.DECIDE_OBJECTION},
    S.VERIFIED: set(),
    S.DROPPED: set(),
}


@pytest.fixture
def office(db):
    load_years(2026)
    return the_offices()


def told(user):
    return list(Message.objects.filter(recipient=user, status="queued").values_list("title", flat=True))


def test_an_item_is_set_with_a_clock_to_its_date_and_its_unit_is_told(office):
    item = an_item(office)
    assert (item.status, item.clock.due_on, item.clock.duty) == (S.OPEN, DUE, Duty.REPORT_BACK)
    assert (item.clock.region, item.clock.owner_organ) == (office.county, office.organ)
    assert item.clock.link == item.get_absolute_url()
    assert told(office.clerk) == ["新的督查事项：河道清淤"]
    event = item.events.get()
    assert (event.action, event.actor_label) == ("raise", "信都区人大常委会代工委")


def test_a_date_that_no_calendar_reaches_is_refused_in_words(office):
    with pytest.raises(ProgrammeError, match="太远了"):
        an_item(office, due_on=dt.date(9999, 12, 31))
    with pytest.raises(ProgrammeError, match="太远了"):
        take(office, an_item(office), "move_due", at=MONDAY + HOUR, due_on=dt.date(9999, 12, 31))


def test_a_unit_with_many_new_items_is_told_once(office):
    services.raise_items(
        specs=[spec(office, title=f"事项{n}") for n in range(3)],
        region=office.county,
        actor=office.committee,
        at=MONDAY,
        programme=a_programme(office),
    )
    assert told(office.clerk) == ["新的督查事项：3项，请逐项签收"]


def test_setting_many_items_takes_as_many_queries_as_setting_few(office, django_assert_max_num_queries):
    programme = a_programme(office)
    with django_assert_max_num_queries(20):
        services.raise_items(
            specs=[spec(office, title=f"事项{n}") for n in range(40)],
            region=office.county,
            actor=office.committee,
            at=MONDAY,
            programme=programme,
        )


def test_an_office_sets_nothing_for_itself(office):
    with pytest.raises(ProgrammeError, match="不能给自己下达"):
        an_item(office, owner_region=office.county)
    assert not Clock.objects.exists()


def test_what_is_reported_and_verified_is_struck_off_and_nothing_runs_on(office):
    item = an_item(office)
    take(office, item, "sign_in", at=MONDAY + HOUR)
    take(office, item, "report", at=MONDAY + 2 * HOUR)
    assert (item.status, item.clock.is_paused, item.check_clock.duty) == (S.REPORTED, True, Duty.VERIFY)
    assert item.check_clock.owner_region == office.county
    assert "信都区水务局报告已完成，请核实：河道清淤" in told(office.committee)
    take(office, item, "verify", at=MONDAY + 3 * HOUR)
    assert (item.status, item.settled_at) == (S.VERIFIED, MONDAY + 3 * HOUR)
    assert not Clock.objects.running().exists()


def test_what_is_sent_back_goes_on_to_the_same_date(office):
    item = an_item(office, S.REPORTED)
    check = item.check_clock
    take(office, item, "send_back", at=moment("2026-11-23 10:00"))
    check.refresh_from_db()
    assert (item.status, item.clock.due_on, item.clock.is_paused, item.check_clock) == (S.OPEN, DUE, False, None)
    assert check.is_stopped
    assert "核实未通过，请继续办理：河道清淤" in told(office.clerk)


def test_an_objection_lets_the_clock_run_on_and_may_be_made_once(office):
    item = an_item(office, S.OBJECTED)
    assert (item.clock.is_paused, item.check_clock.duty) == (False, Duty.DECIDE_OBJECTION)
    take(office, item, "settle", at=MONDAY + 3 * HOUR, due_on=LATER)
    assert (item.status, item.due_on, item.clock.due_on, item.check_clock) == (S.OPEN, LATER, LATER, None)
    with pytest.raises(ProgrammeError, match="只能提出一次异议"):
        take(office, item, "object_to", at=MONDAY + 4 * HOUR)


def test_an_upheld_objection_drops_the_item(office):
    item = an_item(office, S.OBJECTED)
    take(office, item, "settle", at=MONDAY + 3 * HOUR, upheld=True)
    assert item.status == S.DROPPED
    assert not Clock.objects.running().exists()


def test_an_item_that_goes_to_another_organ_is_signed_in_anew_there(office):
    item = an_item(office)
    take(office, item, "sign_in", at=MONDAY + HOUR)
    take(office, item, "object_to", at=MONDAY + HOUR)
    take(office, item, "settle", at=MONDAY + 2 * HOUR, owner_organ=office.other_organ)
    assert (item.owner, item.clock.owner, item.signed_in_at) == (office.other_organ, office.other_organ, None)
    assert "已改由信都区住建局办理：河道清淤" in told(office.clerk)
    assert "异议已裁定，请继续办理：河道清淤" in told(office.other_clerk)
    assert item_positions(item, office.clerk) == set()
    take(office, item, "object_to", at=MONDAY + 3 * HOUR, actor=office.other_clerk)


def test_a_moved_date_starts_another_clock_and_the_record_keeps_the_old_date(office):
    item = an_item(office)
    old = item.clock
    take(office, item, "move_due", at=MONDAY + HOUR)
    old.refresh_from_db()
    assert (old.is_stopped, item.due_on, item.clock.due_on) == (True, LATER, LATER)
    assert item.events.last().text == "期限由2026年11月20日调整为2026年12月4日：雨天停工"
    with pytest.raises(ProgrammeError, match="相同"):
        take(office, item, "move_due", at=MONDAY + 2 * HOUR)
    with pytest.raises(ProgrammeError, match="早于今天"):
        take(office, item, "move_due", at=MONDAY + 2 * HOUR, due_on=DUE.replace(day=1))


def test_a_paper_by_hand_is_numbered_waited_for_and_acknowledged(office):
    item = an_item(office)
    take(office, item, "press", at=MONDAY + HOUR)
    paper = Paper.objects.get()
    assert paper.addressee_organ == office.organ
    with pytest.raises(ProgrammeError, match="等待回执"):
        take(office, item, "press", at=MONDAY + 2 * HOUR)
    reminder = paper.reminder
    take(office, item, "move_due", at=MONDAY + 3 * HOUR)
    with pytest.raises(ProgrammeError, match="由收到的单位回执"):
        take(office, item, "acknowledge", at=MONDAY + 4 * HOUR, reminder=reminder, text="收到。")
    take(office, item, "acknowledge", at=MONDAY + 4 * HOUR, reminder=reminder, text="周五完成。", actor=office.leader)
    reminder.refresh_from_db()
    assert (reminder.acknowledgement, reminder.acknowledged_by) == ("周五完成。", office.leader)
    assert item.events.last().text == f"{paper.number}回执：周五完成。"


def test_nobody_acknowledges_the_paper_of_another_item(office):
    item, other = an_item(office), an_item(office, title="管网改造")
    take(office, other, "press", at=MONDAY + HOUR)
    reminder = Paper.objects.get().reminder
    with pytest.raises(ProgrammeError, match="没有您选择的"):
        take(office, item, "acknowledge", at=MONDAY + 2 * HOUR, reminder=reminder, text="收到。", actor=office.leader)


def test_what_comes_back_after_it_was_struck_off_has_a_new_clock(office):
    item = an_item(office, S.VERIFIED)
    old = item.clock
    take(office, item, "reopen", at=MONDAY + 4 * HOUR)
    assert (item.status, item.due_on, item.settled_at) == (S.OPEN, LATER, None)
    assert item.clock != old
    assert Clock.objects.running().get() == item.clock


@pytest.mark.parametrize("of_an_activity", [False, True])
def test_nothing_comes_back_after_its_programme_was_closed(office, of_an_activity):
    item = an_item(office, S.VERIFIED)
    programme = item.programme
    if of_an_activity:
        held = Activity.objects.create(
            kind=Activity.Kind.INSPECTION,
            region=office.county,
            programme=programme,
            title="视察河道",
            starts_at=MONDAY,
            ends_at=MONDAY + HOUR,
            created_at=MONDAY,
            closed_at=MONDAY + HOUR,
        )
        Item.objects.filter(pk=item.pk).update(programme=None, activity=held)
    services.close_programme(programme=programme, report="已完成。", actor=office.committee, at=MONDAY + 3 * HOUR)
    with pytest.raises(ProgrammeError, match="已于2026年11月2日结束。需要继续整改的，请在新的监督工作中下达。"):
        take(office, item, "reopen", at=MONDAY + 4 * HOUR)
    item.refresh_from_db()
    assert item.status == S.VERIFIED
    assert not Clock.objects.running().exists()


def test_a_unit_is_not_told_of_an_item_that_was_dropped_before_the_letter_went_out(office):
    item = an_item(office)
    take(office, item, "drop", at=MONDAY + HOUR)
    assert told(office.clerk) == ["已撤销，不再需要办理：河道清淤"]


def test_a_letter_about_several_items_goes_out_though_one_of_them_was_dropped(office):
    items = services.raise_items(
        specs=[spec(office, title=f"事项{n}") for n in range(3)],
        region=office.county,
        actor=office.committee,
        at=MONDAY,
        programme=a_programme(office),
    )
    take(office, items[0], "drop", at=MONDAY + HOUR)
    assert told(office.clerk) == ["新的督查事项：3项，请逐项签收", "已撤销，不再需要办理：事项0"]


def test_an_organ_acts_by_link_under_its_own_name_without_an_account(office):
    item = an_item(office)
    services.sign_in(item=item, by_link="信都区水务局", at=MONDAY + HOUR)
    services.report(item=item, by_link="信都区水务局", text="已清淤。", at=MONDAY + 2 * HOUR)
    assert list(item.events.values_list("actor", "actor_label"))[1:] == [(None, "信都区水务局")] * 2
    with pytest.raises(ProgrammeError, match="不能“提出异议”"):
        services.object_to(item=item, by_link="信都区水务局", ground="不属。", at=MONDAY + 3 * HOUR)


def test_the_owner_above_learns_when_all_parts_are_settled(office):
    above = an_item(office, owner_region=office.township, title="全域禁烧")
    local = a_programme(office, region=office.township, title="镇禁烧")
    first, second = (
        an_item(office, programme=local, parent=above, owner_station=office.station, title=f"巡查{n}") for n in (1, 2)
    )
    for item in (first, second):
        assert not [title for title in told(office.head) if title.startswith("分解的事项均已办结")]
        take(office, item, "report", at=MONDAY + HOUR, actor=office.officer)
        take(office, item, "verify", at=MONDAY + 2 * HOUR, actor=office.head)
    assert "分解的事项均已办结，可以报告完成：全域禁烧" in told(office.head)


@pytest.mark.django_db(transaction=True)
def test_of_two_last_parts_settled_at_once_one_tells_the_owner_above():
    load_years(2026)
    office = the_offices()
    above = an_item(office, owner_region=office.township, title="全域禁烧")
    local = a_programme(office, region=office.township, title="镇禁烧")
    parts = [
        an_item(office, programme=local, parent=above, owner_station=office.station, title=f"巡查{n}") for n in (1, 2)
    ]
    both_are_done = Barrier(2, timeout=20)

    def drop_at_the_same_time(item):
        try:
            with transaction.atomic():
                # Neither commits before the other one has looked, unless it has to wait for it.
                services.drop(item=item, why="已列入其他工作。", actor=office.head, at=MONDAY + HOUR)
                with suppress(BrokenBarrierError):
                    both_are_done.wait(1)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(drop_at_the_same_time, parts))

    assert told(office.head).count("分解的事项均已办结，可以报告完成：全域禁烧") == 1


def test_the_same_progress_sent_twice_is_one_note(office):
    item = an_item(office)
    for _twice in range(2):
        take(office, item, "note_progress", at=MONDAY + HOUR)
    assert item.events.filter(action="note_progress").count() == 1


@pytest.mark.parametrize("status", S)
def test_no_action_is_taken_in_a_status_or_by_a_position_that_the_table_does_not_name(office, status):
    item = an_item(office, status)
    people = {OWNER: office.leader, MANAGER: office.committee, SYSTEM: None, "nobody": office.stranger}
    actions = {action: row for action, row in lifecycle.ITEM_TABLE.items() if action != "raise"}
    for action, row in actions.items():
        facts = FACTS.get(SERVICES.get(action, action), {})
        if action == "acknowledge":
            facts = {"reminder": Clock(), "text": "收到。"}
        for position, actor in people.items():
            if position in row.actors and status in row.sources and row.when(item):
                continue
            if position == SYSTEM and action in ("verify", "report") and status in row.sources:
                continue
            with pytest.raises(ProgrammeError):
                getattr(services, SERVICES.get(action, action))(item=item, actor=actor, at=MONDAY + 5 * HOUR, **facts)
    assert Event.objects.filter(item=item, at=MONDAY + 5 * HOUR).count() == 0
    item.refresh_from_db()
    assert item.status == status


def test_every_row_of_the_table_is_taken_by_its_service(office):
    taken = {"raise"}
    for action, row in lifecycle.ITEM_TABLE.items():
        if action in ("raise", "acknowledge"):
            continue
        for status in row.sources:
            item = an_item(office, S(status), title=f"{action}-{status}")
            take(office, item, SERVICES.get(action, action), at=MONDAY + 6 * HOUR)
            event = item.events.last()
            assert (event.action, event.from_status, event.to_status) == (action, status, item.status)
            assert item.status in (row.targets or (status,))
            assert (item.settled_at is not None) == (item.status not in Item.UNSETTLED)
            taken.add(action)
    assert taken == lifecycle.ITEM_TABLE.keys() - {"acknowledge"}


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.sampled_from(sorted(WALK)), max_size=7))
def test_whatever_is_tried_in_whatever_order_an_item_and_its_clocks_agree(office, actions):
    """Refused or taken: what is settled runs no clock, what waits for the office has its clock, nothing is half done."""
    with transaction.atomic():
        item = an_item(office, title="随意一项")
        for number, action in enumerate(actions, start=1):
            due_on = {"due_on": LATER + number * DAY} if action in ("move_due", "reopen") else {}
            try:
                take(office, item, action, at=MONDAY + number * HOUR, **due_on)
            except ProgrammeError:
                item.refresh_from_db()
            running = {clock.duty for clock in Clock.objects.running().filter(item_link__item=item)}
            assert running == RUNNING[item.status]
            assert item.clock.due_on == item.due_on
            assert item.clock.is_stopped or item.clock.is_paused == (item.status == S.REPORTED)
            assert item.events.last().to_status == item.status
        transaction.set_rollback(True)
