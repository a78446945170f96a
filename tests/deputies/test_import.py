"""Rows of a deputies' sheet: what each brings, who is meant, and that nothing comes twice."""

import datetime as dt

import pytest

from accounts.models import Role
from deputies.importing import Outcome, import_rows, read_sheet, scope_of, scope_within
from deputies.models import Deputy, Mandate, Membership
from tests.deputies.sheets import a_row, a_sheet, brought
from tests.factories import StationFactory, a_deputy, a_region, a_user

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


# What a sound row brings


def test_a_row_brings_a_deputy_with_mandate_group_and_telephone(scope, station, today):
    [(outcome, said)] = brought(
        scope, a_row(gender="女", phone="138 0000 0001", ends_on="2031年3月25日", grouped_on="2026/4/20")
    )

    deputy = Deputy.objects.get()
    mandate, membership = deputy.mandates.get(), deputy.memberships.get()
    assert outcome == Outcome.NEW
    assert "编入太行社区代表联络站（第一小组）。" in said
    assert (deputy.code, deputy.name, deputy.gender, deputy.phone) == ("130503100-001", "王代表", "女", "13800000001")
    assert (mandate.level, mandate.constituency, mandate.term) == (Mandate.Level.TOWNSHIP, "第三选区", "第十届")
    assert (mandate.starts_on, mandate.ends_on) == (dt.date(2026, 3, 26), dt.date(2031, 3, 25))
    assert (membership.station, membership.group, membership.starts_on) == (station, "第一小组", dt.date(2026, 4, 20))


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05",
        "2026年3月5日",
        "2026/3/5",
        "2026.3.5",
        "２０２６－３－５",
        "20260305",
        20260305,
        dt.date(2026, 3, 5),
    ],
)
def test_dates_are_read_as_offices_write_them(written, scope):
    brought(scope, a_row(starts_on=written))

    assert Mandate.objects.get().starts_on == dt.date(2026, 3, 5)


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("全国人大代表", 1),
        ("省级", 2),
        ("市", 3),
        ("县（市、区）人大代表", 4),
        ("区人大代表", 4),
        ("镇", 5),
        ("乡镇级", 5),
    ],
)
def test_levels_are_read_as_offices_write_them(written, level, scope):
    brought(scope, a_row(level=written))

    assert Mandate.objects.get().level == level


def test_headings_stand_in_any_order_beneath_a_title(scope):
    file = a_sheet(
        [],
        ["联络站名称", "开始日期", "备注", "代表姓名", "届 次", "选区", "层级"],
        ["太行社区代表联络站", "2026-03-26", "随便", "王 代 表", "第十届", "第三选区", "乡镇"],
        header=["南大郭镇人大代表名册"],
        dress=lambda book: book.active.merge_cells("A1:G1"),
    )

    import_rows(rows=read_sheet(file).rows, scope=scope)

    assert Deputy.objects.get().name == "王代表"
    assert Membership.objects.get().station.name == "太行社区代表联络站"


def test_a_second_import_of_the_same_file_changes_nothing(scope):
    rows = [
        a_row(),
        a_row(name="李代表", phone="13800000002"),
        a_row(name="李代表", phone="13800000002", level="县", constituency="第八选区", station="", group=""),
        a_row(name="赵代表", code="X-9"),
        a_row(name="赵代表", code="X-10"),
        a_row(name="钱代表", level="瞎"),
    ]

    first = brought(scope, *rows)
    before = [list(model.objects.order_by("pk").values()) for model in (Deputy, Mandate, Membership)]
    second = brought(scope, *rows)

    assert [outcome for outcome, _said in first] == ["new", "new", "mandate", "new", "new", "wrong"]
    assert [outcome for outcome, _said in second] == ["same", "same", "same", "same", "same", "wrong"]
    assert before == [list(model.objects.order_by("pk").values()) for model in (Deputy, Mandate, Membership)]


def test_a_dry_run_says_the_same_and_writes_nothing(scope):
    rows = [a_row(), a_row(name="李代表", station="没有的站")]

    dry = brought(scope, *rows, is_dry_run=True)

    assert not Deputy.objects.exists()
    assert dry == brought(scope, *rows)


def test_a_known_deputy_is_added_to_by_code(scope, station):
    known = a_deputy("王代表")
    known.region = station.region
    known.save()

    told = brought(
        scope,
        a_row(code=known.code, level="县", constituency="第八选区", term="第三届", phone="0319-0000101"),
        a_row(code=known.code, level="", constituency="", term="", starts_on="", group="第二小组"),
    )

    known.refresh_from_db()
    assert [outcome for outcome, _said in told] == [Outcome.MANDATE, Outcome.GROUPED]
    assert "调整小组（第二小组）" in told[1][1]
    assert known.mandates.count() == 2
    assert known.memberships.get().group == "第二小组"
    assert known.phone == "03190000101"


def test_dates_that_differ_from_those_on_record_are_left_and_told(scope):
    brought(scope, a_row())

    [(outcome, said)] = brought(scope, a_row(starts_on="2026-03-27"))

    assert outcome == Outcome.SAME
    assert "保留已登记的" in said
    assert Mandate.objects.get().starts_on == dt.date(2026, 3, 26)


# Who is who


def test_namesakes_are_asked_about_and_never_merged(scope):
    told = brought(scope, a_row(), a_row(constituency="第四选区"))
    again = brought(scope, a_row(constituency="第五选区"))

    assert told[1] == (
        Outcome.WRONG,
        "与第2行同名。是同一人请填同一个编号或联系电话，不是同一人请给本行填一个新的编号。",
    )
    assert again[0][0] == Outcome.WRONG
    assert "已有同名代表（编号130503100-001，乡镇人大代表 第十届 第三选区）" in again[0][1]
    assert Deputy.objects.count() == 1


def test_the_same_seat_of_another_township_is_another_person(station):
    other = StationFactory(code="LC-Z01", region=a_region("130503101"))
    county = scope_within(a_region("130503"))

    told = brought(county, a_row(), a_row(station=other.code), a_row(station=other.code, code="LC-1"))

    assert [outcome for outcome, _said in told] == [Outcome.NEW, Outcome.WRONG, Outcome.NEW]


@pytest.mark.parametrize("typed", ["d-001", "ｄ－００１"])
def test_a_code_with_another_name_is_refused(scope, typed):
    a_deputy("李代表")

    [(outcome, said)] = brought(scope, a_row(code=typed))

    assert (outcome, said) == (Outcome.WRONG, "编号d-001是“李代表”，与本行姓名不同。")


def test_two_seats_of_one_level_at_a_time_are_refused(scope):
    told = brought(scope, a_row(code="X-1"), a_row(code="X-1", constituency="第九选区"))

    assert told[1][0] == Outcome.WRONG
    assert "已有同级的代表资格（第十届，第三选区）" in told[1][1]


def test_a_deputy_kept_elsewhere_is_grouped_and_not_changed(scope):
    elsewhere = a_deputy("贺代表", station=StationFactory(region=a_region("130502100")))
    code = elsewhere.code

    told = brought(
        scope,
        a_row(name="贺代表", code=code, level="", constituency="", term="", starts_on="", phone="13800000009"),
        a_row(name="贺代表", code=code, level="县"),
    )

    elsewhere.refresh_from_db()
    assert [outcome for outcome, _said in told] == [Outcome.GROUPED, Outcome.WRONG]
    assert "由其他地方管理" in told[1][1]
    assert elsewhere.phone == ""
    assert elsewhere.mandates.count() == 1
    assert elsewhere.memberships.count() == 2


# What is wrong with a row


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"name": ""}, "缺少姓名。"),
        ({"level": "村"}, "层级“村”应为全国、省、市、县或乡镇。"),
        ({"starts_on": "2026年3月"}, "开始日期“2026年3月”应写到年月日，例如2026-03-05。"),
        ({"starts_on": "2026-02-30"}, "应写到年月日"),
        ({"ends_on": "2020-01-01"}, "结束日期早于开始日期。"),
        ({"gender": "先生"}, "性别应为“男”或“女”。"),
        ({"code": "一号"}, "编号“一号”只能用字母、数字、短横和下划线。"),
        ({"phone": "1380000"}, "手机号应为11位数字，您填了7位。"),
        ({"station": "别的站"}, "您管理的范围里没有编号或名称为“别的站”的在用联络站。"),
        ({"station": "", "group": "第一小组"}, "填了代表小组或编组日期，没有填联络站。"),
        ({"term": "", "constituency": ""}, "缺少选举单位、届次。"),
        ({"term": "届" * 41}, "届次最多40字。"),
        ({"level": "", "constituency": "", "term": "", "starts_on": ""}, "新增的代表要填写层级"),
        (
            {"name": "", "gender": "先生", "level": "村", "term": ""},
            "缺少姓名。性别应为“男”或“女”。缺少届次。层级“村”应为全国、省、市、县或乡镇。",
        ),
    ],
)
def test_a_row_with_a_fault_is_left_out_with_a_sentence(cells, why, scope):
    [(outcome, said)] = brought(scope, a_row(**cells))

    assert outcome == Outcome.WRONG
    assert why in said
    assert not Deputy.objects.exists()


def test_a_station_name_that_two_have_asks_for_the_code(station):
    StationFactory(code="LC-Z01", name=station.name, region=a_region("130503101"))

    [(_outcome, said)] = brought(scope_within(a_region("130503")), a_row(station=station.name))

    assert said == "有几个联络站都叫“太行社区代表联络站”，请填编号：NDG-Z01、LC-Z01。"


def test_stations_outside_the_users_subtree_are_not_to_be_had(station):
    outside = StationFactory(region=a_region("130502100"))

    for user in (a_user(Role.HEAD, station.region), a_user(Role.OFFICER, station)):
        [(outcome, _said)] = brought(scope_of(user), a_row(station=outside.code))
        assert outcome == Outcome.WRONG


def test_an_officer_names_the_station_of_a_new_deputy(station):
    [(_outcome, said)] = brought(scope_of(a_user(Role.OFFICER, station)), a_row(station="", group=""))

    assert said == "新增的代表要填写联络站。"


def test_formulas_errors_and_merged_cells_are_faults_of_their_rows(scope):
    def dress(book):
        book.active["A2"] = '=CONCATENATE("王","代表")'
        book.active["F3"] = "#REF!"
        book.active["F3"].data_type = "e"
        book.active.merge_cells("E4:E5")

    rows = [a_row(name=f"第{n}位") for n in range(5)]
    judged = import_rows(rows=read_sheet(a_sheet(*rows, dress=dress)).rows, scope=scope)

    said = ["".join(row.says) for row in judged]
    assert said[0] == "A2（姓名）是公式，请复制后选择性粘贴为数值。"
    assert said[1] == "F3（届次）是错误值#REF!。"
    assert said[2] == said[3] == "E4:E5是合并的单元格，请取消合并，每行都填写。"
    assert [row.outcome for row in judged] == ["wrong", "wrong", "wrong", "wrong", "new"]
