from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from .choices import find_words
from .once import ask_django_once

SENTENCES = [
    (forms.Field, "required", _("请填写这一项。")),
    (forms.ChoiceField, "required", _("请选择一项。")),
    (forms.ChoiceField, "invalid_choice", _("没有这一项，请重新选择。")),
    (forms.ModelChoiceField, "invalid_choice", _("没有这一项，请重新选择。")),
    (forms.IntegerField, "invalid", _("请填写整数。")),
    (forms.DateField, "invalid", _("请填写日期，例如2026-12-31。")),
    (forms.TimeField, "invalid", _("请填写时间，例如08:30。")),
    (forms.DateTimeField, "invalid", _("请填写日期和时间，例如2026-12-03 14:30。")),
]

# A field takes its sentences when its form is read, which the admin's pages do before any app is ready.
for field, key, sentence in SENTENCES:
    field.default_error_messages[key] = sentence


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("门户")

    def ready(self):
        ask_django_once()
        find_words()
