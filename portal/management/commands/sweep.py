"""What the beat does every minute, by hand: press on, follow what has run out, deliver."""

from django.core.management.base import BaseCommand

from deputies import posters
from deputies.services import sweep as follow_reception_days
from insights.counting import sweep as count
from insights.services import jobs as ledgers
from notices.account_changes import tell_of_changes
from notices.services import deliver
from petitions.services import sweep
from petitions.services.programs import tell_programs
from programmes.services import sweep as follow_programmes
from supervision.services import sweep as press_on


class Command(BaseCommand):
    help = "督办、接待日、逾期处理、监督工作、海报、台账、统计、事件推送、账号变动、发送通知各运行一遍，与后台每分钟所做的相同。"

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", required=True, help="运行一遍后结束")

    def handle(self, *args, **options):
        self.stdout.write(f"督办：处理期限 {press_on()} 个。")
        self.stdout.write(f"接待日：提醒和小结 {follow_reception_days()} 项。")
        self.stdout.write(f"逾期处理：推进 {sweep()} 件。")
        self.stdout.write(f"监督工作：推进 {follow_programmes()} 项。")
        self.stdout.write(f"海报：做了 {posters.work_off()} 批。")
        self.stdout.write(f"台账：做了 {ledgers.work_off()} 份。")
        self.stdout.write(f"统计：重新统计 {count()} 个联络站。")
        self.stdout.write(f"事件推送：{tell_programs()} 条。")
        self.stdout.write(f"账号变动：告知 {tell_of_changes()} 项。")
        self.stdout.write(f"通知：发送 {deliver()} 条。")
