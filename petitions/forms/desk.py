"""What staff fill in for each action: one form an action, whose ``facts()`` are what the action's service takes."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.forms.fields import OrganField, OrgansField, choice, decision, line, words
from petitions.models import PROMISING, Assignment, Category, Outcome, Petition, Rating, RefusalReason
from petitions.vault import plain_number
from supervision.models import Severity

A_SENTENCE = 300
# Where a refused matter can go instead; a station writes its own where it knows better.
RIGHT_CHANNELS = {
    RefusalReason.PRIVATE_CLAIM: gettext_lazy("有关主管部门或法律援助机构"),
    RefusalReason.NOTHING_CONCRETE: gettext_lazy("补充具体时间、地点、事项后再次反映"),
    RefusalReason.UNLAWFUL: gettext_lazy("公共法律服务热线12348"),
    RefusalReason.COURT: gettext_lazy("人民法院、仲裁委员会或行政复议机关"),
    RefusalReason.XINFANG: gettext_lazy("原受理的信访部门"),
    RefusalReason.DISCIPLINE: gettext_lazy("纪检监察机关（举报电话12388）"),
    RefusalReason.OUTSIDE_AREA: gettext_lazy("事发地的代表联络站"),
    RefusalReason.SECRET: gettext_lazy("有关主管部门，请勿在网上填写涉密内容"),
    RefusalReason.SAME_MATTER: gettext_lazy("凭原件的编号和查询码查看进展"),
    RefusalReason.CONCLUDED: gettext_lazy("作出结论的机关，可依法申请复查"),
    RefusalReason.PROMOTION: gettext_lazy("有关主管部门或公共资源交易平台"),
}


class ActionForm(forms.Form):
    """An action; each asks what its service needs. ``case`` is the ``CaseFile``, ``target`` what it is taken on."""

    button = ""  # the action's own label unless another word is clearer
    caution = ""  # what cannot be taken back
    danger = False

    def __init__(self, *args, case, target=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case
        self.target = target
        for field in self.fields.values():
            if isinstance(field, OrganField | OrgansField):
                field.offer(case.organ_choices)

    def facts(self):
        """Keyword arguments of the service."""
        return self.cleaned_data


class AskInfoForm(ActionForm):
    question = words(gettext_lazy("请群众补充什么"), help_text=gettext_lazy("群众会原样看到。等待期间审查期限暂停。"))


class AcceptForm(ActionForm):
    nature = choice(gettext_lazy("性质"), Petition.Nature, help_text=gettext_lazy("性质决定答复期限，见“办理期限”。"))
    severity = forms.TypedChoiceField(
        label=gettext_lazy("等级"), choices=Severity, coerce=int, help_text=gettext_lazy("等级越高，督办起步越早。")
    )
    category = forms.TypedChoiceField(
        label=gettext_lazy("类别"), required=False, empty_value=None, coerce=lambda pk: Category.objects.get(pk=pk)
    )
    note = words(gettext_lazy("受理意见"), rows=2, required=False, help_text=gettext_lazy("群众会看到。"))

    def __init__(self, *args, case, **kwargs):
        petition = case.petition
        super().__init__(*args, case=case, initial={"nature": petition.nature, "severity": petition.severity}, **kwargs)
        kept = _("保持“%(category)s”") % {"category": petition.category} if petition.category else _("暂不确定")
        self.fields["category"].choices = [("", kept), *case.category_choices]


class AnswerOnSpotForm(ActionForm):
    text = words(gettext_lazy("答复群众的话"))
    outcome = choice(
        gettext_lazy("办理结果"),
        [(one.value, one.label) for one in Outcome if one not in PROMISING],
        help_text=gettext_lazy("需要以后办理的，请受理后交办。"),
    )


class RefuseForm(ActionForm):
    reason = choice(
        gettext_lazy("原因"),
        [(reason.value, f"{reason.label}（{channel}）") for reason, channel in RIGHT_CHANNELS.items()],
        help_text=gettext_lazy("括号中是建议告知的正确渠道。"),
    )
    text = words(gettext_lazy("告知群众的话"), help_text=gettext_lazy("一句话说清为什么不予受理，群众会原样看到。"))
    right_channel = line(
        gettext_lazy("正确渠道"),
        most=200,
        required=False,
        help_text=gettext_lazy("不填就用括号中的建议。"),
    )
    caution = gettext_lazy("群众可以对不予受理提出一次异议。")
    danger = True

    def clean(self):
        reason = self.cleaned_data.get("reason")
        if reason and not self.cleaned_data.get("right_channel"):
            self.cleaned_data["right_channel"] = str(RIGHT_CHANNELS[RefusalReason(reason)])
        return self.cleaned_data


class SignpostForm(ActionForm):
    text = words(gettext_lazy("告知群众的话"))
    right_channel = line(
        gettext_lazy("正确渠道"), most=200, help_text=gettext_lazy("例如：县信访局、12345热线、人民法院。")
    )


class MergeForm(ActionForm):
    into = line(
        gettext_lazy("并入哪一件"), most=24, help_text=gettext_lazy("填写主件的编号。原查询码继续有效，会引到主件。")
    )
    note = words(gettext_lazy("说明"), most=A_SENTENCE, rows=2, required=False)

    def clean_into(self):
        number = plain_number(self.cleaned_data["into"])
        main = Petition.objects.visible_to(self.case.user).filter(number=number).first()
        if main is None:
            raise forms.ValidationError(_("没有找到编号为%(number)s的意见，请核对。") % {"number": number})
        return main


class HandOverForm(ActionForm):
    lead = OrganField(gettext_lazy("主办单位"))
    co_organs = OrgansField(gettext_lazy("协办单位"))
    instruction = words(gettext_lazy("交办要求"), rows=3, required=False, help_text=gettext_lazy("只给承办单位看。"))


class AddOrganForm(ActionForm):
    organ = OrganField(gettext_lazy("增加的单位"))
    instruction = words(gettext_lazy("交办要求"), rows=2, required=False)


class SignInForm(ActionForm):
    caution = gettext_lazy("答复期限从交办起算，签收早晚不影响。")


class SignOffForm(ActionForm):
    caution = gettext_lazy("请先看完答复稿。签发后报交办人审核，不能再改。")


class AskReturnForm(ActionForm):
    ground = words(gettext_lazy("退回理由"), help_text=gettext_lazy("写明依据。申请期间答复期限照常计算。"))
    proposal = OrganField(gettext_lazy("建议承办单位"), required=False)


class DecideReturnForm(ActionForm):
    grant = decision(gettext_lazy("决定"), gettext_lazy("同意退回"), gettext_lazy("不同意，请继续办理"))
    to = OrganField(
        gettext_lazy("改交给"),
        required=False,
        help_text=gettext_lazy("同意退回时可直接改交；不选则由其他单位继续办理，或重新交办。"),
    )
    note = words(gettext_lazy("意见"), most=A_SENTENCE, rows=2, required=False)

    def __init__(self, *args, target, **kwargs):
        super().__init__(*args, target=target, initial={"to": target.return_proposal_id}, **kwargs)

    def clean(self):
        if self.cleaned_data.get("grant") is False:
            self.cleaned_data["to"] = None
        return self.cleaned_data


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


class DecideExtensionForm(ActionForm):
    grant = decision(gettext_lazy("决定"), gettext_lazy("同意延期"), gettext_lazy("不同意延期"))
    note = words(gettext_lazy("意见"), most=A_SENTENCE, rows=2, required=False)


class NoteProgressForm(ActionForm):
    text = words(gettext_lazy("进展"))
    public = forms.BooleanField(label=gettext_lazy("群众查询时可以看到"), required=False, initial=True)


class ReplyForm(ActionForm):
    """An answer with its outcome; what promises something names what and by when."""

    outcome = choice(gettext_lazy("办理结果"), Outcome)
    promise = line(
        gettext_lazy("承诺办成什么"),
        most=200,
        required=False,
        help_text=gettext_lazy("结果为“正在解决”或“列入计划”时必填。"),
    )
    promised_on = forms.DateField(
        label=gettext_lazy("承诺完成日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("请填写日期，例如2026-12-31。")},
        help_text=gettext_lazy("到期前会提醒，到期后督办，并由联络站回头看。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["promised_on"].widget.attrs["min"] = (timezone.localdate() + timedelta(days=1)).isoformat()

    def clean(self):
        if self.cleaned_data.get("outcome") in PROMISING:
            for name in ("promise", "promised_on"):
                if name not in self.errors and not self.cleaned_data.get(name):
                    self.add_error(name, _("结果为“正在解决”或“列入计划”时，这一项必填。"))
            promised_on = self.cleaned_data.get("promised_on")
            if promised_on and promised_on <= timezone.localdate():
                self.add_error("promised_on", _("请填写今天以后的日期。"))
        return self.cleaned_data


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


class PressForm(ActionForm):
    note = words(gettext_lazy("督办要求"), most=A_SENTENCE, rows=3)
    caution = gettext_lazy("督办单编号后不能撤销，对方负责人须回执。")


class AcknowledgeForm(ActionForm):
    text = words(gettext_lazy("回执内容"), most=500, rows=3, help_text=gettext_lazy("说明原因、措施和完成时间。"))


class SendBackForm(ActionForm):
    why = words(
        gettext_lazy("哪里需要重办"), most=A_SENTENCE, rows=3, help_text=gettext_lazy("期限接着原来的算，不重新起算。")
    )
    danger = True


class PassReplyForm(ActionForm):
    text = words(
        gettext_lazy("告知群众的答复"),
        rows=8,
        help_text=gettext_lazy("已填入各单位的答复，可以改得更好懂。群众会原样看到。"),
    )
    button = gettext_lazy("通过并告知群众")

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, case=case, initial={"text": _told_by_organs(case)}, **kwargs)


def _told_by_organs(case):
    signed = [
        (assignment.organ, reply.text)
        for assignment in case.assignments
        if assignment.round.number == case.petition.current_round and assignment.state == Assignment.State.REPLIED
        for reply in assignment.replies.all()
        if reply.state == reply.State.SIGNED
    ]
    answered = [(one.organ, one.answer) for one in case.suggestions if one.answered_at]
    answers = signed or answered[-1:]
    if len(answers) == 1:
        return answers[0][1]
    return "\n\n".join(f"{organ}：{text}" for organ, text in answers)


class CallBackForm(ActionForm):
    process = choice(gettext_lazy("态度与过程"), Rating.Grade)
    result = choice(gettext_lazy("办理结果"), Rating.Grade)
    text = words(
        gettext_lazy("群众的原话"),
        rows=3,
        help_text=gettext_lazy("写明何时、以何种方式回访。登记后标明是回访，并记下登记人。"),
    )


class ReportDeliveryForm(ActionForm):
    evidence = words(gettext_lazy("兑现情况"), help_text=gettext_lazy("做了什么、何时做完、怎样可以看到。"))


class VerifyDeliveryForm(ActionForm):
    kept = decision(gettext_lazy("核实结果"), gettext_lazy("已经兑现"), gettext_lazy("没有兑现，再次办理"))
    finding = words(gettext_lazy("核实情况"), rows=3)


class RaiseSuggestionForm(ActionForm):
    organ = OrganField(gettext_lazy("承办单位"))
    title = line(gettext_lazy("建议标题"), most=80)
    body = words(gettext_lazy("建议内容"), rows=8)
    caution = gettext_lazy("正在进行的交办会收回，由承办单位在三个月内答复（代表法第五十一条）。")

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, case=case, initial={"title": case.petition.title}, **kwargs)


class AnswerSuggestionForm(ReplyForm):
    answer = words(gettext_lazy("承办单位的答复"), rows=6)
    field_order = ["answer", "outcome"]


class CloseWithOpinionForm(ActionForm):
    opinion = words(gettext_lazy("结案意见"), rows=6, help_text=gettext_lazy("群众会原样看到。结案计为不满意。"))


class ReopenForm(ActionForm):
    reason = words(gettext_lazy("重新办理的理由"), most=A_SENTENCE, rows=3)


class PublishForm(ActionForm):
    public_title = line(gettext_lazy("公开标题"), most=60)
    summary = words(
        gettext_lazy("公开摘要"),
        rows=6,
        help_text=gettext_lazy("自己概括，不照抄原文；不写姓名、电话、门牌、车牌等能认出反映人的内容。"),
    )
    caution = gettext_lazy("发布后任何人都能看到。")

    def __init__(self, *args, case, **kwargs):
        written = {"public_title": case.petition.public_title, "summary": case.petition.summary}
        super().__init__(*args, case=case, initial=written, **kwargs)


class UnpublishForm(ActionForm):
    reason = words(gettext_lazy("撤下的理由"), most=A_SENTENCE, rows=2)
    danger = True


FORMS = {
    "ask_info": AskInfoForm,
    "accept": AcceptForm,
    "answer_on_spot": AnswerOnSpotForm,
    "refuse": RefuseForm,
    "signpost": SignpostForm,
    "merge": MergeForm,
    "hand_over": HandOverForm,
    "add_organ": AddOrganForm,
    "sign_in": SignInForm,
    "ask_return": AskReturnForm,
    "decide_return": DecideReturnForm,
    "ask_extension": AskExtensionForm,
    "decide_extension": DecideExtensionForm,
    "note_progress": NoteProgressForm,
    "draft_reply": DraftReplyForm,
    "sign_off": SignOffForm,
    "reject_draft": RejectDraftForm,
    "press": PressForm,
    "acknowledge": AcknowledgeForm,
    "send_back": SendBackForm,
    "pass_reply": PassReplyForm,
    "call_back": CallBackForm,
    "report_delivery": ReportDeliveryForm,
    "verify_delivery": VerifyDeliveryForm,
    "raise_suggestion": RaiseSuggestionForm,
    "answer_suggestion": AnswerSuggestionForm,
    "close_with_opinion": CloseWithOpinionForm,
    "reopen": ReopenForm,
    "publish": PublishForm,
    "unpublish": UnpublishForm,
}


class RevealForm(forms.Form):
    """Why the identity has to be opened; the reason is kept in the view log."""

    reason = line(
        gettext_lazy("查看理由"),
        most=200,
        help_text=gettext_lazy("例如：电话核实情况、送达答复。理由、姓名和时间会留下记录。"),
    )
