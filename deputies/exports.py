"""The list of deputies as an .xlsx file."""

import tempfile

import xlsxwriter
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from deputies.models import Mandate, Membership, Standing

CHUNK = 1000
# What a cell says is never run as a formula; rows are written as they come and not held.
SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def deputies_book(deputies, *, today, with_phone):
    """Return an open temporary file with the deputies of a queryset, one a row, by code.

    ``with_phone`` is for those who keep records: of the deputies that ``is_kept`` marks, the telephone is told.
    """
    groups = Prefetch("memberships", Membership.objects.on(today).select_related("station"), to_attr="groups")
    rows = deputies.order_by("code").prefetch_related("mandates", groups)
    # Looked up once and not for each of tens of thousands of cells.
    words = {choice: str(choice.label) for choice in (*Standing, *Mandate.Level)}
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response reads and closes it)
    with xlsxwriter.Workbook(target, SAFE) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(_("代表名册"))
        for place, width in enumerate((18, 10, 6, 12, 40, 32, 36, 28, 16)):
            sheet.set_column(place, place, width)
        sheet.write_row(0, 0, _header(with_phone), bold)
        for number, deputy in enumerate(rows.iterator(chunk_size=CHUNK), 1):
            for place, cell in enumerate(_cells(deputy, words, today, with_phone)):
                sheet.write_string(number, place, cell)
        sheet.freeze_panes(1, 2)
    target.seek(0)
    return target


def _header(with_phone):
    header = [
        _("编号"), _("姓名"), _("性别"), _("状态"), _("代表资格"), _("选举单位"), _("联络站"), _("代表小组"),
    ]  # fmt: skip
    return [*header, _("联系电话")] if with_phone else header


def _cells(deputy, words, today, with_phone):
    seats = deputy.mandates.all()
    cells = [
        deputy.code,
        deputy.name,
        deputy.gender,
        words[deputy.standing(today)],
        "；".join(f"{words[seat.level]} {seat.term}（{words[seat.standing(today)]}）" for seat in seats),
        "；".join(seat.constituency for seat in seats),
        "；".join(group.station.name for group in deputy.groups),
        "；".join(group.group for group in deputy.groups if group.group),
    ]
    return [*cells, deputy.phone if deputy.is_kept else ""] if with_phone else cells
