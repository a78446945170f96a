"""Let a demo case's clocks run out while one watches."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from petitions.models import Petition
from supervision.models import Clock, Reminder
from supervision.services import age, sweep


class Command(BaseCommand):
    help = "仅供演示：把一件意见正在计时的期限提前若干个工作日，运行一遍督办，并显示触发了什么。"

    def add_arguments(self, parser):
        parser.add_argument("number", help="编号，如 XD-20261124-00042")
        parser.add_argument("--workdays", type=int, default=5, help="提前的工作日数（默认5）")

    def handle(self, *args, number, workdays, **options):
        if not settings.DEMO:
            raise CommandError("此命令改动期限，只能在演示环境（DEMO=1）中使用。")
        if not 1 <= workdays <= 250:
            raise CommandError("工作日数应为1至250。")
        petition = Petition.objects.filter(number=number).first()
        if petition is None:
            raise CommandError(f"没有编号为{number}的意见。")
        clocks = list(Clock.objects.running().filter(petition_link__petition=petition, paused_on=None))
        if not clocks:
            raise CommandError(f"{number}现在没有正在计时的期限。")
        for clock in clocks:
            age(clock, workdays=workdays)
            self.stdout.write(f"{clock.get_duty_display()}：到期日现为 {clock.due_on:%Y年%-m月%-d日}。")
        began = timezone.now()
        sweep()
        self._tell(Reminder.objects.filter(clock__in=clocks, at__gte=began).select_related("clock", "paper"))

    def _tell(self, reminders):
        for reminder in reminders:
            how = "越过" if reminder.passed_over else f"已告知 {reminder.told}"
            paper = f"，{reminder.paper.number}" if reminder.paper else ""
            self.stdout.write(f"  {reminder.clock.get_duty_display()}·{reminder.name}：{how}{paper}")
        if not reminders:
            self.stdout.write("  没有触发新的督办。")
