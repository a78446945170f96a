"""The commands around the case: the sweep by hand, the demo's pushed clock."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from notices.models import Message
from petitions.models import Status
from supervision.models import Duty, Heartbeat, Reminder
from tests.petitions.story import moment


def test_one_sweep_by_hand_presses_follows_and_delivers(case, time_machine, capsys):
    case.take("ask_info")
    time_machine.move_to(moment("2026-11-23 10:00"), tick=False)

    call_command("sweep", once=True)

    printed = capsys.readouterr().out
    case.petition.refresh_from_db()
    assert case.petition.status == Status.REFUSED
    assert "逾期处理：推进 1 件" in printed
    assert Heartbeat.objects.filter(name="supervision", at=moment("2026-11-23 10:00")).exists()
    assert not Message.objects.filter(status=Message.Status.QUEUED).exists()


def test_a_pushed_clock_climbs_the_ladder_while_one_watches(case, settings, time_machine, capsys):
    settings.DEMO = True
    time_machine.move_to(moment("2026-11-02 11:00"))
    due_on = case.running.get().due_on

    call_command("push_clock", case.petition.number, workdays=4)

    printed = capsys.readouterr().out
    clock = case.running.get()
    assert (due_on, clock.due_on) == (dt.date(2026, 11, 4), dt.date(2026, 10, 29))
    assert "审查受理：到期日现为 2026年10月29日。" in printed
    assert "督办单：" in printed
    assert Reminder.objects.filter(clock=clock, paper__isnull=False).exists()


def test_pushing_needs_the_demo_a_case_and_a_running_clock(case, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示环境"):
        call_command("push_clock", case.petition.number)

    settings.DEMO = True
    with pytest.raises(CommandError, match="没有编号为"):
        call_command("push_clock", "XD-1")

    case.take("withdraw")
    with pytest.raises(CommandError, match="没有正在计时的期限"):
        call_command("push_clock", case.petition.number)


def test_a_paused_clock_is_not_pushed(case, settings):
    settings.DEMO = True
    case.take("ask_info")
    screening = case.clocks.get(duty=Duty.SCREEN)

    call_command("push_clock", case.petition.number, workdays=1)

    assert case.clocks.get(duty=Duty.SCREEN).due_on == screening.due_on
