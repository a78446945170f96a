"""What the cells of one row say: each checked by itself, all refusals of the row told at once."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from deputies.models import Deputy, Mandate, Membership
from stations.models import Station
from vault.fields import PhoneField

LEVELS = {
    "全国": Mandate.Level.NATIONAL,
    "国家": Mandate.Level.NATIONAL,
    "省": Mandate.Level.PROVINCE,
    "市": Mandate.Level.CITY,
    "设区的市": Mandate.Level.CITY,
    "县": Mandate.Level.COUNTY,
    "区": Mandate.Level.COUNTY,
    "县区": Mandate.Level.COUNTY,
    "县市区": Mandate.Level.COUNTY,
    "乡镇": Mandate.Level.TOWNSHIP,
    "乡": Mandate.Level.TOWNSHIP,
    "镇": Mandate.Level.TOWNSHIP,
}
WRITTEN = ("%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")
CODE = re.compile(r"[A-Za-z0-9_-]+")
EARLIEST = dt.date(1954, 1, 1)  # no people's congress of a level below the nation sat before


class CellError(Exception):
    """A row that is not taken; its arguments are Chinese sentences, one for each wrong cell."""


@dataclass(frozen=True)
class Entry:
    """A sound row. ``seat`` is an unsaved mandate without a deputy, or None where the row tells of none."""

    name: str
    gender: str
    code: str
    phone: str
    seat: Mandate | None
    station: Station | None
    group: str
    grouped_on: dt.date | None


def read_entry(row, stations: dict[str, Station], stations_named: dict[str, list[Station]]) -> Entry:
    """Return what a row says. Raises CellError with a sentence for each cell that is wrong.

    ``stations`` by code and ``stations_named`` by name are those that the sheet may group into.
    """
    cells, wrong = row.cells, []

    def sound(check, *args):
        try:
            return check(*args)
        except (CellError, ValidationError) as refusal:
            wrong.extend(refusal.messages if isinstance(refusal, ValidationError) else refusal.args)
            return None

    entry = Entry(
        name=sound(_name, cells["name"]),
        gender=sound(_gender, cells["gender"]),
        code=sound(_code, cells["code"]),
        phone=sound(PhoneField(required=False).clean, cells["phone"]),
        seat=_seat(cells, sound),
        station=sound(_station, cells["station"], stations, stations_named),
        group=sound(_short, cells["group"], _("代表小组"), Membership, "group"),
        grouped_on=sound(_day, cells["grouped_on"], _("编组开始日期")),
    )
    if (cells["group"] or cells["grouped_on"]) and not cells["station"]:
        wrong.append(_("填了代表小组或编组日期，没有填联络站。"))
    if wrong:
        raise CellError(*wrong)
    return entry


def bare_name(text: str) -> str:
    """A name without the blanks that lists put between two characters."""
    return text if text.isascii() else text.replace(" ", "")


def plain_code(text: str) -> str:
    """A code as it is kept: full-width letters and digits are forgiven."""
    return unicodedata.normalize("NFKC", text)


def _name(text):
    name = bare_name(text)
    if not name:
        raise CellError(_("缺少姓名。"))
    return _short(name, _("姓名"), Deputy, "name")


def _gender(text):
    if text not in ("", "男", "女"):
        raise CellError(_("性别应为“男”或“女”。"))
    return text


def _code(text):
    code = plain_code(text)
    if code and not CODE.fullmatch(code):
        raise CellError(_("编号“%(code)s”只能用字母、数字、短横和下划线。") % {"code": code[:20]})
    return _short(code, _("编号"), Deputy, "code")


def _seat(cells, sound):
    """The unsaved mandate of a row, None where it tells of none; ``sound`` collects what is wrong with each cell."""
    told = {name: cells[name] for name in ("level", "constituency", "term", "starts_on")}
    if not any(told.values()) and not cells["ends_on"]:
        return None
    sound(_complete, told)
    seat = Mandate(
        level=sound(_level, told["level"]),
        constituency=sound(_short, told["constituency"], _("选举单位"), Mandate, "constituency"),
        term=sound(_short, told["term"], _("届次"), Mandate, "term"),
        starts_on=sound(_day, told["starts_on"], _("开始日期")),
        ends_on=sound(_day, cells["ends_on"], _("结束日期")),
    )
    sound(_forwards, seat)
    return seat


def _complete(told):
    labels = {
        "level": _("层级"), "constituency": _("选举单位"), "term": _("届次"), "starts_on": _("开始日期"),
    }  # fmt: skip
    missing = [labels[name] for name, text in told.items() if not text]
    if missing:
        raise CellError(_("缺少%(labels)s。") % {"labels": "、".join(missing)})


def _forwards(seat):
    if seat.starts_on and seat.ends_on and seat.ends_on < seat.starts_on:
        raise CellError(_("结束日期早于开始日期。"))


def _level(text):
    if not text:
        return None
    bare = re.sub(r"[（）()、\s]|级|人大代表|人大|代表", "", text)
    if bare not in LEVELS:
        raise CellError(_("层级“%(text)s”应为全国、省、市、县或乡镇。") % {"text": text[:20]})
    return LEVELS[bare]


def _station(text, stations, stations_named):
    if not text:
        return None
    if text in stations:
        return stations[text]
    named = stations_named.get(text, [])
    if len(named) > 1:
        codes = "、".join(station.code for station in named)
        raise CellError(_("有几个联络站都叫“%(name)s”，请填编号：%(codes)s。") % {"name": text, "codes": codes})
    if not named:
        raise CellError(_("您管理的范围里没有编号或名称为“%(name)s”的在用联络站。") % {"name": text[:40]})
    return named[0]


def _day(text, label):
    if not text:
        return None
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    for form in WRITTEN:
        try:
            day = dt.datetime.strptime(plain, form).date()  # noqa: DTZ007 (a calendar day)
        except ValueError:
            continue
        if day >= EARLIEST:
            return day
    raise CellError(_("%(label)s“%(text)s”应写到年月日，例如2026-03-05。") % {"label": label, "text": text[:20]})


def _short(text, label, model, field):
    most = model._meta.get_field(field).max_length
    if len(text) > most:
        raise CellError(_("%(label)s最多%(most)d字。") % {"label": label, "most": most})
    return text
