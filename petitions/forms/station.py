"""What the station's side fills in: screening, handing over, deciding, reviewing, closing, publishing."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.forms.action import A_SENTENCE, ActionForm
from petitions.forms.fields import OrganField, OrgansField, choice, decision, line, words
from petitions.forms.proposed import ProposedField
from petitions.models import PROMISING, Assignment, Category, Outcome, Petition, Rating
from stations.models import Organ
from supervision.models import Severity
from vault.codes import plain_number


class AskInfoForm(ActionForm):
    question = words(gettext_lazy("请群众补充什么"), help_text=gettext_lazy("群众会原样看到。等待期间审查期限暂停。"))


class AcceptForm(ActionForm):
    nature = choice(gettext_lazy("性质"), Petition.Nature, help_text=gettext_lazy("性质决定答复期限，见“办理期限”。"))
    proposed_severity = ProposedField(gettext_lazy("建议的等级"))
    severity = forms.TypedChoiceField(
        label=gettext_lazy("等级"), choices=Severity, coerce=int, help_text=gettext_lazy("等级越高，督办起步越早。")
    )
    proposed_category = ProposedField(gettext_lazy("建议的类别"))
    category = forms.TypedChoiceField(
        label=gettext_lazy("类别"), required=False, empty_value=None, coerce=lambda pk: Category.objects.get(pk=pk)
    )
    note = words(gettext_lazy("受理意见"), rows=2, required=False, help_text=gettext_lazy("群众会看到。"))

    def __init__(self, *args, case, **kwargs):
        petition = case.petition
        super().__init__(*args, case=case, initial={"nature": petition.nature, "severity": petition.severity}, **kwargs)
        kept = _("保持“%(category)s”") % {"category": petition.category} if petition.category else _("暂不确定")
        self.fields["category"].choices = [("", kept), *case.category_choices]
        self.offer("proposed_severity", case.proposals.severity(petition.severity), Severity.values)
        self.offer("proposed_category", case.proposals.topics(case.topics), case.topics.values())

    def clean(self):
        given, present = self.cleaned_data, self.case.petition
        self.take("proposed_severity", "severity", untouched=given.get("severity") == present.severity)
        self.take("proposed_category", "category", untouched=not given.get("category"), model=Category)
        return given


class AnswerOnSpotForm(ActionForm):
    text = words(gettext_lazy("答复群众的话"))
    outcome = choice(
        gettext_lazy("办理结果"),
        [(one.value, one.label) for one in Outcome if one not in PROMISING],
        help_text=gettext_lazy("需要以后办理的，请受理后交办。"),
    )


class RefuseForm(ActionForm):
    reason = choice(gettext_lazy("原因"), [], help_text=gettext_lazy("括号中是建议告知的正确渠道。"))
    text = words(
        gettext_lazy("告知群众的话"),
        required=False,
        help_text=gettext_lazy("一句话说清为什么不予受理，群众会原样看到。不填就用这一原因的通用说明。"),
    )
    right_channel = line(
        gettext_lazy("正确渠道"),
        most=200,
        required=False,
        help_text=gettext_lazy("不填就用括号中的建议。"),
    )
    caution = gettext_lazy("群众可以对不予受理提出一次异议。")
    danger = True

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, case=case, **kwargs)
        self.known = {row["code"]: row for row in case.refusal_reasons}
        self.fields["reason"].choices = [
            (code, f"{row['label']}（{row['right_channel']}）" if row["right_channel"] else row["label"])
            for code, row in self.known.items()
        ]

    def clean(self):
        usual = self.known.get(self.cleaned_data.get("reason"))
        if usual:
            self.cleaned_data["right_channel"] = self.cleaned_data.get("right_channel") or usual["right_channel"]
            if "text" not in self.errors and not self.cleaned_data.get("text"):
                self.cleaned_data["text"] = usual["sentence"]
                if not usual["sentence"]:
                    self.add_error("text", _("这一原因没有通用说明，请写明为什么不予受理。"))
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


class HandOverCaseForm(HandOverForm):
    """Handing over one case, for which the office's history may propose an organ."""

    proposed_lead = ProposedField(gettext_lazy("建议的主办单位"))
    lead = OrganField(gettext_lazy("主办单位"), required=False)

    field_order = ("proposed_lead", "lead")

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, case=case, **kwargs)
        near = [pk for _place, organs in case.organ_choices for pk, _name in organs]
        self.offer("proposed_lead", case.proposals.organs(case.organs_by_kind), near)
        self.fields["lead"].required = "proposed_lead" not in self.fields

    def clean(self):
        self.take("proposed_lead", "lead", untouched=not self.cleaned_data.get("lead"), model=Organ)
        if "lead" not in self.errors and self.cleaned_data.get("lead") is None:
            self.add_error("lead", _("请选择单位。"))
        return self.cleaned_data


class AddOrganForm(ActionForm):
    organ = OrganField(gettext_lazy("增加的单位"))
    instruction = words(gettext_lazy("交办要求"), rows=2, required=False)


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

    def material(self):
        return _("退回理由：%(ground)s") % {"ground": self.target.return_ground}

    def clean(self):
        if self.cleaned_data.get("grant") is False:
            self.cleaned_data["to"] = None
        return self.cleaned_data


class DecideExtensionForm(ActionForm):
    grant = decision(gettext_lazy("决定"), gettext_lazy("同意延期"), gettext_lazy("不同意延期"))
    note = words(gettext_lazy("意见"), most=A_SENTENCE, rows=2, required=False)

    def material(self):
        asked = {"days": self.target.extension_days, "reason": self.target.extension_reason}
        return _("申请延长%(days)s个工作日：%(reason)s") % asked


class PressForm(ActionForm):
    note = words(gettext_lazy("督办要求"), most=A_SENTENCE, rows=3)
    caution = gettext_lazy("督办单编号后不能撤销，对方负责人须回执。")


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
    answered = [(one.organ, one.answer) for one in case.suggestions if one.answer]
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


class VerifyDeliveryForm(ActionForm):
    kept = decision(gettext_lazy("核实结果"), gettext_lazy("已经兑现"), gettext_lazy("没有兑现，再次办理"))
    finding = words(gettext_lazy("核实情况"), rows=3)

    def material(self):
        return _("%(promise)s\n兑现情况：%(evidence)s") % {
            "promise": self.target.text,
            "evidence": self.target.evidence,
        }


class CloseWithOpinionForm(ActionForm):
    opinion = words(gettext_lazy("结案意见"), rows=6, help_text=gettext_lazy("群众会原样看到。结案计为不满意。"))


class ReopenForm(ActionForm):
    reason = words(gettext_lazy("重新办理的理由"), most=A_SENTENCE, rows=3)


class UnpublishForm(ActionForm):
    reason = words(gettext_lazy("撤下的理由"), most=A_SENTENCE, rows=2)
    danger = True
