"""Papers of every kind to be looked at, from made-up facts; an organ's name as long as names get."""

from papers import drafts, services
from papers.models import Paper
from papers.services import Draft
from tests.factories import OrganFactory, StationFactory, a_region
from tests.supervision.conftest import moment

AT = moment("2026-11-24 10:00")
CASE = "XD-20261124-00042"
LONG_NAME = (
    "邢台经济开发区城市建设和交通运输综合行政执法与公用事业管理服务中心暨城乡环境卫生综合整治工作领导小组办公室第一分局"
)
SHEET = {"heads": ["序号", "事项", "责任单位"], "rows": [["1", "更换路灯", "信都区水务局"], ["2", "=1+1", "李村镇"]]}
FACTS = [("意见编号", CASE), ("承办方式", "主办"), ("签收期限", "2026年11月26日"), ("答复期限", "2026年12月8日")]


def draft_of(kind, *, organ_name="信都区水务局", key="key", **facts):
    """A draft of a kind, as the steps and sweeps that owe it write one."""
    station = StationFactory()
    about = {"key": key, "office": a_region(), "case_number": CASE, "station": station}
    organ = OrganFactory(name=organ_name)
    if kind == Paper.Kind.HAND_OVER:
        return drafts.hand_over_sheet(**about, organ=organ, facts=FACTS, instruction="请现场查看。" * 8, **facts)
    if kind == Paper.Kind.REPLY:
        return drafts.reply_letter(**about, text="路灯已更换。\n每月巡查一次。", outcome="已解决", **facts)
    if kind == Paper.Kind.REFUSAL:
        reason = "应当或正在通过诉讼、仲裁、行政复议解决"
        words = {"reason": reason, "text": "法院已立案。", "right_channel": "信都区人民法院"}
        return drafts.refusal_letter(**about, **words | facts)
    if kind == Paper.Kind.CONSULT:
        return drafts.consult_form(**about, organs=organ_name, outcome="已解决", answered_on=AT.date(), **facts)
    plain = {"title": f"关于灌溉用水问题的{Paper.Kind(kind).label}", "body": "第一段。\n第二段。", "sheet": SHEET}
    if kind == Paper.Kind.SUPERVISION:
        plain["sheet"] = None
    return Draft(
        kind=kind, office=about["office"], addressee=organ.name, addressee_organ=organ, key=key, **plain | facts
    )


def a_paper(kind, **facts):
    """A paper of a kind, issued."""
    draft = draft_of(kind, **facts)
    return services.issue_all([draft], at=AT)[draft.key]
