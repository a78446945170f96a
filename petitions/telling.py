"""What a case tells its residents: where it stands, what comes next and what happened, in plain words.

Who joined a case, or whose own case was merged into it, is told everything the offices say, but not what the first
proposer wrote, nor that it was a report on a person: whoever is complained of could otherwise join, and read.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.prepared import Prepared
from papers.models import Paper
from petitions import lifecycle
from petitions.models import (
    ClockLink,
    Event,
    Petition,
    RefusalReason,
    Status,
    SuggestionCase,
    SuggestionPart,
)
from petitions.permissions import RESIDENT
from supervision import services as supervision
from supervision.models import Clock, Duty

WHERE = {
    Status.SUBMITTED: (
        gettext_lazy("联络站已经收到，正在审查是否受理。"),
        gettext_lazy("审查后会在这里告诉您受理还是不受理；不受理的，会写明理由和该找的部门。"),
    ),
    Status.NEEDS_INFO: (
        gettext_lazy("联络站需要您补充一些情况，才能往下办。"),
        gettext_lazy("请在下面填写补充情况。到期没有补充，这件事会按不予受理处理，您仍可以提出异议。"),
    ),
    Status.ACCEPTED: (
        gettext_lazy("已经受理，正在确定交给哪个单位办。"),
        gettext_lazy("确定后会在这里告诉您由谁办、什么时候答复。"),
    ),
    Status.HANDLING: (
        gettext_lazy("承办单位正在办理。"),
        gettext_lazy("办好后，答复先由联络站审核，再告诉您。"),
    ),
    Status.REVIEWING: (
        gettext_lazy("承办单位已经答复，联络站正在审核。"),
        gettext_lazy("审核通过，就在这里告诉您；不合格的，退回重新答复。"),
    ),
    Status.RATING: (
        gettext_lazy("已经答复，请您评价。"),
        gettext_lazy("满意的，这件事就办结；不满意的，会再次办理。"),
    ),
    Status.TRACKING: (
        gettext_lazy("还有答应的事没有办完，正在跟踪。"),
        gettext_lazy("办完并核实以后才会办结。"),
    ),
    Status.CLOSED: (gettext_lazy("这件事已经办结。"), ""),
    Status.REFUSED: (
        gettext_lazy("这件事没有受理。"),
        gettext_lazy("不同意的，可以提一次异议，联络站会重新审查。"),
    ),
    Status.SIGNPOSTED: (
        gettext_lazy("这件事不由联络站办理，已经告诉您该找的部门。"),
        gettext_lazy("不同意的，可以提一次异议，联络站会重新审查。"),
    ),
    Status.MERGED: (
        gettext_lazy("这件事和另一件是同一件事，已经合在一起办。"),
        gettext_lazy("您的查询码一直有效，下面能看到合并后的进展。"),
    ),
    Status.WITHDRAWN: (
        gettext_lazy("已经按您的要求撤回。"),
        gettext_lazy("改变主意的，可以提一次异议，联络站会重新审查。"),
    ),
}

WHAT = {
    "submit": gettext_lazy("意见已提交"),
    "join": gettext_lazy("又有群众附议"),
    "ask_info": gettext_lazy("请补充情况"),
    "supplement": gettext_lazy("已补充情况"),
    "accept": gettext_lazy("已受理"),
    "answer_on_spot": gettext_lazy("当场作出答复"),
    "accept_on_spot": gettext_lazy("承办单位当场受理"),
    "refuse": gettext_lazy("没有受理"),
    "signpost": gettext_lazy("告知应找的部门"),
    "merge": gettext_lazy("与同一件事合并办理"),
    "group": gettext_lazy("与同类事项一并办理"),
    "ungroup": gettext_lazy("不再与同类事项一并办理"),
    "hand_over": gettext_lazy("交给承办单位"),
    "add_organ": gettext_lazy("增加承办单位"),
    "sign_in": gettext_lazy("承办单位已签收"),
    "decide_extension": gettext_lazy("答复期限延长"),
    "note_progress": gettext_lazy("办理进展"),
    "draft_reply": gettext_lazy("承办单位已答复，等待审核"),
    "sign_off": gettext_lazy("承办单位已答复，等待审核"),
    "press": gettext_lazy("发出督办单，催促办理"),
    "pass_reply": gettext_lazy("答复审核通过"),
    "rate": gettext_lazy("评价"),
    "call_back": gettext_lazy("回访并登记评价"),
    "report_delivery": gettext_lazy("报告承诺已经兑现"),
    "verify_delivery": gettext_lazy("实地核实承诺"),
    "raise_suggestion": gettext_lazy("代表已将此事提为代表建议"),
    "note_suggestion": gettext_lazy("代表建议有新进展"),
    "answer_suggestion": gettext_lazy("代表建议已有答复，等待审核"),
    "end_suggestion": gettext_lazy("代表建议已终止，由联络站继续办理"),
    "note_meeting": gettext_lazy("约见承办单位负责人"),
    "register_promise": gettext_lazy("承办单位作出承诺"),
    "close_with_opinion": gettext_lazy("出具意见结案"),
    "reopen": gettext_lazy("重新办理"),
    "withdraw": gettext_lazy("撤回"),
    "object_to": gettext_lazy("提出异议"),
    "hand_on": gettext_lazy("由联络站继续办理"),
    "publish": gettext_lazy("已公开摘要"),
    "withdraw_consent": gettext_lazy("撤回公开同意"),
}
SAID_BY_RESIDENT = ("supplement", "rate", "call_back", "withdraw", "object_to")
TOLD_ABOVE = ("pass_reply", "answer_on_spot", "close_with_opinion")  # the page shows the answer itself
SAYS_NO_MORE = ("draft_reply", "sign_off")  # their text is for the desk and repeats the label
LETTERS = (Paper.Kind.REPLY, Paper.Kind.REFUSAL)
# Whose words explain a status: the question, or the reason.
EXPLAINED_BY = {Status.NEEDS_INFO: "ask_info", Status.REFUSED: "refuse", Status.SIGNPOSTED: "signpost"}


@dataclass(frozen=True)
class Told:
    """One line of the timeline, as pages show it; ``at`` is aware."""

    at: datetime
    action: str
    label: str
    actor_label: str
    text: str
    public: bool = True


def headline(petition, *, own):
    """What a case is called before a resident: its title to the first proposer (``own``), to others the published one."""
    if own:
        return petition.title
    if petition.publication == Petition.Publication.PUBLISHED:
        return petition.public_title
    return _("%(place)s的一件意见") % {"place": petition.region.name}


def reason_is_told(petition, *, own):
    """Whether a resident reads why a case was refused or signposted.

    That it reports on somebody is for its first proposer only, and a signpost may say so in any words.
    """
    return own or (petition.refusal_reason != RefusalReason.DISCIPLINE and petition.status != Status.SIGNPOSTED)


def public_events(petition, *, own):
    """The events of a case that residents may see, newest first, less the words that are not for this one."""
    events = Event.objects.filter(petition=petition, public=True).order_by("-at", "-pk")
    return _less_what_is_not_for(list(events), petition, own)


def _less_what_is_not_for(events, petition, own):
    for event in events:
        # After an objection the case no longer says what it was refused for.
        refused = event.action == "refuse" and (petition.objected or not reason_is_told(petition, own=own))
        if not own and (event.action in (*SAID_BY_RESIDENT, "signpost") or refused):
            event.text = ""
    return events


def told_apart(events, petition, *, own):
    """What happened to a case, and to the one that it was merged into, as residents may see it; of their public events.

    Each newest first, as the events are. ``own``: told to its first proposer. The second is empty where the case was not
    merged.
    """
    leading = petition.merged_into
    ours = _less_what_is_not_for([event for event in events if event.petition_id == petition.pk], petition, own)
    theirs = [event for event in events if event.petition_id != petition.pk]
    theirs = _less_what_is_not_for(theirs, leading, False) if theirs else []
    return [_told(event, own) for event in ours], [_told(event, False) for event in theirs]


def _told(event, own):
    hidden = event.action in TOLD_ABOVE + SAYS_NO_MORE
    return Told(
        at=event.at,
        action=event.action,
        label=WHAT.get(event.action, event.action),
        actor_label=_("您") if own and event.actor_label == _("反映人") else event.actor_label,
        text="" if hidden else event.text,
    )


def explained(status, told):
    """The office's own words about why a case stands where it stands, from its story (newest first)."""
    return next((line.text for line in told if line.action == EXPLAINED_BY.get(status)), "")


def clocks_told(petition):
    """The clocks that count now, with their readings; signing in is the organ's own affair. Two queries."""
    clocks = _CLOCKS.rows(petition.pk)
    supervision.attach_readings(clocks)
    return clocks


def _clocks(petition):
    """Those of a case, and those of the answer that it awaits."""
    own = ClockLink.objects.filter(petition=petition).values("clock")
    links = SuggestionCase.objects.filter(petition=petition, awaits=True)
    awaited = SuggestionPart.objects.filter(round__suggestion__links__in=links).values("answer_clock")
    clocks = Clock.objects.running().filter(pk__in=own.union(awaited), paused_on=None).exclude(duty=Duty.SIGN_IN)
    return clocks.select_related("owner_organ", "owner_station").order_by("due_on")


_CLOCKS = Prepared(_clocks)


def is_told(letter, petition, *, own):
    """Whether a letter is one that a resident of a case may keep.

    Everybody of a case reads its answers; why it was refused stands in a letter to its first proposer (``own``) only.
    """
    leading = petition.merged_into or petition
    if letter.kind == Paper.Kind.REPLY and letter.case_number == leading.number:
        return True
    return own and letter.kind in LETTERS and letter.case_number == petition.number


def may_do(petition, proposer):
    """The rows of the lifecycle's table that this proposer may act on now; none for one who joined."""
    return lifecycle.open_actions(petition, "case", {RESIDENT}) if proposer.is_first else []
