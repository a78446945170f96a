"""Judging one row of a ledger: what it says, or why it is refused."""

import datetime as dt
import unicodedata
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.importing.cells import EARLIEST
from petitions.models import Category, Petition
from stations.models import Region, Station
from workdays.calendar import BEIJING

LONGEST_TITLE = Petition._meta.get_field("title").max_length
LONGEST_TEXT = 10_000
LONGEST_ID = 40
LONGEST_IDENTITY = 60
WRITTEN = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日",
)


class RefusedError(Exception):
    """A row that is not taken in; the text is a Chinese sentence that says why."""


@dataclass(frozen=True)
class Entry:
    """A sound row: a case as a ledger knew it. Moments are aware, Beijing time where the ledger named none."""

    key: str
    title: str
    body: str
    submitted_at: dt.datetime
    reply: str
    replied_at: dt.datetime | None
    category: Category | None
    unknown_category: str
    station: Station | None
    region: Region | None
    identity: dict[str, str]
    shortened: bool


@dataclass(frozen=True)
class Places:
    """What rows may refer to: active stations, regions and categories by what a ledger calls them."""

    stations: dict[str, Station]
    regions: dict[str, Region]
    categories: dict[str, Category]

    @classmethod
    def load(cls, rows) -> "Places":
        """Load the stations, the topics, and those regions that the rows name."""
        return cls(
            stations={station.code: station for station in Station.objects.active().select_related("region")},
            regions=Region.objects.in_bulk({str(row["region"]) for _number, row in rows if row["region"]}),
            categories={category.path: category for category in Category.objects.all()},
        )


def judge(row: dict, places: Places, *, ledger: str, now: dt.datetime) -> Entry:
    """Return the ``Entry`` of a row, or raise ``RefusedError``; ``ledger`` keeps apart ledgers with numbers of their own.

    A title that is too long is shortened and stands whole at the head of the body.
    """
    number = plain(row["id"])
    if not 1 <= len(number) <= LONGEST_ID:
        raise RefusedError(_("编号应为1至%(most)d个字符。") % {"most": LONGEST_ID})
    title, body = _text(row["title"], _("标题")), _text(row["body"], _("内容"))
    reply = plain(row["reply"])
    if len(reply) > LONGEST_TEXT:
        raise RefusedError(_("答复超过%(most)d字。") % {"most": LONGEST_TEXT})
    submitted_at, _has_time = _moment(row["submitted_at"], _("提交时间"), now)
    shortened = len(title) > LONGEST_TITLE
    category = plain(row["category"]).replace("›", "/").replace(" ", "")
    return Entry(
        key=f"{ledger}:{number}",
        title=f"{title[: LONGEST_TITLE - 1]}…" if shortened else title,
        body=f"{title}\n\n{body}" if shortened else body,
        submitted_at=submitted_at,
        reply=reply,
        replied_at=_replied_at(reply, row["replied_at"], submitted_at, now),
        category=places.categories.get(category),
        unknown_category="" if category in places.categories else category,
        station=_named(row["station"], places.stations, _("没有编号为“%(code)s”的在用联络站。")),
        region=_named(row["region"], places.regions, _("没有代码为“%(code)s”的区划。")),
        identity=_identity(row),
        shortened=shortened,
    )


def plain(value) -> str:
    """A cell as text, without control characters but line breaks."""
    kept = (character for character in str(value) if character in "\n\t" or unicodedata.category(character) != "Cc")
    return "".join(kept).strip()


def _text(value, label):
    text = plain(value)
    if not text:
        raise RefusedError(_("缺少%(label)s。") % {"label": label})
    if len(text) > LONGEST_TEXT:
        raise RefusedError(_("%(label)s超过%(most)d字。") % {"label": label, "most": LONGEST_TEXT})
    return text


def _moment(value, label, now):
    """Return a cell's moment and whether it names a time of day, or refuse it."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time.min)
    written = value if isinstance(value, dt.datetime) else _parsed(plain(value).replace("T", " "))
    if written is None:
        raise RefusedError(_("%(label)s“%(value)s”不是可以识别的日期。") % {"label": label, "value": plain(value)[:30]})
    if written.date() < EARLIEST:
        facts = {"label": label, "year": EARLIEST.year, "value": plain(value)[:30]}
        raise RefusedError(_("%(label)s“%(value)s”早于%(year)s年，请核对年份。") % facts)
    moment = written.replace(tzinfo=BEIJING) if timezone.is_naive(written) else written
    if moment > now:
        raise RefusedError(_("%(label)s在将来。") % {"label": label})
    return moment, written.time() != dt.time.min


def _parsed(text):
    for form in WRITTEN:
        try:
            return dt.datetime.strptime(text, form)  # noqa: DTZ007 (ledgers name no time zone)
        except ValueError:
            continue
    return None


def _replied_at(reply, value, submitted_at, now):
    if bool(reply) != bool(plain(value)):
        raise RefusedError(_("有答复而没有答复时间。") if reply else _("有答复时间而没有答复。"))
    if not reply:
        return None
    replied_at, has_time = _moment(value, _("答复时间"), now)
    if not has_time and timezone.localdate(replied_at) == timezone.localdate(submitted_at):
        return submitted_at
    if replied_at < submitted_at:
        raise RefusedError(_("答复时间早于提交时间。"))
    return replied_at


def _named(value, known, refusal):
    code = plain(value)
    if code and code not in known:
        raise RefusedError(refusal % {"code": code[:30]})
    return known.get(code)


def _identity(row):
    identity = {part: plain(row[part]) for part in ("name", "phone") if plain(row[part])}
    if any(len(value) > LONGEST_IDENTITY for value in identity.values()):
        raise RefusedError(_("姓名或电话过长。"))
    return identity
