"""Remove personal data whose time is over, or show what would go."""

from django.core.management.base import BaseCommand

from portal.retention import KINDS
from vault.retention import due, retain


class Command(BaseCommand):
    help = "按保存期限删除到期的个人信息和照片，并记入删除记录。先用 --dry-run 看会删除什么。可随时中断，再次运行会接着做。"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只列出会删除什么，不改动")

    def handle(self, *args, dry_run: bool, **options):
        if dry_run:
            for one in due(KINDS):
                self.stdout.write(
                    f"{one.kind.label}：{one.number} 条（{one.kind.starts}满 {one.rule.months} 个月，即 {one.before} 以前；"
                    f"规则自 {one.rule.effective_on} 起）"
                )
            return
        gone = retain(KINDS)
        for kind in KINDS:
            self.stdout.write(f"{kind.label}：已删除 {gone.get(kind.code, 0)} 条")
