"""What the messages say: each has a name, words of the portal, and the office's own words where it has written some.

A message knows only the placeholders listed for it. None stands for a resident's name, phone, address or words.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .models import Wording

BRACED = re.compile(r"\{[^{}]*\}|[{}]")
NUMBER, SAID, DAYS = "{编号}", "{说明}", "{天数}"
RUNG, MATTER, DUE, PAPERS = "{级别}", "{事项}", "{到期说明}", "{文书说明}"
# What stands for what, and how it looks in the preview.
PLACEHOLDERS = {
    NUMBER: (_("意见的编号"), "XD-20261124-00042"),
    SAID: (_("经办人员在这一步写给群众的话；没有写的为空"), _("路灯已修复，请您晚上查看。")),
    DAYS: (_("审查的工作日数"), "2"),
    RUNG: (_("督办阶梯上这一级的名称"), _("催办")),
    MATTER: (_("意见的编号和环节"), _("XD-20261124-00042 答复")),
    DUE: (_("应在何时完成、是否逾期"), _("“答复”应于2026年12月8日前完成，已逾期。")),
    PAPERS: (_("出具了哪些督办单；没有的为空"), _("已出具南大郭镇人督〔2026〕1号，请填写回执。")),
}


@dataclass(frozen=True)
class Message:
    """A named message: when it is sent, its usual words, and the placeholders that it knows."""

    name: str
    when: str
    title: str
    body: str = ""
    knows: tuple[str, ...] = (NUMBER,)


def _resident(name: str, when: str, title: str, *knows: str, body: str | None = None) -> Message:
    usual = SAID if SAID in knows else ""
    return Message(name, when, title, usual if body is None else body, (NUMBER, *knows))


MESSAGES = {
    message.name: message
    for message in (
        Message("reminder", _("督办阶梯的每一级"), "{级别}：{事项}", "{到期说明}\n{文书说明}", (RUNG, MATTER, DUE, PAPERS)),
        _resident(
            "received", _("收到意见"), _("{编号} 已收到您反映的情况"), DAYS,
            body=_("联络站将在{天数}个工作日内审查，请保存好查询码。"),
        ),
        _resident("info_asked", _("请群众补充情况"), _("{编号} 请补充情况"), SAID),
        _resident("accepted", _("受理"), _("{编号} 已受理")),
        _resident("refused", _("不予受理"), _("{编号} 未予受理"), SAID),
        _resident("signposted", _("引导到其他渠道"), _("{编号} 请通过更合适的渠道反映")),
        _resident(
            "merged", _("并案"), _("{编号} 已与同一事项并案办理"), body=_("原查询码继续有效，可看到主件的进展。")
        ),
        _resident("withdrawn", _("群众撤回"), _("{编号} 已按您的要求撤回")),
        _resident("handed_over", _("交办"), _("{编号} 已交承办单位办理")),
        _resident("taken_on_spot", _("现场受理"), _("{编号} 承办单位已现场受理"), SAID),
        _resident("extended", _("同意延期"), _("{编号} 答复期限延长"), SAID),
        _resident("promised", _("约见中作出承诺"), _("{编号} 承办单位作出承诺"), SAID),
        _resident("answered", _("告知答复"), _("{编号} 已有答复，请您评价"), SAID),
        _resident("closed", _("评价满意后办结"), _("{编号} 已办结，谢谢您的评价")),
        _resident("again", _("评价不满意，再次办理"), _("{编号} 将再次办理")),
        _resident("kept", _("承诺兑现"), _("{编号} 承诺已兑现，此件办结")),
        _resident("opinion", _("出具结案意见"), _("{编号} 已出具意见结案"), SAID),
        _resident("raised", _("提为代表建议"), _("{编号} 代表已将此事提为代表建议")),
        _resident("suggestion_news", _("代表建议有进展"), _("{编号} 代表建议有新进展"), SAID),
        _resident("suggestion_answered", _("代表建议有答复"), _("{编号} 代表建议已有答复，正在审核")),
        _resident("suggestion_ended", _("代表建议终止"), _("{编号} 代表建议已终止，由联络站继续办理")),
    )
}  # fmt: skip


def load_wordings() -> dict[str, tuple[str, str]]:
    """Return the titles and bodies that the office has written, by the messages' names; one query."""
    return {row.name: (row.title, row.body) for row in Wording.objects.all()}


def say(name: str, facts: dict[str, str], wordings: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """Return title and body of a message with its facts in their places, in the office's words where it has some.

    ``facts`` maps placeholders to texts. A line that is empty for want of a fact is left out.
    """
    message = MESSAGES[name]
    title, body = wordings.get(name, (str(message.title), str(message.body)))
    known = {placeholder: facts.get(placeholder, "") for placeholder in message.knows}
    lines = [_fill(line, known) for line in body.splitlines()]
    return _fill(title, known), "\n".join(line for line in lines if line.strip())


def unknown_placeholders(name: str, text: str) -> list[str]:
    """Return what stands in braces in ``text`` and is no placeholder of the message; a lone brace is one, too."""
    return [found for found in BRACED.findall(text) if found not in MESSAGES[name].knows]


def samples_of(name: str) -> dict[str, str]:
    """Return a fact for each placeholder of a message, for its preview."""
    return {known: str(PLACEHOLDERS[known][1]) for known in MESSAGES[name].knows}


def _fill(text: str, known: dict[str, str]) -> str:
    """Fill in one pass, so that braces in a fact are nothing but text."""
    return BRACED.sub(lambda found: known.get(found.group(), found.group()), text)
