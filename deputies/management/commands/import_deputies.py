"""Bring a sheet of deputies in."""

from collections import Counter
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from deputies.importing import Outcome, SheetError, import_rows, read_sheet, scope_within
from stations.models import Region

SHOWN = 100


class Command(BaseCommand):
    help = "导入代表名册（xlsx，按模板的列名），可重复运行；有问题的行不导入，逐行列出原因。"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--region", required=True, help="区划代码：只编入这个区划范围内的联络站，例如130503")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def handle(self, *args, file, region, dry_run, **options):
        place = Region.objects.filter(code=region).first()
        if place is None:
            raise CommandError(f"没有代码为{region}的区划。")
        if not file.is_file():
            raise CommandError(f"找不到文件{file}。")
        try:
            with file.open("rb") as opened:
                sheet = read_sheet(opened)
        except SheetError as error:
            raise CommandError(str(error)) from None
        for remark in sheet.remarks:
            self.stdout.write(remark)
        bar = partial(tqdm, unit="行", disable=None)
        judged = import_rows(rows=sheet.rows, scope=scope_within(place), is_dry_run=dry_run, progress=bar)
        self._tell(judged, dry_run)

    def _tell(self, judged, dry_run):
        counts = Counter(row.outcome for row in judged)
        told = "，".join(f"{outcome.label} {counts[outcome]} 行" for outcome in Outcome if counts[outcome])
        self.stdout.write(f"{'试运行，没有写入' if dry_run else '已导入'}：共 {len(judged)} 行，{told}。")
        wrong = [row for row in judged if row.outcome == Outcome.WRONG]
        for row in wrong[:SHOWN]:
            self.stdout.write(f"  第 {row.row.number} 行（{row.row.cells['name'] or '无姓名'}）：{''.join(row.says)}")
        if len(wrong) > SHOWN:
            self.stdout.write(f"  另有 {len(wrong) - SHOWN} 行未列出。")
