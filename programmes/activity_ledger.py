"""Activities as a ledger (活动台账): an .xlsx file of the same rows as the list, with who was invited and who came."""

import tempfile

import xlsxwriter
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.exports import CHUNK, SAFE
from programmes.models import Attendance, Guest, Invitation, Item

CAME = (Attendance.CAME, Attendance.DELEGATE)
WIDTHS = (14, 32, 28, 18, 18, 28, 12, 10, 10, 10, 10, 10, 10, 10, 10, 18, 28)


def ledger_of(activities):
    """Return an open temporary file with the activities of a queryset, one a row, latest first; no resident is named."""
    rows = activities.select_related("region", "station").annotate(**_counts()).order_by("-starts_at", "-pk")
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response reads and closes it)
    with xlsxwriter.Workbook(target, SAFE) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(_("活动台账"))
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        sheet.write_row(0, 0, _header(), bold)
        for number, activity in enumerate(rows.iterator(chunk_size=CHUNK), 1):
            for place, cell in enumerate(_cells(activity)):
                if isinstance(cell, int):
                    sheet.write_number(number, place, cell)
                else:
                    sheet.write_string(number, place, cell)
        sheet.freeze_panes(1, 2)
    target.seek(0)
    return target


def _counts():
    deputies, organs = Q(deputy__isnull=False), Q(organ__isnull=False)
    return {
        "deputies_invited": _count(Invitation.objects.filter(deputies)),
        "deputies_came": _count(Invitation.objects.filter(deputies, attendance__in=CAME)),
        "organs_invited": _count(Invitation.objects.filter(organs)),
        "organs_came": _count(Invitation.objects.filter(organs, attendance__in=CAME)),
        "guests_in": _count(Guest.objects.filter(cancelled_at=None)),
        "guests_came": _count(Guest.objects.filter(came=True)),
        "items_set": _count(Item.objects.all()),
        "items_done": _count(Item.objects.filter(status=Item.Status.VERIFIED)),
    }


def _count(rows):
    own = rows.filter(activity=OuterRef("pk")).order_by().values("activity").annotate(n=Count("pk"))
    return Coalesce(Subquery(own.values("n")), 0)


def _header():
    return [
        _("类别"), _("名称"), _("组织单位"), _("开始"), _("结束"), _("地点"), _("状态"), _("邀请代表"), _("到会代表"),
        _("邀请单位"), _("到会单位"), _("群众报名"), _("群众到会"), _("督查事项"), _("已销号"), _("形成纪要"), _("取消原因"),
    ]  # fmt: skip


def _cells(activity):
    return [
        activity.get_kind_display(),
        activity.title,
        str(activity.organiser),
        _moment(activity.starts_at),
        _moment(activity.ends_at),
        activity.place,
        str(activity.state.label),
        activity.deputies_invited,
        activity.deputies_came,
        activity.organs_invited,
        activity.organs_came,
        activity.guests_in,
        activity.guests_came,
        activity.items_set,
        activity.items_done,
        _moment(activity.closed_at),
        activity.cancelled_why,
    ]


def _moment(at):
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
