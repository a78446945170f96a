"""Files of deputies: what cannot be read, a clerk's dry run and what follows, the template, the shell's way in."""

import datetime as dt
import io
import time
import zipfile

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from accounts.models import Role
from deputies.errors import ReceptionError
from deputies.importing import (
    Outcome,
    SheetError,
    dry_run,
    import_rows,
    problems_book,
    read_sheet,
    scope_within,
    take_over,
    template_book,
)
from deputies.models import Deputy, DeputyImport, Membership
from tests.deputies.sheets import HEADINGS, a_row, a_sheet
from tests.factories import StationFactory, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    """Tuesday, 24 November 2026."""
    time_machine.move_to("2026-11-24T12:00:00+08:00", tick=False)
    return dt.date(2026, 11, 24)


@pytest.fixture
def station():
    return StationFactory(code="NDG-Z01", name="太行社区代表联络站")


@pytest.fixture
def scope(station):
    return scope_within(station.region)


# What is wrong with a file


def a_bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 20_000_000)
    file.seek(0)
    return file


def with_entities():
    """A sheet whose XML declares an entity."""
    sound, file = a_sheet(a_row()), io.BytesIO()
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            new.writestr(part, content)
    file.seek(0)
    return file


def with_part(name, old, new):
    """A sound sheet, in one of whose parts something was replaced."""
    sound, file = a_sheet(a_row()), io.BytesIO()
    with zipfile.ZipFile(sound) as parts, zipfile.ZipFile(file, "w") as forged:
        for part in parts.infolist():
            content = parts.read(part)
            forged.writestr(part, content.replace(old, new) if part.filename == name else content)
    file.seek(0)
    return file


def damaged():
    """A sheet that lost some bytes in the middle of a packed part."""
    content = bytearray(a_sheet(*[a_row()] * 50).getvalue())
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        first = packed.getinfo("xl/worksheets/sheet1.xml").header_offset + 200
    content[first : first + 100] = b"\xff" * 100
    return io.BytesIO(content)


def locked():
    """A sheet whose parts are said to be encrypted."""
    content = bytearray(a_sheet(a_row()).getvalue())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(mark, place + 4)
    return io.BytesIO(content)


def all_hidden(book):
    book.active.sheet_state = "hidden"
    book.create_sheet().append(["空"])


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: io.BytesIO(b""), "文件是空的"),
        (lambda: io.BytesIO(b"name,level\n"), "只能导入xlsx文件"),
        (lambda: io.BytesIO(b"\xd0\xcf\x11\xe0" + b"0" * 999), "旧版xls或设有打开密码"),
        (lambda: io.BytesIO(b"0" * (5 * 1024 * 1024 + 1)), "超过5 MB"),
        (a_bomb, "解压后异常庞大"),
        (with_entities, "文件无法读取"),
        (damaged, "文件无法读取"),
        (locked, "文件无法读取"),
        (lambda: with_part("xl/workbook.xml", b"<workbookView", b'<workbookView odd="1"'), "文件无法读取"),
        # Nobody waits until the rows before it have been counted.
        (lambda: with_part("xl/worksheets/sheet1.xml", b'r="2"', b'r="99999999999"'), "文件无法读取"),
        (lambda: a_sheet(), "表头下面没有内容"),
        (lambda: a_sheet(["王代表"], header=["名字"]), "没有找到含“姓名”的表头"),
        (lambda: a_sheet(["王代表"], header=["姓名", "层级"]), "表头缺少：选举单位、届次、开始日期"),
        (lambda: a_sheet(a_row(), header=[*HEADINGS, "电话"]), "两列意思相同：联系电话、电话"),
        (lambda: a_sheet(a_row(), dress=all_hidden), "没有找到含“姓名”的表头"),
        (lambda: a_sheet(*[a_row()] * 5001), "超过5000行"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(make, why):
    with pytest.raises(SheetError, match=why):
        read_sheet(make())


def test_hidden_and_further_sheets_are_not_read_and_it_is_said():
    def dress(book):
        book.create_sheet("去年的").sheet_state = "hidden"
        book.create_sheet("说明")

    sheet = read_sheet(a_sheet(a_row(), dress=dress))

    assert len(sheet.rows) == 1
    assert sheet.remarks == ["隐藏的工作表没有读取：去年的。", "只读取了工作表“Sheet”，没有读取：说明。"]


def test_the_help_sheets_of_the_template_are_no_matter_for_a_remark(station):
    book = openpyxl.load_workbook(io.BytesIO(template_book([station])))
    book.worksheets[0].append(a_row())
    filled = io.BytesIO()
    book.save(filled)

    assert read_sheet(filled).remarks == []


# A clerk's dry run and what follows


def test_a_clerk_confirms_the_sound_rows_once(station):
    head = a_user(Role.HEAD, station.region)
    rows = read_sheet(a_sheet(a_row(phone="13800000001"), a_row(name="李代表", level="村", phone="13800000002"))).rows

    job = dry_run(name="名册.xlsx", rows=rows, actor=head)
    assert not Deputy.objects.exists()
    job = take_over(job=job, actor=head)

    assert Deputy.objects.get().phone == "13800000001"
    assert [row["outcome"] for row in job.rows] == [Outcome.NEW, Outcome.WRONG]
    # The number stands with the deputy; of rows that were left it is kept for putting them right.
    assert [row["cells"]["phone"] for row in job.rows] == ["", "13800000002"]
    with pytest.raises(ReceptionError, match="已于2026年11月24日12:00导入"):
        take_over(job=job, actor=head)


def test_rows_are_judged_again_when_they_are_taken_over(station):
    head = a_user(Role.HEAD, station.region)
    job = dry_run(name="名册.xlsx", rows=read_sheet(a_sheet(a_row(), a_row(name="李代表"))).rows, actor=head)
    Deputy.objects.create(code="A-1", name="王代表", region=station.region)

    job = take_over(job=job, actor=head)

    assert [row["outcome"] for row in job.rows] == [Outcome.WRONG, Outcome.NEW]


def test_a_sheet_without_a_sound_row_is_not_taken_over(station):
    head = a_user(Role.HEAD, station.region)
    job = dry_run(name="名册.xlsx", rows=read_sheet(a_sheet(a_row(level="村"))).rows, actor=head)

    with pytest.raises(ReceptionError, match="每一行都有问题"):
        take_over(job=job, actor=head)


def test_sheets_that_were_never_taken_over_are_forgotten_with_the_next_one(station):
    head = a_user(Role.HEAD, station.region)
    rows = read_sheet(a_sheet(a_row())).rows
    taken = take_over(job=dry_run(name="一.xlsx", rows=rows, actor=head), actor=head)
    dry_run(name="二.xlsx", rows=rows, actor=head)

    last = dry_run(name="三.xlsx", rows=rows, actor=head)

    assert set(DeputyImport.objects.all()) == {taken, last}


def test_the_rows_that_were_left_come_back_put_right(station, scope):
    head = a_user(Role.HEAD, station.region)
    job = dry_run(
        name="名册.xlsx", rows=read_sheet(a_sheet(a_row(level="村", name="=王代表"), a_row())).rows, actor=head
    )

    book = openpyxl.load_workbook(io.BytesIO(problems_book([row for row in job.rows if row["outcome"] == "wrong"])))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]

    assert cells[0] == [*HEADINGS, "原行号", "问题"]
    assert cells[1][-2:] == [2, "A2（姓名）是公式，请复制后选择性粘贴为数值。"]
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)


def test_the_template_can_be_filled_in_and_imported_as_it_is(station, scope):
    book = openpyxl.load_workbook(io.BytesIO(template_book([station])))
    assert [cell.value for cell in book.worksheets[0][1]] == HEADINGS
    assert ["NDG-Z01", "太行社区代表联络站"] in [[cell.value for cell in row] for row in book.worksheets[2].iter_rows()]
    example = [row[1].value or "" for row in book.worksheets[1].iter_rows(min_row=2, max_row=len(HEADINGS) + 1)]

    book.worksheets[0].append(example)
    filled = io.BytesIO()
    book.save(filled)
    [judged] = import_rows(rows=read_sheet(filled).rows, scope=scope)

    assert judged.outcome == Outcome.NEW
    assert Deputy.objects.get().name == "王示例"


def test_two_thousand_rows_take_less_than_ten_seconds_of_computing(station):
    head = a_user(Role.HEAD, station.region)
    file = a_sheet(*[a_row(name=f"代表{n}", constituency=f"第{n}选区", phone=f"138{n:08}") for n in range(2000)])

    started = time.process_time()
    job = dry_run(name="名册.xlsx", rows=read_sheet(file).rows, actor=head)
    take_over(job=job, actor=head)
    seconds = time.process_time() - started

    assert Deputy.objects.count() == Membership.objects.count() == 2000
    assert seconds < 10


# From the shell


def test_the_command_imports_and_says_what_it_left(station, tmp_path, capsys):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(a_sheet(a_row(), a_row(name="李代表", level="村")).getvalue())

    call_command("import_deputies", path, region="130503", dry_run=True)
    assert not Deputy.objects.exists()
    call_command("import_deputies", path, region="130503")

    said = capsys.readouterr().out
    assert "试运行，没有写入：共 2 行，有问题 1 行，新增代表 1 行。" in said
    assert "已导入：共 2 行" in said
    assert "第 3 行（李代表）：层级“村”应为" in said
    assert Deputy.objects.get().name == "王代表"


@pytest.mark.parametrize(
    ("region", "name", "why"), [("99", "a.xlsx", "没有代码为99"), ("130503", "b.xlsx", "找不到文件")]
)
def test_the_command_refuses_what_is_not_there(region, name, why, station, tmp_path):
    with pytest.raises(CommandError, match=why):
        call_command("import_deputies", tmp_path / name, region=region)
