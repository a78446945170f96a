"""The proof that the kept figures are those of the cases."""

from django.core.management.base import BaseCommand, CommandError

from insights import counting
from stations.models import Station

SHOWN = 200


class Command(BaseCommand):
    help = "从群众意见重新统计全部联络站的数字，列出与留存数字不一致的。没有列出的，就是一致。"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="只核对，不改；有不一致的，退出码为1")

    def handle(self, *args, check, **options):
        names = dict(Station.objects.values_list("pk", "name"))
        found = 0
        for found, each in enumerate(counting.recount(write=not check), start=1):
            if found <= SHOWN:
                what = " ".join(str(part) for part in each.of)
                self.stdout.write(
                    f"{names[each.station]} {each.table} {what} {each.figure}：留存 {each.kept}，实际 {each.counted}"
                )
        self.stdout.write(f"核对 {len(names)} 个联络站，不一致 {found} 处" + ("。" if check else "，已改正。"))
        if check and found:
            raise CommandError(f"留存的数字有 {found} 处与群众意见不一致。", returncode=1)
