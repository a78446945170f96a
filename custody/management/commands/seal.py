"""The hour's seal by hand."""

from django.core.management.base import BaseCommand

from custody import sealing


class Command(BaseCommand):
    help = "封存至今的全部办理记录和日志，与后台每小时所做的相同；打印最后的封存值，可另行保存或公布。"

    def handle(self, *args, **options):
        self.stdout.write(f"新增封存 {sealing.seal()} 段。")
        self.stdout.write(f"最后的封存值：{sealing.last_digest()}")
