"""The numbered papers that a case gives rise to, issued in the same transaction as the step that owes them."""

from django.utils import timezone
from django.utils.translation import gettext as _

from papers import drafts
from papers.services import issue_all
from petitions.models import Assignment, Outcome, township_of
from workdays.services import spoken


def issue_hand_overs(case, assignments: list[Assignment]):
    """Issue a 交办单 to each organ that was given a part of the round; many cost the queries of one."""
    issue_all([_hand_over(case, assignment) for assignment in assignments], at=case.at)


def issue_answer(case, *, text: str, outcome: str, organs: list[str]):
    """Issue the 答复函 with what the resident is told, and the 征询意见表 on which it is judged."""
    told = {"outcome": Outcome(outcome).label, **_about(case)}
    moment = f"{case.petition.pk}:{case.at.timestamp()}"
    letter = drafts.reply_letter(key=f"reply:{moment}", text=text, **told)
    form = drafts.consult_form(
        key=f"consult:{moment}", organs="、".join(organs), answered_on=timezone.localdate(case.at), **told
    )
    issue_all([letter, form], at=case.at)


def issue_refusal(case, *, text: str):
    """Issue the 不予受理告知书 of a case that was just refused."""
    letter = drafts.refusal_letter(
        key=f"refusal:{case.petition.pk}:{case.at.timestamp()}",
        reason=case.petition.get_refusal_reason_display(),
        text=text,
        right_channel=case.petition.right_channel,
        **_about(case),
    )
    issue_all([letter], at=case.at)


def _about(case):
    """What every paper of a case says of it: from whom, about which number; never of whom."""
    petition = case.petition
    return {
        "office": township_of(petition.station),
        "station": petition.station,
        "case_number": petition.number,
        "by": case.actor,
    }


def _hand_over(case, assignment):
    petition = case.petition
    facts = [
        (_("意见编号"), petition.number),
        (_("承办方式"), _("主办") if assignment.is_lead else _("协办")),
        (_("办理轮次"), _("第%(n)d次办理") % {"n": petition.current_round}),
        (_("事项类别"), str(petition.category or "")),
        (_("事发地"), petition.region.name),
        (_("签收期限"), spoken(assignment.sign_in_clock.due_on)),
        (_("答复期限"), spoken(assignment.answer_clock.due_on)),
    ]
    return drafts.hand_over_sheet(
        key=f"hand_over:{assignment.pk}",
        organ=assignment.organ,
        facts=[(term, value) for term, value in facts if value],
        instruction=assignment.instruction,
        **_about(case),
    )
