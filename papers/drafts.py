"""The papers that a case gives rise to, written from plain facts: the case is named by its number, its resident never."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import User
from stations.models import Organ, Region, Station
from workdays.services import spoken

from .models import Paper
from .services import Draft


def hand_over_sheet(
    *,
    key: str,
    office: Region,
    organ: Organ,
    case_number: str,
    facts: list[tuple[str, str]],
    instruction: str = "",
    station: Station | None = None,
    by: User | None = None,
) -> Draft:
    """The 交办单 of one organ's part of a case. ``facts`` say how it takes part and by when; no words of the resident."""
    body = _("请登录系统查看意见内容，按期签收、办理和答复。")
    if instruction:
        body = _("交办要求：%(text)s") % {"text": instruction} + "\n" + body
    return Draft(
        kind=Paper.Kind.HAND_OVER,
        office=office,
        addressee=organ.name,
        addressee_organ=organ,
        station=station,
        title=_("关于办理%(number)s号群众意见的交办单") % {"number": case_number},
        facts=facts,
        body=body,
        case_number=case_number,
        key=key,
        by=by,
    )


def reply_letter(
    *,
    key: str,
    office: Region,
    case_number: str,
    text: str,
    outcome: str,
    station: Station | None = None,
    by: User | None = None,
) -> Draft:
    """The 答复函 to whoever brought a case: what was found and done (``text``) and what it came to (``outcome``)."""
    return Draft(
        kind=Paper.Kind.REPLY,
        office=office,
        addressee=to_resident(case_number),
        station=station,
        title=_("关于%(number)s号意见的答复函") % {"number": case_number},
        body=text + "\n" + _("办理结果：%(outcome)s。") % {"outcome": outcome},
        case_number=case_number,
        key=key,
        by=by,
    )


def refusal_letter(
    *,
    key: str,
    office: Region,
    case_number: str,
    reason: str,
    text: str,
    right_channel: str,
    station: Station | None = None,
    by: User | None = None,
) -> Draft:
    """The 不予受理告知书: reason and sentence, the right channel, and how to object."""
    parts = [
        _("不予受理的理由：%(reason)s。") % {"reason": reason},
        text,
        _("您可以通过以下渠道反映：%(channel)s") % {"channel": right_channel} if right_channel else "",
        _("您对此有异议的，可以凭意见编号和查询码在网上提出一次异议，也可以到联络站当面提出，由联络站重新审查。"),
    ]
    return Draft(
        kind=Paper.Kind.REFUSAL,
        office=office,
        addressee=to_resident(case_number),
        station=station,
        title=_("关于%(number)s号意见的不予受理告知书") % {"number": case_number},
        body="\n".join(part for part in parts if part),
        case_number=case_number,
        key=key,
        by=by,
    )


def consult_form(
    *,
    key: str,
    office: Region,
    case_number: str,
    organs: str,
    outcome: str,
    answered_on: dt.date,
    station: Station | None = None,
    by: User | None = None,
) -> Draft:
    """The 征询意见表 that goes with an answer: the resident judges process and result, on paper or on the page."""
    facts = [
        (_("意见编号"), case_number),
        (_("承办单位"), organs),
        (_("答复日期"), spoken(answered_on)),
        (_("办理结果"), outcome),
    ]
    return Draft(
        kind=Paper.Kind.CONSULT,
        office=office,
        addressee=to_resident(case_number),
        station=station,
        title=_("%(number)s号意见办理情况征询意见表") % {"number": case_number},
        facts=[(term, value) for term, value in facts if value],
        body="",
        case_number=case_number,
        key=key,
        by=by,
    )


def to_resident(case_number: str) -> str:
    """What a resident is called on paper: by the number of the case, never by name."""
    return _("反映人（编号 %(number)s）") % {"number": case_number}
