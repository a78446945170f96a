"""The ledger of suggestions (建议台账) as an Excel file; no words of residents, no identity."""

import io

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from petitions.models import SuggestionPart
from petitions.suggestion_todo import attach_clocks

WIDTH = 16  # characters of a column


def ledger(suggestions, *, calendar, today) -> bytes:
    """Return the ledger of a queryset of suggestions: a head, and a line for each, with its cases by number."""
    rows = list(
        suggestions.select_related("region", "deputy").prefetch_related(
            "co_sponsors", "petitions", "rounds__parts__organ"
        )
    )
    attach_clocks(rows, calendar, today)
    file = io.BytesIO()
    # A text that begins like a formula stays text.
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("建议台账"))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(_heads()) - 1, WIDTH)
    sheet.write_row(0, 0, _heads(), book.add_format({"bold": True}))
    for number, one in enumerate(rows, start=1):
        for column, cell in enumerate(_cells(one)):
            sheet.write_string(number, column, str(cell))
    book.close()
    return file.getvalue()


def _heads():
    return [
        _("编号"), _("标题"), _("状态"), _("领衔代表"), _("联名代表"), _("交办机关所在区划"), _("提出日期"), _("交办日期"),
        _("主办单位"), _("协办单位"), _("答复日期"), _("轮次"), _("对办理态度"), _("对办理结果"), _("办结日期"), _("办结方式"),
        _("当前事项"), _("到期日"), _("关联的群众意见"),
    ]  # fmt: skip


def _cells(one):
    rounds = list(one.rounds.all())
    last = rounds[-1] if rounds else None
    standing = (SuggestionPart.State.OPEN, SuggestionPart.State.REPLIED)
    parts = [part for part in last.parts.all() if part.state in standing] if last else []
    return [
        one.number,
        one.title,
        one.get_status_display(),
        one.deputy,
        "、".join(deputy.name for deputy in one.co_sponsors.all()),
        one.region,
        _day(one.raised_at),
        _day(one.handed_over_at),
        "、".join(str(part.organ) for part in parts if part.is_lead),
        "、".join(str(part.organ) for part in parts if not part.is_lead),
        _day(one.answered_at),
        last.number if last else "",
        last.get_attitude_display() if last else "",
        last.get_result_display() if last else "",
        _day(one.closed_at),
        one.get_closed_how_display(),
        one.clock.get_duty_display() if one.clock else "",
        one.clock.due_on if one.clock else "",
        "、".join(case.number for case in one.petitions.all()),
    ]


def _day(at):
    return timezone.localdate(at).isoformat() if at else ""
