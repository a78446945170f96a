"""Meetings as a ledger (约见台账): an .xlsx file of the same rows as the list."""

import tempfile

import xlsxwriter
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.exports import CHUNK, SAFE
from petitions.models import Commitment
from programmes.models import Item, office_name

WIDTHS = (40, 26, 20, 18, 26, 12, 18, 28, 18, 28, 14, 28, 18, 8, 8, 8, 28)


def ledger_of(meetings):
    """Return an open temporary file with the meetings of a queryset, one a row, latest first; no resident is named."""
    rows = meetings.select_related("region", "station", "organ", "deputy", "asked_by").annotate(**_counts())
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response reads and closes it)
    with xlsxwriter.Workbook(target, SAFE) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(_("约见台账"))
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        sheet.write_row(0, 0, _header(), bold)
        for number, meeting in enumerate(rows.order_by("-asked_at", "-pk").iterator(chunk_size=CHUNK), 1):
            for place, cell in enumerate(_cells(meeting)):
                if isinstance(cell, int):
                    sheet.write_number(number, place, cell)
                else:
                    sheet.write_string(number, place, cell)
        sheet.freeze_panes(1, 1)
    target.seek(0)
    return target


def _counts():
    kept = Q(promises__commitment__state=Commitment.State.VERIFIED)
    return {
        "cases_laid": Count("case_links", distinct=True),
        "promised": Count("promises", distinct=True),
        "kept": Count("promises", filter=kept, distinct=True),
        "items_set": Count("items", distinct=True),
        "items_done": Count("items", filter=Q(items__status=Item.Status.VERIFIED), distinct=True),
    }


def _header():
    return [
        _("约见事项"), _("约见单位"), _("提出"), _("提出时间"), _("安排单位"), _("状态"), _("约见时间"), _("地点"),
        _("原定时间"), _("推迟原因"), _("到会"), _("到会人员"), _("形成纪要"), _("涉及意见"), _("承诺"), _("已兑现"),
        _("不同意的理由"),
    ]  # fmt: skip


def _cells(meeting):
    return [
        meeting.title,
        meeting.organ.name,
        str(meeting.deputy or meeting.station or meeting.asked_by or _("系统")),
        _moment(meeting.asked_at),
        office_name(meeting.region),
        str(meeting.get_status_display()),
        _moment(meeting.meets_at),
        meeting.place,
        _moment(meeting.postponed_from),
        meeting.postponed_why,
        str(meeting.get_came_display()),
        f"{meeting.came_title}{meeting.came_name}",
        _moment(meeting.minutes_at),
        meeting.cases_laid,
        meeting.promised + meeting.items_set,
        meeting.kept + meeting.items_done,
        meeting.declined_why,
    ]


def _moment(at):
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
