"""Seal old identities with the newest key, and say which keys are still needed."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.sealing import reseal_all
from vault.resealing import reseal
from vault.sealing import key_name


class Command(BaseCommand):
    help = "用最新的密钥重新加密旧的身份信息和两步验证的密钥，并按现在的 PHONE_KEY 重建电话索引。可随时中断，再次运行会接着做。"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="只检查，不改动：报告每把密钥还有多少条要用")

    def handle(self, *args, check: bool, **options):
        found = reseal(check=check)
        needed = found.by_key
        if not check:
            self.stdout.write(f"已更新 {found.changed} 条；两步验证 {reseal_all()} 个。")
            # What came meanwhile from processes that do not know the new key yet is seen by a second look.
            seen = reseal(check=True)
            needed, found.unreadable = seen.by_key, seen.unreadable
        for place in range(len(settings.IDENTITY_KEYS)):
            self.stdout.write(f"第 {place + 1} 把密钥（{key_name(place)}）：{needed[place]} 条{_advice(place, needed)}")
        if check and found.changed:
            self.stdout.write(f"需要更新 {found.changed} 条，请运行 manage.py reseal。")
        if found.unreadable:
            raise CommandError(
                f"有 {len(found.unreadable)} 条没有任何一把密钥能打开（编号 {found.unreadable[:10]}）：请找回旧密钥。"
            )


def _advice(place, needed):
    if place == 0 or needed[place]:
        return "" if place == 0 else "，不能移除"
    return "，半小时后可以移除（旧备份仍要用它，请与备份一起保管）"
