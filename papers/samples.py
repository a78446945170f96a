"""A made-up paper of each kind for the preview of its wording; it is set by the same code, gets no number and is not kept."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from stations.models import Organ, Region
from workdays.services import spoken

from . import drafts
from .models import Paper
from .services import Draft, compose, number_of
from .wording import Words

CASE = "XD-20261124-00000"
NO_CODE = "0" * 10


def paper_of(kind: str, words: Words) -> Paper:
    """The sample of a kind with a wording, as it would be printed today; not saved."""
    at = timezone.now()
    draft = _draft(kind, timezone.localdate(at))
    paper = compose(draft, words, number_of(draft, timezone.localdate(at).year, _("×")), at)
    paper.check_code = NO_CODE
    return paper


def _draft(kind, today):
    office = Region(code="000000000", name=_("示例镇"), level=Region.Level.TOWNSHIP)
    organ = Organ(name=_("示例县水务局"))
    common = {"key": "", "office": office, "case_number": CASE}
    if kind == Paper.Kind.HAND_OVER:
        facts = [
            (_("意见编号"), CASE),
            (_("承办方式"), _("主办")),
            (_("答复期限"), spoken(today + dt.timedelta(days=14))),
        ]
        return drafts.hand_over_sheet(**common, organ=organ, facts=facts, instruction=_("请现场查看后办理。"))
    if kind == Paper.Kind.REPLY:
        return drafts.reply_letter(**common, text=_("经现场查看，损坏的路灯已更换。"), outcome=_("已解决"))
    if kind == Paper.Kind.REFUSAL:
        reason = _("应当或正在通过诉讼、仲裁、行政复议解决")
        return drafts.refusal_letter(
            **common, reason=reason, text=_("此事已由人民法院立案。"), right_channel=_("示例县人民法院")
        )
    if kind == Paper.Kind.CONSULT:
        return drafts.consult_form(**common, organs=organ.name, outcome=_("已解决"), answered_on=today)
    return _plain_draft(kind, office, organ)


def _plain_draft(kind, office, organ):
    """The kinds whose matter is written elsewhere: what stands here only takes its place."""
    titles = {
        Paper.Kind.SUPERVISION: _("关于%(number)s 答复的督办单") % {"number": CASE},
        Paper.Kind.MINUTES: _("关于灌溉用水问题的会议纪要"),
        Paper.Kind.CIRCULAR: _("关于逾期未办结事项的通报"),
    }
    row = ["1", _("更换路灯"), organ.name, _("逾期5日")]
    return Draft(
        kind=kind,
        office=office,
        addressee=organ.name,
        title=titles[kind],
        body=_("（此处为事项正文，示例。）"),
        sheet={"heads": [_("序号"), _("事项"), _("责任单位"), _("情况")], "rows": [row]}
        if kind == Paper.Kind.CIRCULAR
        else None,
        key="",
    )
