"""Load the list of topics."""

from pathlib import Path

from django.core.management.base import BaseCommand

from petitions.services.taxonomy import load_categories

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "categories.csv"


class Command(BaseCommand):
    help = "载入三级事项类别（CSV，列名 l1、l2、l3）；可重复运行。"

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED)

    def handle(self, *args, file, **options):
        self.stdout.write(f"新增类别 {load_categories(file)} 个。")
