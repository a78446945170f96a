"""Learn proposals of topic, organ and severity from the office's own cases, and switch them on or off."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from petitions.models import TopicModel
from petitions.services.topics import NotEnoughError, switch_off, switch_on, train
from petitions.topics.history import LABELS


class Command(BaseCommand):
    help = "从本单位已受理的意见学习类别、承办单位、等级的建议。训练后不会自动启用：看过检验结果再用 --switch-on。"

    def add_arguments(self, parser):
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--switch-on", type=int, metavar="版本", help="启用一个版本")
        act.add_argument("--switch-off", action="store_true", help="停用建议")
        act.add_argument("--list", action="store_true", help="列出各版本及检验结果")

    def handle(self, *args, switch_on: int | None, switch_off: bool, **options):
        if options["list"]:
            for model in TopicModel.objects.defer("content"):
                self._show(model)
        elif switch_off:
            self._switch_off()
        elif switch_on is not None:
            self._switch_on(switch_on)
        else:
            self._train()

    def _train(self):
        try:
            model = train()
        except NotEnoughError as refusal:
            raise CommandError(str(refusal)) from refusal
        self._show(model)
        self.stdout.write(f"尚未启用。启用：manage.py train_topics --switch-on {model.version}")

    def _switch_on(self, version):
        try:
            switch_on(version=version)
        except TopicModel.DoesNotExist:
            raise CommandError(f"没有第{version}版。") from None
        self.stdout.write(f"已启用第{version}版。")

    def _switch_off(self):
        switch_off()
        self.stdout.write("已停用建议。")

    def _show(self, model):
        state = "，启用中" if model.active else ""
        trained_at = f"{timezone.localtime(model.trained_at):%Y-%m-%d %H:%M}"
        self.stdout.write(f"第{model.version}版，{trained_at}，学习 {model.cases} 件{state}")
        for name, score in model.scores.items():
            self.stdout.write(
                f"  {LABELS[name]}：{score['cases']} 件、{score['answers']} 类，"
                f"首选对 {score['first']:.1%}，前三含正确 {score['among_three']:.1%}"
                f"（总猜最常见的一类：{score['usual']:.1%}）{'' if score['first'] > score['usual'] else '，不用'}"
            )
