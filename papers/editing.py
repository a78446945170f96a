"""A paper as DOCX, for the kinds that offices go on with in their own word processor; built by code, no template file."""

import io

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from .models import Paper
from .printing import contents

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
RED = RGBColor(0xC8, 0x10, 0x2E)
BODY, BOLD = "仿宋", "黑体"  # the fonts of GB/T 9704, which offices have
CENTRE, END = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def as_docx(paper: Paper) -> bytes:
    """The paper with the same words as its PDF, in paragraphs that a word processor edits; ``paper.office`` is read."""
    words, document = contents(paper), Document()
    _set_page(document)
    document.core_properties.title = f"{paper.number} {paper.title}"
    document.core_properties.author = words["office"]
    _head(document, words)
    _line(document, words["addressee"] + _("："))
    _paragraphs(document, words["opening"])
    if words["facts"]:
        _table(document, words["facts"])
    _paragraphs(document, words["body"])
    if words["sheet"]:
        _table(document, words["sheet"]["rows"], heads=words["sheet"]["heads"])
    _paragraphs(document, words["closing"])
    _line(document, words["office"], align=END, before=28)
    _line(document, words["date"], align=END)
    _line(document, _("（盖章处）"), align=END, size=9)
    if words["note"]:
        _line(document, _("附注：%(note)s") % {"note": words["note"]}, size=10.5, before=12)
    _foot(document, words)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_page(document):
    """A4 with the margins of the PDF."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(37), Mm(24)


def _head(document, words):
    ink = RED if words["red"] else None
    _line(document, words["office"], align=CENTRE, size=26, font=BOLD, colour=ink)
    _line(document, words["kind"], align=CENTRE, size=18, font=BOLD, colour=ink)
    number = _line(document, words["number"], align=CENTRE, size=12)
    _underline(number, "C8102E" if words["red"] else "000000")
    _line(document, words["title"], align=CENTRE, size=18, font=BOLD, before=18, after=12)


def _foot(document, words):
    foot = _("%(number)s　查验码 %(code)s，在 %(at)s 核对真伪") % {
        "number": words["number"],
        "code": words["code"],
        "at": words["verify_at"],
    }
    paragraph = document.sections[0].footer.paragraphs[0]
    _write(paragraph, foot, size=9)


def _paragraphs(document, text):
    for line in filter(str.strip, text.splitlines()):
        _line(document, line).paragraph_format.first_line_indent = Pt(32)


def _line(document, text, *, align=None, size=16, font=BODY, colour=None, before=0, after=0):
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), 1.4
    _write(paragraph, text, size=size, font=font, colour=colour)
    return paragraph


def _write(paragraph, text, *, size, font=BODY, colour=None):
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    # Word keeps the font of Chinese characters apart.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour


def _underline(paragraph, colour):
    """The rule below the head, as the lower border of its last paragraph."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", colour)):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    # Word takes a paragraph's properties in one order only.
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _table(document, rows, heads=None):
    lines = [heads, *rows] if heads else rows
    table = document.add_table(len(lines), len(lines[0]), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cells, line in zip(table.rows, lines, strict=True):
        for cell, text in zip(cells.cells, line, strict=True):
            _write(cell.paragraphs[0], str(text), size=12, font=BOLD if line is heads else BODY)
    if heads:
        _repeat_head(table.rows[0])


def _repeat_head(row):
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
