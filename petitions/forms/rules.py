"""Topics and reasons as the committee types them."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.models import Category, RefusalReason

NAME = Category._meta.get_field("name").max_length


def _most(name: str) -> int:
    return RefusalReason._meta.get_field(name).max_length


class CategoryForm(forms.Form):
    """The name of a topic; a slash would part it in two."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=NAME, error_messages={"required": gettext_lazy("请填写名称。")}
    )

    def clean_name(self):
        name = self.cleaned_data["name"]
        if "/" in name:
            raise forms.ValidationError(_("名称里不能有“/”。"))
        return name


class ReasonForm(forms.Form):
    """What is said with a reason, and whether it is offered."""

    label = forms.CharField(label=gettext_lazy("原因"), max_length=_most("label"))
    sentence = forms.CharField(
        label=gettext_lazy("告知群众的话"),
        max_length=_most("sentence"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("审查人没有另写时，群众看到这句话。"),
    )
    right_channel = forms.CharField(label=gettext_lazy("正确渠道"), max_length=_most("right_channel"), required=False)
    active = forms.BooleanField(
        label=gettext_lazy("启用"),
        required=False,
        initial=True,
        help_text=gettext_lazy("停用后不再供选择，已有的意见不变。"),
    )


class NewReasonForm(ReasonForm):
    """A reason that is not there yet; its code stays for good."""

    code = forms.SlugField(
        label=gettext_lazy("代码"),
        max_length=_most("code"),
        help_text=gettext_lazy("小写英文字母、数字、连字符，用于统计和接口，以后不变。"),
        error_messages={"invalid": gettext_lazy("代码只能用英文字母、数字、下划线和连字符。")},
    )
    field_order = ["code", "label", "sentence", "right_channel", "active"]
