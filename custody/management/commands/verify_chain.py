"""The proof that no sealed row was changed, removed or put in."""

from django.core.management.base import BaseCommand, CommandError

from custody.verifying import verify

WRONG = {"was changed": "被修改", "is gone": "被删除", "was not there": "是封存后插入的"}


class Command(BaseCommand):
    help = "核对全部封存：逐行重新计算，指出第一处被修改、删除或插入的记录。全部相符时退出码为0，否则为1。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--published", action="append", default=[], metavar="封存值", help="另行保存的封存值，应仍在链中；可重复"
        )

    def handle(self, *args, published, **options):
        found = verify(set(published))
        for day, (seals, rows, digest) in found.days.items():
            self.stdout.write(f"{day}：封存 {seals} 段，{rows} 行，当日最后的封存值 {digest}")
        if found.broken:
            broken = found.broken
            what = f"第 {broken.row} 行{WRONG[broken.what]}" if broken.row is not None else broken.what
            raise CommandError(f"不相符：{broken.table}（{broken.sealed_on} 封存）{what}。", returncode=1)
        if missing := set(published) - found.digests_met:
            raise CommandError(f"链中没有另行保存的封存值：{'、'.join(sorted(missing))}。", returncode=1)
        self.stdout.write(f"全部相符：{sum(rows for _, rows, _ in found.days.values())} 行。")
