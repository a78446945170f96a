"""The sweep: who is reminded when, and what is caught up after an outage."""

import datetime as dt

from accounts.models import Leave
from notices.models import Message
from papers.models import Paper
from papers.wording import change
from supervision import services
from supervision.models import Clock, Duty, Heartbeat, Severity
from tests.factories import OrganFactory
from workdays import services as workdays

from .conftest import moment


def climbed(clock):
    """The rungs of a clock in order: a name for one that was sent, in brackets when it was passed over."""
    return [f"（{rung.name}）" if rung.passed_over else rung.name for rung in clock.reminders.order_by("pk")]


def told(clock):
    return [
        (message.recipient.name, message.title.split("：")[0])
        for message in Message.objects.filter(topic=clock.topic).order_by("pk")
    ]


def sweep_days(first, last):
    """Sweep at noon of every day from first to last."""
    day = dt.date.fromisoformat(first)
    while day <= dt.date.fromisoformat(last):
        services.sweep(at=moment(f"{day} 12:00"))
        day += dt.timedelta(1)


def test_the_ladder_is_climbed_rung_by_rung_until_the_clock_is_stopped(office, answer_clock):
    clock = answer_clock()  # due on Monday the 16th

    sweep_days("2026-11-02", "2026-12-01")

    assert climbed(clock) == ["提醒", "预警", "催办", "督办单", "升级督办", "通报", "通报"]
    assert [rung.at.date().day for rung in clock.reminders.order_by("pk")] == [12, 14, 17, 18, 20, 24, 1]
    services.stop(clock, at=moment("2026-12-01 13:00"))
    assert services.sweep(at=moment("2026-12-31 10:00")) == 0


def test_each_rung_tells_the_people_it_is_meant_for_each_of_them_once(office, answer_clock):
    clock = answer_clock()

    sweep_days("2026-11-02", "2026-11-24")

    assert told(clock) == [
        ("经办", "提醒"),
        ("经办", "预警"),
        ("局长", "预警"),
        ("经办", "催办"),
        ("局长", "催办"),
        ("主席", "催办"),
        ("局长", "督办单"),
        ("主席", "升级督办"),
        ("代工委", "升级督办"),
        ("领导", "通报"),
    ]


def test_the_clock_of_a_station_is_pressed_one_level_up(office, answer_clock):
    clock = answer_clock(duty=Duty.HAND_OVER, owner_organ=None, owner_station=office.station)

    sweep_days("2026-11-02", "2026-11-07")

    assert told(clock) == [
        ("联络员", "提醒"),
        ("联络员", "预警"),
        ("主席", "预警"),
        ("联络员", "催办"),
        ("主席", "催办"),
        ("代工委", "催办"),
        ("主席", "督办单"),
    ]


def test_after_three_days_off_one_notice_of_the_highest_rung_is_sent_and_the_papers_owed_are_made(office, answer_clock):
    clock = answer_clock()
    sweep_days("2026-11-02", "2026-11-16")

    services.sweep(at=moment("2026-11-20 09:00"))

    assert climbed(clock) == ["提醒", "预警", "（催办）", "（督办单）", "升级督办"]
    order = clock.reminders.get(name="督办单")
    assert order.paper.number == "南大郭镇人督〔2026〕1号"
    assert (order.told, order.must_acknowledge) == ("", True)
    sent = Message.objects.filter(topic=clock.topic, title__startswith="升级督办")
    assert [message.recipient.name for message in sent] == ["主席", "代工委", "局长"]
    assert all(order.paper.number in message.body for message in sent)


def test_a_paper_names_the_case_in_its_title_only_and_no_person(office, answer_clock):
    answer_clock()

    services.sweep(at=moment("2026-11-18 09:00"))

    paper = Paper.objects.get()
    assert paper.title == "关于XD-20261102-00001 答复的督办单"
    assert paper.body.splitlines() == [
        "案由：截至2026年11月18日，标题所列事项的“答复”逾期未完成。",
        "期限：2026年11月2日起算，期限10个工作日，于2026年11月16日到期。",
        "要求：请立即办理，在系统中报告办理情况，并在收到本单后填写回执。",
    ]


def test_a_paper_knows_the_number_of_the_case_it_presses_and_of_no_other_matter(office, answer_clock):
    change(kind=Paper.Kind.SUPERVISION, by=office.committee, opening="{意见编号}", closing="", note="")
    answer_clock()
    facts = {"duty": Duty.ANSWER, "owner_organ": office.organ, "title": "督查事项", "at": moment("2026-11-02 10:00")}
    for link in ("/desk/items/4/", "/desk/suggestions/XD-2026-7/", "/desk/petitions/"):
        services.start(station=office.station, link=link, **facts)

    services.sweep(at=moment("2026-11-18 09:00"))

    papers = Paper.objects.order_by("-case_number").values_list("case_number", "opening")
    assert list(papers) == [("XD-20261102-00001", "XD-20261102-00001"), ("", ""), ("", ""), ("", "")]


def test_a_paper_cites_the_rule_of_a_term_where_there_is_one(office, answer_clock):
    clock = answer_clock()
    clock.source = "本县规定第三条"
    clock.save(update_fields=["source"])

    services.sweep(at=moment("2026-11-18 09:00"))

    assert Paper.objects.get().body.splitlines()[-1] == "依据：本县规定第三条"


def test_on_the_eighth_of_october_nothing_escalates_early(office, answer_clock):
    clock = answer_clock("2026-09-28 10:00", length=2)
    assert clock.due_on == dt.date(2026, 9, 30)

    sweep_days("2026-09-28", "2026-10-08")
    assert climbed(clock) == ["预警", "催办"]

    services.sweep(at=moment("2026-10-09 00:00"))
    assert climbed(clock) == ["预警", "催办", "督办单"]


def test_what_falls_due_in_a_holiday_is_told_when_the_office_opens(office, answer_clock):
    clock = answer_clock("2026-09-28 10:00", length=2)

    services.sweep(at=moment("2026-10-01 00:00"))

    urged = Message.objects.filter(topic=clock.topic)
    assert {message.next_try_at for message in urged} == {moment("2026-10-08 08:30")}


def test_a_clock_without_history_of_reminders_does_not_fire_at_once(office, answer_clock):
    clock = answer_clock(length=2)

    services.sweep(at=moment("2026-11-02 10:01"))

    assert clock.reminders.count() == 0
    assert clock.next_rung_at == moment("2026-11-04 00:00")


def test_a_key_case_starts_on_a_higher_rung_when_the_first_would_have_come(office, answer_clock):
    important, key = answer_clock(severity=Severity.IMPORTANT), answer_clock(severity=Severity.KEY)

    services.sweep(at=moment("2026-11-12 09:00"))
    assert climbed(important) == ["预警"]
    assert climbed(key) == ["催办"]

    sweep_days("2026-11-13", "2026-11-18")
    assert climbed(important) == ["预警", "催办", "督办单"]
    assert climbed(key) == ["催办", "督办单"]


def test_a_short_key_case_starts_at_the_first_moment_that_lies_after_its_start(office, answer_clock):
    clock = answer_clock(length=2, severity=Severity.KEY)

    sweep_days("2026-11-02", "2026-11-04")

    assert climbed(clock) == ["催办"]


def test_a_clock_aged_for_a_demonstration_climbs_while_one_watches(office, answer_clock):
    clock = answer_clock()
    promise = answer_clock(duty=Duty.COMMITMENT, on=dt.date(2026, 11, 16))

    for _push in range(5):
        for aged in (clock, promise):
            services.age(aged, workdays=3)
        services.sweep(at=moment("2026-11-02 11:00"))

    assert climbed(clock) == ["提醒", "（预警）", "（催办）", "督办单", "升级督办"]
    assert climbed(promise) == climbed(clock)


def test_nothing_is_sent_for_a_paused_clock(office, answer_clock):
    clock = answer_clock()
    services.pause(clock, why="等待群众补充", at=moment("2026-11-10 10:00"))

    sweep_days("2026-11-10", "2026-11-30")
    assert climbed(clock) == []

    services.resume(clock, at=moment("2026-11-30 10:00"))
    sweep_days("2026-11-30", "2026-12-04")
    assert clock.due_on == dt.date(2026, 12, 4)
    assert climbed(clock) == ["提醒", "预警"]


def test_days_on_which_an_overdue_clock_was_paused_do_not_escalate_it(office, answer_clock):
    clock = answer_clock()
    sweep_days("2026-11-02", "2026-11-17")
    services.pause(clock, why="答复待审核", at=moment("2026-11-17 15:00"))

    services.resume(clock, at=moment("2026-11-27 10:00"))
    services.attach_readings([clock], dt.date(2026, 11, 27))
    assert clock.now.text == "已超期 1 个工作日"

    sweep_days("2026-11-27", "2026-12-01")
    assert climbed(clock) == ["提醒", "预警", "催办", "督办单"]
    services.sweep(at=moment("2026-12-02 00:00"))
    assert climbed(clock)[-1] == "升级督办"


def test_an_extension_is_a_new_term_whose_rungs_come_again(office, answer_clock):
    clock = answer_clock()
    sweep_days("2026-11-02", "2026-11-15")
    assert climbed(clock) == ["提醒", "预警"]

    services.extend(clock, length=5, why="勘察", by=office.head, at=moment("2026-11-16 10:00"))
    sweep_days("2026-11-16", "2026-11-24")

    assert climbed(clock) == ["提醒", "预警", "提醒", "预警", "催办"]


def test_a_short_extension_does_not_remind_of_rungs_that_lie_before_it(office, answer_clock):
    clock = answer_clock()
    sweep_days("2026-11-02", "2026-11-15")

    services.extend(clock, length=1, why="一天", by=office.head, at=moment("2026-11-16 10:00"))
    services.sweep(at=moment("2026-11-16 10:01"))
    assert climbed(clock) == ["提醒", "预警"]

    services.sweep(at=moment("2026-11-17 09:00"))
    assert climbed(clock) == ["提醒", "预警", "预警"]


def test_a_holiday_added_later_moves_open_clocks_and_says_so(office, answer_clock):
    clock, stopped = answer_clock(), answer_clock()
    services.stop(stopped, at=moment("2026-11-03 10:00"))
    sweep_days("2026-11-02", "2026-11-12")

    workdays.set_day(
        date=dt.date(2026, 11, 13), is_workday=False, name="抗洪停工", source="县政府通知", by_name="代工委"
    )
    services.sweep(at=moment("2026-11-12 13:00"))

    clock.refresh_from_db()
    assert clock.due_on == dt.date(2026, 11, 17)
    change = clock.changes.get()
    assert (change.old_due_on, change.new_due_on) == (dt.date(2026, 11, 16), dt.date(2026, 11, 17))
    assert change.why == "工作日历调整：2026年11月13日 设为休息：抗洪停工"
    assert ("经办", "到期日调整") in told(clock)
    assert {"date": "2026-11-13", "why": "抗洪停工"} in clock.explanation["skipped"]
    stopped.refresh_from_db()
    assert stopped.due_on == dt.date(2026, 11, 16)


def test_a_rung_sent_before_the_calendar_changed_is_not_sent_again(office, answer_clock):
    clock = answer_clock()
    sweep_days("2026-11-02", "2026-11-12")

    workdays.set_day(date=dt.date(2026, 11, 13), is_workday=False, name="停工", source="通知", by_name="代工委")
    sweep_days("2026-11-12", "2026-11-18")

    assert climbed(clock) == ["提醒", "预警", "催办"]


def test_the_calendar_is_followed_before_anything_escalates(office, answer_clock):
    clock = answer_clock()
    workdays.set_day(date=dt.date(2026, 11, 16), is_workday=False, name="停工", source="通知", by_name="代工委")

    services.sweep(at=moment("2026-11-17 00:00"))

    clock.refresh_from_db()
    assert clock.due_on == dt.date(2026, 11, 17)
    assert "催办" not in climbed(clock)


def test_a_clock_whose_due_date_stays_is_not_talked_about(office, answer_clock):
    clock = answer_clock()

    workdays.set_day(date=dt.date(2026, 12, 31), is_workday=False, name="停工", source="通知", by_name="代工委")
    services.sweep(at=moment("2026-11-02 11:00"))

    assert clock.changes.count() == 0
    assert told(clock) == []


def test_a_notice_queued_for_a_clock_that_has_since_stopped_is_withdrawn(office, answer_clock):
    clock = answer_clock()
    services.sweep(at=moment("2026-11-12 00:00"))

    services.stop(clock, at=moment("2026-11-12 08:00"))

    assert Message.objects.get().status == Message.Status.WITHDRAWN


def test_a_substitute_is_told_and_stands_in_the_record(office, answer_clock):
    clock = answer_clock()
    Leave.objects.create(user=office.clerk, substitute=office.leader, starts_on="2026-11-10", ends_on="2026-11-20")

    services.sweep(at=moment("2026-11-14 09:00"))

    assert climbed(clock) == ["（提醒）", "预警"]
    assert clock.reminders.get(passed_over=False).told == "局长"
    assert told(clock) == [("局长", "预警")]


def test_where_nobody_holds_the_office_the_record_says_so(office, answer_clock):
    clock = answer_clock(owner_organ=OrganFactory())

    services.sweep(at=moment("2026-11-12 09:00"))

    assert clock.reminders.get().told == "无对应人员"


def test_an_organ_without_clerks_is_reached_through_its_leader(office, answer_clock):
    office.clerk.grants.all().delete()
    clock = answer_clock()

    services.sweep(at=moment("2026-11-12 09:00"))

    assert told(clock) == [("局长", "提醒")]


def test_sweeping_twice_writes_nothing_twice(office, answer_clock):
    clock = answer_clock()

    services.sweep(at=moment("2026-11-18 09:00"))
    Clock.objects.update(next_rung_at=moment("2026-11-02 09:00"))
    services.sweep(at=moment("2026-11-18 09:00"))

    assert climbed(clock) == ["（提醒）", "（预警）", "（催办）", "督办单"]
    assert Paper.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_finished_sweep_leaves_its_heartbeat(office, answer_clock):
    answer_clock()
    assert services.sweep_age() is None

    services.sweep(at=moment("2026-11-12 09:00"))

    assert Heartbeat.objects.get(name="supervision").handled == 1
    assert services.sweep_age(at=moment("2026-11-12 09:02")) == 120
