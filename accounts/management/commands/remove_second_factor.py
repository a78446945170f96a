"""For a person whose phone is lost, recovery codes and all."""

from django.core.management.base import BaseCommand, CommandError

from accounts import second_factor
from accounts.models import User
from accounts.services import AccountError


class Command(BaseCommand):
    help = (
        "取消一个账号的两步验证：手机和恢复码都丢了时用。本人的所有登录随即退出，下次登录时重新设置。理由记入账号变动。"
    )

    def add_arguments(self, parser):
        parser.add_argument("username", help="登录名")
        parser.add_argument("--reason", required=True, help="理由，例如怎样核实了本人身份")

    def handle(self, *args, username: str, reason: str, **options):
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"没有登录名为 {username} 的账号。")
        try:
            second_factor.remove(user=user, actor=None, reason=reason)
        except AccountError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"已取消 {username} 的两步验证，所有登录已退出。")
