"""Draw the tables of the lives of cases, suggestions, items and meetings into the docs."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.drawing import drawn_into

PAGE = settings.BASE_DIR / "docs" / "architecture.md"


class Command(BaseCommand):
    help = "把流转表画入 docs/architecture.md；--check 只检查图表是否与代码一致，不一致时以1退出。"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="只检查，不写入")
        parser.add_argument("--page", type=Path, default=PAGE, help="含有标记的文档")

    def handle(self, *args, check, page, **options):
        old = page.read_text(encoding="utf-8")
        new = drawn_into(old)
        if check and new != old:
            raise CommandError(f"{page.name}中的流转图与代码不一致，请运行 manage.py draw_lifecycle。")
        if not check:
            page.write_text(new, encoding="utf-8")
            self.stdout.write(f"流转图已画入 {page}。")
