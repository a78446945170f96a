"""All posters of a place as one file, by hand."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from deputies import posters
from deputies.models import PosterJob
from stations.models import Region


class Command(BaseCommand):
    help = "把一个地方所有在用联络站、在任代表的海报做成一个PDF文件，先联络站，后代表，一页一张。"

    def add_arguments(self, parser):
        parser.add_argument("--region", required=True, help="区划代码，例如130503100（乡镇）、130503（县区）")
        parser.add_argument("--size", choices=PosterJob.Size.values, default=PosterJob.Size.A4, help="纸张，默认a4")
        parser.add_argument("--out", type=Path, required=True, help="写到哪个文件")

    def handle(self, *args, region, size, out, **options):
        place = Region.objects.filter(code=region).first()
        if place is None:
            raise CommandError(f"没有代码为{region}的区划。")
        if not out.parent.is_dir():
            raise CommandError(f"没有这个目录：{out.parent}。")
        today = timezone.localdate()
        codes = posters.codes_of(place, today)
        if not codes:
            raise CommandError(f"{place}还没有在用的联络站，没有可以印的海报。")
        parts = []
        with tqdm(total=len(codes), unit="张", disable=None) as bar:
            for done, part in posters.make(codes, size, today):
                parts.append(part)
                bar.update(done)
        out.write_bytes(posters.join(parts))
        self.stdout.write(f"{place}的海报{len(codes)}张已写入 {out}。")
