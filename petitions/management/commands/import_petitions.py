"""Bring an office's ledger of earlier cases in."""

import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from petitions.importing import SEED, LedgerError, Places, import_entries, read_ledger

SHOWN = 100


class Command(BaseCommand):
    help = (
        "导入历史台账（CSV：UTF-8或GB18030；xlsx：第一个工作表），可重复运行。列名中英文均可：id/编号、title/标题、"
        "body/内容、submitted_at/提交时间（以上必需）、category_l1/类别、reply/答复、replied_at/答复时间、"
        "station/联络站编号、region/区划代码、name/姓名、phone/电话。有答复的按原日期办结，没有答复的自导入之时起审查；"
        "没有联络站编号的按种子规则分配地点，并在办理记录中注明。"
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--ledger", default="ledger", help="台账名称：编号各自独立的台账须用不同名称")
        parser.add_argument("--report", type=Path, help="把未导入的行及原因写入此CSV文件")

    def handle(self, *args, file, dry_run, ledger, report, **options):
        try:
            rows = read_ledger(file)
        except LedgerError as error:
            raise CommandError(str(error)) from None
        places = Places.load(rows)
        if not places.stations:
            raise CommandError("还没有在用的联络站，请先载入联络站。")
        bar = tqdm(rows, unit="行", disable=None)
        result = import_entries(bar, places=places, ledger=ledger, dry_run=dry_run)
        self._tell(result, len(rows), len(places.stations), dry_run)
        if report:
            _write_report(report, result.refused)
            self.stdout.write(f"未导入的行已写入 {report}。")

    def _tell(self, result, rows, stations, dry_run):
        verb = "试运行，没有写入：可导入" if dry_run else "导入"
        self.stdout.write(
            f"共 {rows} 行；{verb} {result.new} 件（办结 {result.closed}，待受理 {result.submitted}），"
            f"已在库中 {result.already} 件，未导入 {len(result.refused)} 行。"
        )
        if result.placed_by_rule:
            self.stdout.write(
                f"{result.placed_by_rule} 件没有联络站编号，地点由导入规则按种子“{SEED}”分配到 {stations} 个联络站，非原始数据。"
            )
        if result.submitted:
            self.stdout.write(f"{result.submitted} 件没有答复，审查期限自导入之时起算。")
        if result.shortened:
            self.stdout.write(f"{result.shortened} 件标题过长，已截短，全文放在内容开头。")
        if result.without_category:
            self.stdout.write(f"{result.without_category} 件没有类别或类别不在目录中。")
        for number, name, why in result.refused[:SHOWN]:
            self.stdout.write(f"  第 {number} 行（编号 {name or '无'}）：{why}")
        if len(result.refused) > SHOWN:
            self.stdout.write(f"  另有 {len(result.refused) - SHOWN} 行未列出，用 --report 可得全部。")


def _write_report(path, refused):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行号", "编号", "原因"])
        # A cell that begins like a formula would be run by the spreadsheet that opens the report.
        writer.writerows(
            [number, f"'{name}" if name[:1] in "=+-@" and name else name, why] for number, name, why in refused
        )
