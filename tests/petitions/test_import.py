"""Bringing an office's ledger in, from CSV and xlsx."""

import csv
import datetime as dt
import zipfile
from types import SimpleNamespace

import openpyxl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from petitions.importing.store import place_of
from petitions.models import Category, Event, Petition, Proposer, Round, Status
from supervision.models import Clock
from tests.factories import StationFactory, load_years
from tests.petitions.story import moment
from vault.models import Identity
from vault.sealing import unseal

HEADER = ["id", "title", "body", "submitted_at", "category_l1", "reply", "replied_at"]
ANSWERED = [
    "7001",
    "路灯不亮",
    "村口的路灯坏了。",
    "2019-03-05 13:15:05",
    "城乡建设",
    "已修好。",
    "2019-03-12 09:00:00",
]
WAITING = ["7002", "公交改线", "希望公交经过学校。", "2019/4/6 8:30", "", "", ""]
SHARED = settings.BASE_DIR.parent / "shared" / "data" / "messages.csv"


@pytest.fixture
def stations(db):
    load_years()
    return [StationFactory() for _ in range(3)]


@pytest.fixture
def ledger(tmp_path):
    """Write rows to a CSV ledger; the header goes first."""

    def write(*rows, header=HEADER, encoding="utf-8"):
        path = tmp_path / "ledger.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write


@pytest.fixture
def bring_in(stations, capsys):
    """Run the import and return what it printed."""

    def run(path, **options):
        call_command("import_petitions", path, **options)
        return capsys.readouterr().out

    return run


def test_an_answered_row_is_closed_with_its_true_dates(ledger, bring_in):
    Category.objects.create(path="城乡建设", name="城乡建设", level=1)

    bring_in(ledger(ANSWERED))

    petition = Petition.objects.get()
    told = moment("2019-03-12 09:00")
    assert (petition.status, petition.closed_how) == (Status.CLOSED, "imported")
    assert petition.submitted_at == moment("2019-03-05 13:15:05")
    assert petition.number.startswith("XD-20190305-")
    assert petition.category.path == "城乡建设"
    assert petition.closed_at == told
    assert list(petition.rounds.values_list("reply", "told_at", "closed_at")) == [("已修好。", told, told)]
    assert not Clock.objects.exists()


def test_an_unanswered_row_is_screened_from_the_day_of_the_import(ledger, bring_in, time_machine):
    time_machine.move_to(moment("2026-11-24 10:00"), tick=False)

    bring_in(ledger(WAITING))

    petition = Petition.objects.get()
    assert petition.status == Status.SUBMITTED
    assert petition.submitted_at == moment("2019-04-06 08:30")
    assert petition.stage_clock.due_on == dt.date(2026, 11, 26)
    assert petition.stage_clock.next_rung_at > moment("2026-11-24 10:00")
    assert "审查期限自导入之时起算" in petition.events.get().text


def test_a_place_given_by_the_rule_is_always_the_same_and_said_to_be_no_fact(ledger, bring_in, stations):
    rows = [[str(number), *WAITING[1:]] for number in range(40)]

    printed = bring_in(ledger(*rows))

    by_code = {station.code: station for station in reversed(stations)}
    assert "40 件没有联络站编号" in printed
    assert {petition.station for petition in Petition.objects.all()} == set(stations)
    for petition in Petition.objects.all():
        assert petition.station == place_of(SimpleNamespace(station=None, key=petition.import_key), by_code)
    assert Event.objects.filter(text__contains="地点由导入规则按种子分配，非原始数据").count() == 40


def test_importing_again_changes_nothing_and_says_so(ledger, bring_in):
    path = ledger(ANSWERED, WAITING)
    bring_in(path)
    before = list(Petition.objects.values())

    printed = bring_in(path)

    assert "导入 0 件" in printed
    assert "已在库中 2 件" in printed
    assert list(Petition.objects.values()) == before


def test_ledgers_with_numbers_of_their_own_are_kept_apart(ledger, bring_in):
    bring_in(ledger(ANSWERED), ledger="县台账")
    bring_in(ledger(ANSWERED), ledger="镇台账")

    assert Petition.objects.count() == 2


def test_a_dry_run_reports_the_same_and_writes_nothing(ledger, bring_in):
    path = ledger(ANSWERED, WAITING, ["7003", "", "没有标题。", "2019-01-01", "", "", ""])

    rehearsed = bring_in(path, dry_run=True)

    assert "可导入 2 件（办结 1，待受理 1）" in rehearsed
    assert "未导入 1 行" in rehearsed
    assert not Petition.objects.exists()
    assert not Event.objects.exists()


REFUSED = {
    "缺少标题": {"title": " "},
    "缺少内容": {"body": ""},
    "内容超过10000字": {"body": "灯" * 10_001},
    "编号应为1至40个字符": {"id": ""},
    "提交时间“去年春天”不是可以识别的日期": {"submitted_at": "去年春天"},
    "提交时间“2019-02-30”不是可以识别的日期": {"submitted_at": "2019-02-30"},
    "提交时间在将来": {"submitted_at": "2030-01-01"},
    "提交时间“0202-01-05”早于1954年，请核对年份": {"submitted_at": "0202-01-05"},
    "提交时间“1926-01-05”早于1954年，请核对年份": {"submitted_at": "1926-01-05"},
    "答复时间“1926年1月5日”早于1954年，请核对年份": {"reply": "已办", "replied_at": "1926年1月5日"},
    "答复时间早于提交时间": {"reply": "已办", "replied_at": "2018-01-01"},
    "有答复而没有答复时间": {"reply": "已办"},
    "有答复时间而没有答复": {"replied_at": "2020-01-01"},
    "没有编号为“XX-1”的在用联络站": {"station": "XX-1"},
    "没有代码为“999”的区划": {"region": "999"},
    "姓名或电话过长": {"name": "王" * 61},
}


@pytest.mark.parametrize(("sentence", "facts"), REFUSED.items(), ids=REFUSED)
def test_a_row_that_is_refused_is_reported_with_its_number_and_the_reason(sentence, facts, ledger, bring_in):
    sound = {"id": "7", "title": "路灯", "body": "坏了。", "submitted_at": "2019-03-05", "station": "", "region": ""}
    header = [*sound, "reply", "replied_at", "name"]
    row = {"reply": "", "replied_at": "", "name": ""} | sound | facts

    printed = bring_in(ledger([row[column] for column in header], header=header))

    assert f"第 2 行（编号 {row['id'] or '无'}）：{sentence}" in printed
    assert not Petition.objects.exists()


def test_the_second_row_of_one_number_is_refused(ledger, bring_in):
    printed = bring_in(ledger(ANSWERED, ANSWERED))

    assert "第 3 行（编号 7001）：编号与第2行重复。" in printed
    assert Petition.objects.count() == 1


def test_the_report_holds_every_refused_row_and_no_formula(ledger, bring_in, tmp_path):
    report = tmp_path / "refused.csv"

    bring_in(ledger(["=1+1", "", "没有标题", "2019-01-01", "", "", ""]), report=report)

    with report.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["行号", "编号", "原因"], ["2", "'=1+1", "缺少标题。"]]


def test_a_long_title_is_shortened_and_kept_whole_in_the_body(ledger, bring_in):
    title = "关于村口路灯" * 12

    printed = bring_in(ledger(["7004", title, "坏了。", "2019-01-01", "", "", ""]))

    petition = Petition.objects.get()
    assert (len(petition.title), petition.title[-1]) == (60, "…")
    assert petition.body == f"{title}\n\n坏了。"
    assert "1 件标题过长，已截短" in printed


def test_an_answer_dated_to_the_day_may_be_of_the_day_of_submission(ledger, bring_in):
    bring_in(ledger(["7005", "路灯", "坏了。", "2019-03-05 13:15", "", "当天修好。", "2019-03-05"]))

    petition = Petition.objects.get()
    assert petition.closed_at == petition.submitted_at


def test_chinese_column_names_and_gb18030_are_read(ledger, bring_in, stations):
    header = ["编号", "标题", "内容", "提交时间", "联络站编号", "区划代码", "姓名", "电话"]
    row = ["A-1", "路灯不亮", "坏了。", "2019年3月5日", stations[1].code, "130503100", "孟庆余", "13900000042"]

    bring_in(ledger(row, header=header, encoding="gb18030"))

    petition = Petition.objects.get()
    assert petition.station == stations[1]
    assert petition.secrecy == "station"
    assert unseal(Identity.objects.get().sealed) == {"name": "孟庆余", "phone": "13900000042"}
    assert "地点由导入规则" not in petition.events.get().text


def test_a_byte_order_mark_and_hidden_characters_do_no_harm(ledger, bring_in):
    bring_in(ledger(["7006", "路\x00灯", "坏\x07了。", "2019-01-01", "", "", ""], encoding="utf-8-sig"))

    assert Petition.objects.get().title == "路灯"


def test_an_xlsx_ledger_is_read_with_its_own_dates_and_numbers(bring_in, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["编号", "标题", "内容", "提交时间", "答复", "答复时间"])
    told = dt.datetime(2019, 3, 12, 9)  # noqa: DTZ001 (spreadsheets know no time zone)
    book.active.append([66304, "路灯不亮", "坏了。", dt.date(2019, 3, 5), "已修好。", told])
    book.active.append([None] * 6)
    book.save(tmp_path / "ledger.xlsx")

    printed = bring_in(tmp_path / "ledger.xlsx")

    petition = Petition.objects.get()
    assert "共 1 行" in printed
    assert petition.import_key == "ledger:66304"
    assert petition.submitted_at == moment("2019-03-05 00:00")
    assert petition.closed_at == moment("2019-03-12 09:00")


def test_an_xlsx_that_unpacks_to_a_mountain_is_not_opened(bring_in, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)

    with pytest.raises(CommandError, match="解压后异常庞大"):
        bring_in(path)


def test_an_xlsx_with_an_entity_bomb_is_refused_in_a_sentence(bring_in, tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "plain.xlsx")
    lol = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(tmp_path / "evil.xlsx", "w") as evil:
        for part in plain.namelist():
            text = plain.read(part).decode()
            evil.writestr(part, text.replace("<workbook", f"{lol}<workbook", 1) if part == "xl/workbook.xml" else text)

    with pytest.raises(CommandError, match="xlsx文件无法读取"):
        bring_in(tmp_path / "evil.xlsx")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("no.csv", None, "找不到文件"),
        ("old.xls", b"\xd0\xcf", "只能导入CSV或xlsx文件"),
        ("false.xlsx", b"not a zip", "不是正确的xlsx"),
        ("headless.csv", "甲,乙\n1,2\n".encode(), "表头缺少：编号、标题、内容、提交时间"),
        ("empty.csv", b"", "表头缺少"),
        ("binary.csv", b"\xff\xff\xff\xff", "不是UTF-8或GB18030编码"),
    ],
)
def test_a_file_that_is_no_ledger_gets_one_sentence(name, content, sentence, bring_in, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        bring_in(tmp_path / name)


@pytest.mark.django_db
def test_without_stations_the_import_says_what_to_load_first(ledger):
    with pytest.raises(CommandError, match="还没有在用的联络站"):
        call_command("import_petitions", ledger(ANSWERED))


@pytest.mark.skipif(not SHARED.exists(), reason="the ledger of 2,600 real messages is not on this machine")
def test_a_real_ledger_of_2600_messages_comes_in_whole(bring_in):
    printed = bring_in(SHARED)

    assert "导入 2600 件（办结 1200，待受理 1400）" in printed
    assert Petition.objects.filter(status=Status.CLOSED, closed_at__isnull=False).count() == 1200
    assert Clock.objects.running().count() == 1400
    assert Proposer.objects.count() == Round.objects.count() == Event.objects.count() == 2600
