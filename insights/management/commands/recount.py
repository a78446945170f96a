"""The proof that the kept figures are those of the cases."""

from django.core.management.base import BaseCommand, CommandError

from insights import counting
from stations.models import Station

SHOWN = 200


class Command(BaseCommand):
    help = "从群众意见重新统计全部联络站的数字，列出与留存数字不一致的。没有列出的，就是一致。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="只核对，不改；有不一致的，退出码为1；有没核对的，退出码为2"
        )

    def handle(self, *args, check, **options):
        names = dict(Station.objects.values_list("pk", "name"))
        found = 0
        for found, each in enumerate(counting.recount(write=not check), start=1):
            if found <= SHOWN:
                what = " ".join(str(part) for name, part in each.of.items() if name != "station_id")
                figures = "；".join(
                    f"{key} 留存 {kept}，实际 {counted}" for key, (kept, counted) in each.figures.items()
                )
                self.stdout.write(f"{names[each.of['station_id']]} {each.table} {what}：{figures}")
        passed_over = counting.uncounted() if check else 0
        proven = len(names) - passed_over
        self.stdout.write(f"核对 {proven} 个联络站，不一致 {found} 行" + ("。" if check else "，已改正。"))
        if check and found:
            raise CommandError(f"留存的数字有 {found} 行与群众意见不一致。", returncode=1)
        if passed_over:
            raise CommandError(f"另有 {passed_over} 个联络站的变化还没有统计，没有核对；过几分钟再试。", returncode=2)
