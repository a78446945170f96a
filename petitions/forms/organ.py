"""What a handling organ fills in: signing in, asking, answering, keeping its promises."""

from django import forms
from django.utils.translation import gettext_lazy

from petitions.forms.action import A_SENTENCE, ActionForm, ReplyForm
from petitions.forms.fields import OrganField, words
from vault.fields import PhotosField


class SignInForm(ActionForm):
    caution = gettext_lazy("答复期限从交办起算，签收早晚不影响。")


class SignOffForm(ActionForm):
    caution = gettext_lazy("签发后报交办人审核，不能再改。")

    def material(self):
        return "\n".join(reply.text for reply in self.target.replies.all() if reply.state == reply.State.DRAFT)


class AskReturnForm(ActionForm):
    ground = words(gettext_lazy("退回理由"), help_text=gettext_lazy("写明依据。申请期间答复期限照常计算。"))
    proposal = OrganField(gettext_lazy("建议承办单位"), required=False)


class AskExtensionForm(ActionForm):
    days = forms.IntegerField(
        label=gettext_lazy("延长几个工作日"),
        min_value=1,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("请填写天数。"),
            "invalid": gettext_lazy("请填写整数。"),
            "min_value": gettext_lazy("至少1个工作日。"),
        },
        help_text=gettext_lazy("每次交办只能申请一次，期满前提出。"),
    )
    reason = words(gettext_lazy("理由"), most=A_SENTENCE, rows=3)


class NoteProgressForm(ActionForm):
    text = words(gettext_lazy("进展"))
    public = forms.BooleanField(label=gettext_lazy("群众查询时可以看到"), required=False, initial=True)


class DraftReplyForm(ReplyForm):
    text = words(gettext_lazy("答复内容"), rows=6, help_text=gettext_lazy("写给交办人审核；审核通过后告知群众。"))
    field_order = ["text", "outcome"]

    def __init__(self, *args, target, **kwargs):
        before = target.replies.all()
        last = before[len(before) - 1] if before else None
        names = ("text", "outcome", "promise", "promised_on")
        # What was sent back is amended, not written anew.
        initial = {name: getattr(last, name) for name in names} if last else {}
        super().__init__(*args, target=target, initial=initial, **kwargs)


class RejectDraftForm(ActionForm):
    note = words(gettext_lazy("需要怎样修改"), most=A_SENTENCE, rows=3)
    danger = True


class AcknowledgeForm(ActionForm):
    text = words(gettext_lazy("回执内容"), most=500, rows=3, help_text=gettext_lazy("说明原因、措施和完成时间。"))

    def material(self):
        return f"{self.target.name} {self.target.paper.number}"


class ReportDeliveryForm(ActionForm):
    evidence = words(gettext_lazy("兑现情况"), help_text=gettext_lazy("做了什么、何时做完、怎样可以看到。"))

    def material(self):
        return self.target.text


class WithPhotos(forms.Form):
    """What an organ sends by link, where it has no other way to show what it did."""

    photos = PhotosField(
        label=gettext_lazy("现场照片"),
        required=False,
        widget=PhotosField.Input(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy("最多6张，每张不超过10 MB。"),
    )


class NoteProgressByLinkForm(NoteProgressForm, WithPhotos):
    field_order = ["text", "photos", "public"]


class DraftReplyByLinkForm(DraftReplyForm, WithPhotos):
    pass
