"""Every action of staff with its form, whose ``facts()`` are what the action's service takes."""

from django import forms
from django.utils.translation import gettext_lazy

from petitions.forms.fields import line
from petitions.forms.organ import (
    AcknowledgeForm,
    AskExtensionForm,
    AskReturnForm,
    DraftReplyForm,
    NoteProgressForm,
    RejectDraftForm,
    ReportDeliveryForm,
    SignInForm,
    SignOffForm,
)
from petitions.forms.publishing import PublishForm
from petitions.forms.station import (
    AcceptForm,
    AddOrganForm,
    AnswerOnSpotForm,
    AskInfoForm,
    CallBackForm,
    CloseWithOpinionForm,
    DecideExtensionForm,
    DecideReturnForm,
    HandOverCaseForm,
    MergeForm,
    PassReplyForm,
    PressForm,
    RefuseForm,
    ReopenForm,
    SendBackForm,
    SignpostForm,
    UnpublishForm,
    VerifyDeliveryForm,
)

FORMS = {
    "ask_info": AskInfoForm,
    "accept": AcceptForm,
    "answer_on_spot": AnswerOnSpotForm,
    "refuse": RefuseForm,
    "signpost": SignpostForm,
    "merge": MergeForm,
    "hand_over": HandOverCaseForm,
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
