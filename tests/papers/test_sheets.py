"""Ledgers as files: what a cell is, what it never becomes, and that all kinds say the same."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.db.models import OuterRef, Subquery, Value
from django.http import QueryDict
from openpyxl.utils.escape import unescape
from pypdf import PdfReader

from papers.sheet_files import write_csv, write_pdf, write_xlsx
from papers.sheets import FORMULA_STARTS, Column, Kind, Sheet, harmless, labelled, parts, spoken_filters
from stations.models import Organ, Station
from tests.factories import OrganFactory, StationFactory, a_region

pytestmark = pytest.mark.django_db
DAY, AT = dt.date(2026, 3, 1), dt.datetime(2026, 2, 28, 16, 30, tzinfo=dt.UTC)
# As a spreadsheet has them: Beijing's, and without saying so.
MIDNIGHT, NIGHT = dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 1, 0, 30)  # noqa: DTZ001


def the_columns():
    latest = Organ.objects.filter(region=OuterRef("region")).order_by("-pk")
    both = Subquery(latest.values(said=parts("name", Value(DAY)))[:1])
    return [
        Column("名称", "name"),
        Column("类型", labelled("tier", Station.Tier.choices)),
        Column("区划长度", Value(9), Kind.NUMBER),
        Column("日期", Value(DAY), Kind.DAY),
        Column("时间", Value(AT), Kind.MOMENT),
        Column("单位", both, part=1),
        Column("单位日期", both, Kind.DAY, part=2),
    ]


def the_sheet(**facts):
    return Sheet("联络站台账", the_columns(), Station.objects.order_by("pk"), **facts)


def as_csv(sheet):
    target = io.BytesIO()
    rows = write_csv(sheet, target)
    return target.getvalue(), rows


def as_page(sheet, under="条件：全部"):
    target = io.BytesIO()
    write_xlsx(sheet, target, under=under)
    return openpyxl.load_workbook(target).active


def test_a_book_has_real_dates_moments_and_numbers():
    OrganFactory(region=StationFactory(name="南大郭站", region=a_region()).region, name="水务局")

    cells = as_page(the_sheet())[4]

    assert [cell.value for cell in cells] == [
        "南大郭站",
        "代表联络站",
        9,
        MIDNIGHT,
        NIGHT,
        "水务局",
        MIDNIGHT,
    ]
    assert [cell.number_format for cell in cells][2:5] == ["0", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]


def test_csv_says_the_same_in_the_same_order():
    OrganFactory(region=StationFactory(name="甲站", region=a_region()).region, name="水务局")
    StationFactory(name="乙站")

    raw, rows = as_csv(the_sheet())
    head, *lines = csv.reader(io.StringIO(raw.decode("utf-8-sig")))

    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows == 2
    assert head == ["名称", "类型", "区划长度", "日期", "时间", "单位", "单位日期"]
    assert lines[0] == ["甲站", "代表联络站", "9", "2026-03-01", "2026-03-01 00:30", "水务局", "2026-03-01"]
    assert [line[0] for line in lines] == [row[0] for row in as_page(the_sheet()).iter_rows(4, values_only=True)]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_text_is_ever_a_formula(start):
    StationFactory(name=f"{start}1+1")

    raw, _rows = as_csv(the_sheet())
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    cell = as_page(the_sheet())["A4"]

    assert lines[1][0] == f"'{start}1+1"
    assert unescape(cell.value) == f"{start}1+1"
    assert cell.data_type in ("s", "inlineStr")
    assert harmless(f"{start}1+1") == f"'{start}1+1"


def test_text_that_would_break_the_file_comes_through_whole():
    for name in ("<站>&\"'", "第一行\n第二行", "_x0041_", " 前后有空格 ", "到此]]>为止", "控制\x01符"):
        StationFactory(name=name)

    # Excel reads _x0041_ as A unless its first line is escaped; openpyxl leaves that to whoever reads.
    names = [unescape(row[0]) for row in as_page(the_sheet()).iter_rows(4, values_only=True)]
    raw, _rows = as_csv(the_sheet())

    assert names[:5] == ["<站>&\"'", "第一行\n第二行", "_x0041_", " 前后有空格 ", "到此]]>为止"]
    assert [line[0] for line in csv.reader(io.StringIO(raw.decode("utf-8-sig")))][1:6] == names[:5]


def test_the_day_of_a_moment_is_that_of_beijing():
    StationFactory()
    columns = [Column("办结日期", Value(AT), Kind.DAY), Column("到期日", Value(DAY), Kind.DAY)]
    sheet = Sheet("台账", columns, Station.objects.all())

    raw, _rows = as_csv(sheet)

    assert raw.decode("utf-8-sig").splitlines()[1] == "2026-03-01,2026-03-01"
    assert [cell.value for cell in as_page(sheet)[4]] == [MIDNIGHT, MIDNIGHT]


def test_a_book_is_ready_to_filter_and_to_print():
    StationFactory()

    page = as_page(the_sheet(), under="条件：区划：南大郭镇　制表：2026-03-01 09:00 李站长")

    assert page["A1"].value == "联络站台账"
    assert page["A2"].value.startswith("条件：区划：南大郭镇")
    assert page.freeze_panes == "B4"
    assert page.auto_filter.ref == "A3:G4"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$3:$3"
    assert "第 &P 页" in page.oddFooter.right.text


def test_long_text_stands_on_several_lines_and_numbers_on_one():
    StationFactory(name="南大郭镇人大代表联络站" * 5)

    cells = as_page(the_sheet())[4]

    assert [bool(cell.alignment.wrap_text) for cell in cells[:5]] == [True, True, False, False, False]


def test_an_empty_ledger_has_its_heads_in_every_kind():
    sheet = Sheet("空", the_columns(), Station.objects.none())
    paper = io.BytesIO()
    write_pdf(sheet, paper, under="条件：全部", signatures=("制表人",))

    assert as_csv(sheet)[0].decode("utf-8-sig").splitlines() == ["名称,类型,区划长度,日期,时间,单位,单位日期"]
    assert [cell.value for cell in as_page(sheet)[3]] == sheet.heads
    assert "没有符合条件的记录" in PdfReader(paper).pages[0].extract_text()


def test_lines_that_were_counted_come_in_the_same_kinds():
    columns = [Column("站"), Column("件数", kind=Kind.NUMBER), Column("日期", kind=Kind.DAY)]
    sheet = Sheet("汇总", columns, [("=站", 3, DAY), ("合计", 3, None)])

    raw, rows = as_csv(sheet)

    assert rows == 2
    assert raw.decode("utf-8-sig").splitlines() == ["站,件数,日期", "'=站,3,2026-03-01", "合计,3,"]
    assert list(as_page(sheet).iter_rows(4, values_only=True)) == [
        ("=站", 3, MIDNIGHT),
        ("合计", 3, None),
    ]


def test_a_paper_has_its_heads_on_every_page_and_lines_to_sign():
    columns = [Column("站", width=20), Column("内部", on_paper=False)]
    target = io.BytesIO()
    rows = write_pdf(
        Sheet("接待登记簿", columns, [(f"第{n}站", "不印") for n in range(90)]),
        target,
        under="条件：全部",
        signatures=("制表人", "负责人（盖章）"),
    )

    pages = [page.extract_text() for page in PdfReader(target).pages]
    box = PdfReader(target).pages[0].mediabox
    assert rows == 90
    assert box.width > box.height
    assert len(pages) > 1
    assert all("站" in page and "不印" not in page for page in pages)
    assert "负责人（盖章）" in pages[-1]


def test_on_paper_no_number_or_date_runs_into_the_next_column():
    day, moment = dt.date(2026, 12, 2), dt.datetime(2026, 11, 24, 10, 30)  # noqa: DTZ001 (Beijing's, as a sheet has it)
    columns = [
        Column("接待日期", kind=Kind.DAY, width=6),
        Column("反映的内容", width=40),
        Column("编号", width=9),
        Column("标题", width=40),
        Column("提交时间", kind=Kind.MOMENT, width=6),
        Column("承诺完成日期", kind=Kind.DAY, width=3),
        Column("办理单位", width=30),
        Column("件数", kind=Kind.NUMBER, width=8),
        Column("最后的编号", width=2),
    ]
    number, words = "XD-20261124-00073", "路灯不亮" * 12
    lines = [(day, words, number, words, moment, day, words, count, number) for count in (7, 1234567)]
    target = io.BytesIO()
    write_pdf(Sheet("登记簿", columns, lines), target, under="", signatures=("制表人",))

    [page] = PdfReader(target).pages
    spots = _spots(page)
    # A long head stands on two lines.
    heads = {
        column.label: next(x for x, _y, text in spots if len(text) > 1 and column.label.startswith(text))
        for column in columns
    }
    for text, name, after in (
        ("2026-12-02", "接待日期", "反映的内容"),
        (number, "编号", "标题"),
        ("2026-11-24", "提交时间", "承诺完成日期"),
        ("2026-12-02", "承诺完成日期", "办理单位"),
        (number, "最后的编号", None),
    ):
        end = heads[after] if after else float(page.mediabox.width) - 12 / 25.4 * 72
        cells = [x for x, _y, said in spots if said == text and heads[name] - 1 < x < end]
        assert len(cells) == 2, name
        # No figure is narrower than half of its height.
        assert all(x + len(text) * 8.5 / 2 < end for x in cells), name
    few, many = (x for x, _y, said in spots if said in ("7", "1234567"))
    assert few > many + 5 * 8.5 / 2  # they end at one line, as what is added up on paper does


def _spots(page):
    """Where each piece of text of a page begins: points from the left and from below, and the text."""
    found = []

    def see(text, outer, inner, _font, _size):
        if text.strip():
            found.append((outer[4] + inner[4], outer[5] + inner[5], text.strip()))

    page.extract_text(visitor_text=see)
    return found


def test_on_paper_a_word_longer_than_any_number_breaks_and_leaves_the_others_their_room():
    columns = [Column("标题", width=10), Column("内容", width=10)]
    target = io.BytesIO()
    address = "https://example.invalid/" + "a-b" * 80
    write_pdf(Sheet("登记簿", columns, [(address, "路灯不亮")]), target, under="", signatures=("制表人",))

    [page] = PdfReader(target).pages
    places = {text: x for x, _y, text in _spots(page)}
    assert places["路灯不亮"] == places["内容"] < 450


def test_whether_a_ledger_is_long_is_told_without_counting_it(django_assert_num_queries):
    for _n in range(3):
        StationFactory()

    with django_assert_num_queries(2) as found:
        assert the_sheet().is_longer_than(2)
        assert not the_sheet().is_longer_than(3)
    assert "LIMIT 3" in found[0]["sql"]


def test_a_subquery_of_several_columns_is_asked_once():
    statement, _params = the_sheet().statement(lambda reference, kind: reference)

    assert statement.count('FROM "stations_organ"') == 1


def test_filters_are_said_in_words():
    from petitions.forms.commitments import CommitmentFilter

    form = CommitmentFilter(QueryDict("state=open&since=2026-03-01"), user=None)
    form.is_valid()

    assert spoken_filters(form) == ("状态：待兑现", "承诺完成自：2026-03-01")
