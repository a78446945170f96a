"""Publishing in the staff's own words: what could tell who somebody is is shown before it is public, with it covered."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.forms.action import ActionForm
from petitions.forms.fields import line, words
from petitions.masking import counted, mask

MASK, KEEP = "mask", "keep"


class PublishingForm(ActionForm):
    """What is published, field by field (``public``). ``found`` is asked only where something was found in it."""

    public = ("public_title", "summary")
    found = forms.ChoiceField(
        label=gettext_lazy("写到的这些内容怎么办"),
        choices=[
            (MASK, gettext_lazy("按建议遮盖后公开")),
            (KEEP, gettext_lazy("我已核对，这些内容认不出人，照写的公开")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    caution = gettext_lazy("发布后任何人都能看到。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.typed = [self.data.get(name, "") for name in self.public]
        if self.is_bound and (said := counted(self.typed)):
            proposed = "\n".join(f"{self.fields[name].label}：{mask(self.data.get(name, ''))}" for name in self.public)
            self.fields["found"].help_text = _("找到：%(found)s。遮盖后是：\n%(proposed)s") % {
                "found": said,
                "proposed": proposed,
            }
            self.order_fields(["found"])
        else:
            del self.fields["found"]

    def clean(self):
        typed = super().clean()
        decided = typed.pop("found", "")
        typed["unmasked"] = decided == KEEP
        if decided == MASK:
            typed |= {name: mask(typed[name]) for name in self.public if name in typed}
        elif decided != KEEP and "found" in self.fields:
            self.add_error("found", _("文字里有可能认出人的内容，请选择怎么办，或者改写后再发布。"))
        return typed


class PublishForm(PublishingForm):
    """The summary of a case."""

    public_title = line(gettext_lazy("公开标题"), most=60)
    summary = words(
        gettext_lazy("公开摘要"),
        rows=6,
        help_text=gettext_lazy("自己概括，不照抄原文；不写姓名、电话、门牌、车牌等能认出反映人的内容。"),
    )

    def __init__(self, *args, case, **kwargs):
        written = {"public_title": case.petition.public_title, "summary": case.petition.summary}
        super().__init__(*args, case=case, initial=written, **kwargs)


class PublishSuggestionForm(PublishingForm):
    """The summary of a suggestion and of its answer."""

    public = ("public_title", "summary", "public_answer")
    public_title = line(gettext_lazy("公开标题"), most=80)
    summary = words(
        gettext_lazy("建议摘要"),
        rows=5,
        help_text=gettext_lazy("自己概括，不照抄群众意见的原文；不写姓名、电话、门牌、车牌等能认出人的内容。"),
    )
    public_answer = words(gettext_lazy("答复摘要"), rows=5)

    def __init__(self, *args, case, **kwargs):
        written = {name: getattr(case.suggestion, name) for name in self.public}
        super().__init__(*args, case=case, initial=written, **kwargs)
