"""What an administrator fills in of the post."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Webhook


class WebhookForm(forms.ModelForm):
    """An address of another system, and what it is told."""

    url = forms.URLField(
        label=_("地址"),
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": _("请填写完整的https地址。")},
    )
    happenings = forms.MultipleChoiceField(
        label=_("推送什么"), choices=Webhook.Happening, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Webhook
        fields = ["owner", "url", "happenings", "active"]
        help_texts = {"owner": _("只推送此人当天看得到的意见；推送内容只有编号、动作、状态和时间。")}
