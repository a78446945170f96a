"""What stands on a paper, as PDF and for the word processor."""

import io

import pytest
from docx import Document
from pypdf import PdfReader

from papers.editing import as_docx
from papers.models import Paper
from papers.printing import as_pdf
from tests.papers.samples import CASE, LONG_NAME, SHEET, a_paper
from tests.papers.test_typesetting import fonts_of, millimetres, unbroken

pytestmark = pytest.mark.django_db
KINDS = list(Paper.Kind)


def printed(paper):
    return PdfReader(io.BytesIO(as_pdf(paper)))


def words_of(document):
    """Every word of a DOCX: paragraphs, cells and foot."""
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    foot = [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells, *foot])


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_is_one_sheet_of_a4_with_head_number_date_seal_and_check_code(kind):
    paper = a_paper(kind)
    sheet = printed(paper)
    text = unbroken(sheet)

    assert len(sheet.pages) == 1
    assert millimetres(sheet.pages[0]) == (210, 297)
    for words in (
        "南大郭镇人大主席团", paper.get_kind_display(), paper.number, paper.addressee, "2026年11月24日", "盖章处",
        paper.spoken_code, paper.spoken_digest, "/papers/verify/", "第 1 页 共 1 页",
    ):  # fmt: skip
        assert words in text, words
    assert all(embedded for _name, embedded in fonts_of(sheet))


@pytest.mark.parametrize("kind", KINDS)
def test_an_organ_with_the_longest_name_still_gets_one_sheet(kind):
    assert len(printed(a_paper(kind, organ_name=LONG_NAME)).pages) == 1


def test_only_papers_that_press_an_organ_have_a_slip_to_send_back():
    with_slip = {kind for kind in KINDS if "回　执" in unbroken(printed(a_paper(kind, key=kind)))}

    assert with_slip == {Paper.Kind.HAND_OVER, Paper.Kind.SUPERVISION}


def test_the_form_for_the_resident_asks_twice_and_leads_to_the_page_where_the_same_is_said():
    text = unbroken(printed(a_paper(Paper.Kind.CONSULT)))

    assert text.count("基本满意") == 2
    assert "办理态度与过程" in text
    assert "/petitions/track/" in text
    assert CASE in text


def test_a_long_list_goes_on_over_sheets_and_the_signing_is_not_alone_on_the_last():
    rows = [[str(number), "更换路灯", LONG_NAME] for number in range(1, 31)]
    sheet = printed(a_paper(Paper.Kind.CIRCULAR, sheet={**SHEET, "rows": rows}))

    last = sheet.pages[-1].extract_text()
    assert len(sheet.pages) > 1
    assert "序号" in sheet.pages[1].extract_text()
    assert "特此通报。" in last
    assert "2026年11月24日" in last


def test_the_signing_takes_the_last_words_along_wherever_a_sheet_ends():
    for lines in range(26, 34):
        body = "\n".join(["经研究，同意按照方案组织实施。"] * lines)
        paper = a_paper(Paper.Kind.MINUTES, key=str(lines), body=body, sheet=None)
        last = printed(paper).pages[-1].extract_text()
        assert "组织实施。" in last, lines


def test_no_word_of_a_paper_is_read_as_markup():
    paper = a_paper(Paper.Kind.MINUTES, title='#panic("x") *粗* $x$', body='#read("/etc/passwd")\n= 标题')
    text = unbroken(printed(paper))

    assert '#panic("x") *粗* $x$' in text
    assert '#read("/etc/passwd")' in text


@pytest.mark.parametrize("kind", Paper.EDITED)
def test_the_word_file_holds_the_words_of_the_paper(kind):
    paper = a_paper(kind)
    words = words_of(Document(io.BytesIO(as_docx(paper))))

    expected = [paper.office_name, paper.number, paper.title, paper.addressee, paper.opening, paper.closing]
    expected += [*paper.body.splitlines(), paper.spoken_code, "2026年11月24日", "盖章处"]
    expected += [cell for row in (paper.sheet or {"rows": []})["rows"] for cell in row]
    for text in expected:
        assert text in words, text


def test_the_digest_changes_with_every_word():
    paper = a_paper(Paper.Kind.MINUTES)
    before = paper.digest

    for name, other in (("body", "第一段！"), ("note", "附"), ("sheet", None), ("addressee", "李村镇")):
        kept = getattr(paper, name)
        setattr(paper, name, other)
        assert paper.digest != before, name
        setattr(paper, name, kept)
    assert paper.digest == before
