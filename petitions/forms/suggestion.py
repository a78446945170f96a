"""What deputies, offices and organs fill in about a suggestion; ``facts()`` are what the action's service takes."""

import re
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.forms.action import A_SENTENCE, ActionForm, ReplyForm
from petitions.forms.fields import OrganField, choice, decision, line, words
from petitions.forms.organ import (
    AcknowledgeForm,
    AskReturnForm,
    RejectDraftForm,
    ReportDeliveryForm,
    SignInForm,
    SignOffForm,
)
from petitions.forms.publishing import PublishSuggestionForm
from petitions.forms.station import HandOverForm, PressForm, SendBackForm, UnpublishForm, VerifyDeliveryForm
from petitions.models import Rating

A_SUGGESTION = 6000  # characters; a deputy's written act may be long
MOST_SPONSORS = 100


class DropNameForm(ActionForm):
    danger = True
    caution = gettext_lazy("撤回联名后，领衔代表会收到通知。")


class ReasonForm(ActionForm):
    why = words(gettext_lazy("理由"), most=A_SENTENCE, rows=3)
    danger = True


class ReturnToDeputyForm(ReasonForm):
    caution = gettext_lazy("代表和关联意见的群众会看到理由；关联的意见回到“已受理”，由联络站交办。")


class WithdrawForm(ReasonForm):
    caution = gettext_lazy("撤回后不再办理；关联的意见回到“已受理”，由联络站交办，群众会看到理由。")


class HandOverSuggestionForm(HandOverForm):
    caution = gettext_lazy(
        "自交办之日起三个月内答复；涉及面广、处理难度大的，可在期满前延长到六个月（代表法第五十一条）。"
    )


class DecideReturnForm(ActionForm):
    grant = decision(gettext_lazy("决定"), gettext_lazy("同意退回"), gettext_lazy("不同意，请继续办理"))
    to = OrganField(
        gettext_lazy("改交给"), required=False, help_text=gettext_lazy("主办单位退回的必须选择；协办单位可以不选。")
    )
    note = words(gettext_lazy("意见"), most=A_SENTENCE, rows=2, required=False)

    def __init__(self, *args, target, **kwargs):
        super().__init__(*args, target=target, initial={"to": target.return_proposal_id}, **kwargs)

    def material(self):
        return _("退回理由：%(ground)s") % {"ground": self.target.return_ground}

    def clean(self):
        if self.cleaned_data.get("grant") is False:
            self.cleaned_data["to"] = None
        elif self.cleaned_data.get("grant") and self.target.is_lead and not self.cleaned_data.get("to"):
            self.add_error("to", _("主办单位退回的，请选择改交给哪个单位。"))
        return self.cleaned_data


class AskSixMonthsForm(ActionForm):
    reason = words(
        gettext_lazy("涉及面广、处理难度大的理由"),
        most=A_SENTENCE,
        rows=3,
        help_text=gettext_lazy("只能申请一次，并须在三个月期满前由交办机关同意。"),
    )


class DecideExtensionForm(ActionForm):
    grant = decision(gettext_lazy("决定"), gettext_lazy("同意延长到六个月"), gettext_lazy("不同意延长"))
    note = words(gettext_lazy("意见"), most=A_SENTENCE, rows=2, required=False)

    def material(self):
        return self.target.extension_reason


class NoteProgressForm(ActionForm):
    text = words(gettext_lazy("进展"), help_text=gettext_lazy("代表和交办机关会看到。"))


class DraftAnswerForm(ReplyForm):
    """The lead organ's answer, or a co-organ's opinion, which promises nothing."""

    text = words(gettext_lazy("答复内容"), most=A_SUGGESTION, rows=10)
    field_order = ["text", "outcome"]

    def __init__(self, *args, target, **kwargs):
        before = list(target.replies.all())
        names = ("text", "outcome", "promise", "promised_on")
        # What was sent back is amended, not written anew.
        initial = {name: getattr(before[-1], name) for name in names} if before else {}
        super().__init__(*args, target=target, initial=initial, **kwargs)
        if target.is_lead:
            self.fields["text"].help_text = _("写给代表；负责人签发后送达。")
        else:
            self.button = _("提出协办意见")
            self.fields["text"].label = _("协办意见")
            self.fields["text"].help_text = _("写给主办单位，由主办单位统一答复代表。")
            for name in names[1:]:
                del self.fields[name]


class SignAnswerForm(SignOffForm):
    caution = gettext_lazy("签发后送达，不能再改。")


class RateSuggestionForm(ActionForm):
    attitude = choice(gettext_lazy("对办理态度"), Rating.Grade)
    result = choice(gettext_lazy("对办理结果"), Rating.Grade)
    opinion = words(gettext_lazy("说明"), most=A_SENTENCE, rows=3, required=False)
    caution = gettext_lazy("对办理结果不满意的，进入二次办理，只有一次。")


class VerifyPromiseForm(VerifyDeliveryForm):
    kept = decision(gettext_lazy("核实结果"), gettext_lazy("已经兑现"), gettext_lazy("没有兑现，继续办理"))


FORMS = {
    "drop_name": DropNameForm,
    "return_to_deputy": ReturnToDeputyForm,
    "hand_over": HandOverSuggestionForm,
    "sign_in": SignInForm,
    "ask_return": AskReturnForm,
    "decide_return": DecideReturnForm,
    "ask_extension": AskSixMonthsForm,
    "decide_extension": DecideExtensionForm,
    "note_progress": NoteProgressForm,
    "draft_reply": DraftAnswerForm,
    "sign_off": SignAnswerForm,
    "reject_draft": RejectDraftForm,
    "press": PressForm,
    "acknowledge": AcknowledgeForm,
    "send_back": SendBackForm,
    "rate": RateSuggestionForm,
    "report_delivery": ReportDeliveryForm,
    "verify_delivery": VerifyPromiseForm,
    "withdraw": WithdrawForm,
    "publish": PublishSuggestionForm,
    "unpublish": UnpublishForm,
}


class RaiseSuggestionForm(forms.Form):
    """A deputy's new suggestion. ``offices`` are the regions they may turn to, ``beside`` who may lend their name."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    region = forms.ChoiceField(
        label=gettext_lazy("向哪一级人大提出"), error_messages={"required": gettext_lazy("请选择一项。")}
    )
    title = line(gettext_lazy("标题"), most=80, help_text=gettext_lazy("例如：关于……的建议。"))
    body = words(
        gettext_lazy("建议内容"),
        most=A_SUGGESTION,
        rows=10,
        help_text=gettext_lazy("写明情况、理由和具体建议；不写反映人的姓名、电话和住址。"),
    )
    co_sponsors = words(
        gettext_lazy("联名代表"),
        rows=3,
        required=False,
        help_text=gettext_lazy("每行一位，写姓名或编号。他们会收到通知，交办前可以撤回联名。"),
    )

    def __init__(self, *args, offices, beside, **kwargs):
        super().__init__(*args, **kwargs)
        self.offices = {office.code: office for office in offices}
        self.beside = beside
        self.fields["region"].choices = [(code, office.name) for code, office in self.offices.items()]
        if len(self.offices) == 1:
            self.fields["region"].initial = next(iter(self.offices))

    def clean_co_sponsors(self):
        """The deputies that are named, by code or by a name that only one of them bears."""
        named = [word for word in re.split(r"[\s,，、;；]+", self.cleaned_data["co_sponsors"]) if word]
        if len(named) > MOST_SPONSORS:
            raise forms.ValidationError(_("联名代表最多%(n)d位。") % {"n": MOST_SPONSORS})
        found, refused = [], []
        known = list(self.beside.filter(name__in=named) | self.beside.filter(code__in=named)) if named else []
        for word in dict.fromkeys(named):
            fitting = [one for one in known if word in (one.code, one.name)]
            if len(fitting) == 1:
                found.append(fitting[0])
            elif fitting:
                refused.append(_("有%(n)d位代表叫“%(name)s”，请写编号。") % {"n": len(fitting), "name": word})
            else:
                refused.append(_("没有找到在任代表“%(name)s”。") % {"name": word})
        if refused:
            raise forms.ValidationError(refused)
        return found

    def facts(self):
        """Keyword arguments of the service."""
        return self.cleaned_data | {"region": self.offices[self.cleaned_data["region"]]}
