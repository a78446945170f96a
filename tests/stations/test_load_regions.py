"""The regions of an area, and of the whole country, are loaded from files."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stations.models import Region

OWN_FILE = settings.BASE_DIR / "stations" / "data" / "regions.csv"
COUNTRY = {
    "provinces.csv": 'code,name\n13,"河北省"\n',
    "cities.csv": 'code,name,provinceCode\n1305,"邢台市",13\n',
    "areas.csv": 'code,name,cityCode,provinceCode\n130503,"信都区",1305,13\n',
    "streets.csv": 'code,name,areaCode,provinceCode,cityCode\n130503100,"南大郭镇",130503,13,1305\n',
    "villages.csv": (
        "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        '130503100201,"南大郭村村民委员会",130503100,13,1305,130503\n'
    ),
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def country(tmp_path) -> Path:
    for name, text in COUNTRY.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def write(path: Path, *rows: str, header: str = "code,name") -> Path:
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def load(path: Path) -> None:
    call_command("load_regions", path, verbosity=0)


def test_the_whole_prefecture_is_loaded_in_under_five_seconds():
    started = time.perf_counter()

    load(OWN_FILE)

    assert time.perf_counter() - started < 5
    assert Region.objects.count() == 5618
    counts = [Region.objects.filter(level=level).count() for level in Region.LENGTHS.values()]
    assert counts == [1, 1, 19, 201, 5396]


def test_every_region_hangs_below_the_region_whose_code_begins_its_own():
    load(OWN_FILE)

    village = Region.objects.get(code="130503100201")

    assert village.name == "南大郭村村民委员会"
    assert village.parent.name == "南大郭镇"
    assert village.parent.parent.parent.parent.name == "河北省"
    assert village.parent.parent.parent.parent.parent is None


def test_loading_twice_changes_nothing_and_says_so(capsys):
    load(OWN_FILE)
    assert "读取地区 5618 个，新增或更新 5618 个" in capsys.readouterr().out

    load(OWN_FILE)

    assert "读取地区 5618 个，新增或更新 0 个" in capsys.readouterr().out
    assert Region.objects.count() == 5618


def test_a_new_file_renames_a_region_and_leaves_the_others(country, tmp_path):
    load(country)

    load(write(tmp_path / "renamed.csv", "130503,信都新区"))

    assert Region.objects.get(code="130503").name == "信都新区"
    assert Region.objects.get(code="130503100").parent_id == "130503"
    assert Region.objects.count() == 5


def test_a_directory_of_the_countrys_files_is_loaded_from_the_top_down(country):
    load(country)

    assert list(Region.objects.values_list("code", "parent_id")) == [
        ("13", None),
        ("1305", "13"),
        ("130503", "1305"),
        ("130503100", "130503"),
        ("130503100201", "130503100"),
    ]


def test_one_of_the_countrys_files_is_taken_when_its_upper_levels_are_there(country):
    load(country / "provinces.csv")
    load(country / "cities.csv")

    load(country / "areas.csv")

    assert Region.objects.get(code="130503").level == Region.Level.COUNTY


def test_a_file_saved_by_excel_with_a_byte_order_mark_is_understood(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_text("code,name\r\n13,河北省\r\n", encoding="utf-8-sig", newline="")

    load(path)

    assert Region.objects.get().name == "河北省"


def test_a_village_may_have_a_character_of_the_private_area_in_its_name(tmp_path):
    path = write(tmp_path / "rare.csv", "13,高\ue170省")

    load(path)

    assert Region.objects.get().name == "高\ue170省"


def test_a_file_of_any_length_takes_the_same_few_statements(tmp_path):
    path = write(tmp_path / "many.csv", "13,河北省", *(f"13{number:02},第{number}市" for number in range(1, 100)))

    with CaptureQueriesContext(connection) as queries:
        load(path)

    assert Region.objects.count() == 100
    assert len(queries) <= 12


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1305,", "第 3 行：名称为空、过长或含有控制字符"),
        (f"1305,{'长' * 81}", "第 3 行：名称为空、过长或含有控制字符"),
        ("1305,邢\t台市", "第 3 行：名称为空、过长或含有控制字符"),
        ("13x5,邢台市", "第 3 行：代码“13x5”不是 2、4、6、9 或 12 位数字"),
        ("130,邢台市", "第 3 行：代码“130”不是 2、4、6、9 或 12 位数字"),
        ("１３０５,邢台市", "第 3 行：代码“１３０５”不是 2、4、6、9 或 12 位数字"),
        ("1305", "第 3 行：列数与表头不符"),
        ("1305,邢台市,多出一列", "第 3 行：列数与表头不符"),
        ("13,河北省", "第 3 行：代码 13 重复"),
        ("1405,不属本省", "第 3 行：找不到上级地区 14"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_loaded(tmp_path, row, sentence):
    path = write(tmp_path / "bad.csv", "13,河北省", row)

    with pytest.raises(CommandError, match="未导入任何数据") as refusal:
        load(path)

    assert str(refusal.value).startswith(f"bad.csv {sentence}")
    assert not Region.objects.exists()


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("code,name,level", "1305,邢台市,county"),
        ("code,name,code12", "1305,邢台市,130600000000"),
        ("code,name,parent_code12", "1305,邢台市,140000000000"),
        ("code,name,provinceCode", "1305,邢台市,14"),
    ],
)
def test_a_column_that_contradicts_the_code_is_refused(tmp_path, header, row):
    load(write(tmp_path / "province.csv", "13,河北省"))

    with pytest.raises(CommandError, match="不符"):
        load(write(tmp_path / "bad.csv", row, header=header))

    assert Region.objects.count() == 1


def test_a_bad_row_in_the_last_of_several_files_takes_everything_back(country):
    with (country / "villages.csv").open("a", encoding="utf-8") as villages:
        villages.write("130503100202,\n")

    with pytest.raises(CommandError, match=r"villages\.csv 第 3 行"):
        load(country)

    assert not Region.objects.exists()


def test_a_file_without_the_columns_is_not_a_file_of_regions(tmp_path):
    path = write(tmp_path / "other.csv", "1,2", header="id,title")

    with pytest.raises(CommandError, match=r"other\.csv 缺少列 code、name，不是地区文件。"):
        load(path)


def test_an_empty_file_a_binary_file_and_a_missing_file_get_one_sentence_each(tmp_path):
    empty, binary = tmp_path / "empty.csv", tmp_path / "binary.csv"
    empty.touch()
    binary.write_bytes("code,name\n13,河北省\n".encode("gb18030"))

    with pytest.raises(CommandError, match="缺少列"):
        load(empty)
    with pytest.raises(CommandError, match="不是 UTF-8 编码"):
        load(binary)
    with pytest.raises(CommandError, match="找不到地区文件"):
        load(tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match="找不到地区文件"):
        load(tmp_path)
