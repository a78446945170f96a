"""The duty record as a ledger: a line for each deputy, or a deputy's own entries, on paper to be signed."""

from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role
from deputies.models import Membership
from insights import duty_record, records
from insights.deeds import with_deeds
from insights.forms import DeputyFilter, YearFilter, YearOfDeputiesFilter
from insights.permissions import WATCHING, recorded_deputies, watched_stations
from papers.sheets import Column, Kind, Ledger, Sheet, check_filters, of_year, spoken_filters
from workdays.services import spoken

FIRST_YEAR = 2020
KEEPERS = (Role.OFFICER, *WATCHING)
COUNTS = {
    "receptions": gettext_lazy("到岗接待"),
    "people": gettext_lazy("接待人数"),
    "notes": gettext_lazy("接待记录"),
    "answered": gettext_lazy("其中当场答复"),
    "cases": gettext_lazy("反映给本人的意见"),
    "spot": gettext_lazy("当场答复的意见"),
    "closed": gettext_lazy("已办结的意见"),
    "suggestions": gettext_lazy("代表建议"),
    "co_sponsored": gettext_lazy("联名建议"),
    "activities": gettext_lazy("参加活动"),
}


def ask_list(user, asked):
    """The deputies of the list whose record a user keeps, by station and name, with the year's counts."""
    year, form = _asked_year(asked), filter_of(user, asked)
    columns = [
        Column(_("姓名"), "name", width=6),
        Column(_("编号"), "code", width=10),
        Column(_("联络站"), F("station_names"), width=14),
        *(Column(label, F(f"did_{name}"), Kind.NUMBER, width=5) for name, label in COUNTS.items()),
    ]
    title = _("%(year)s年代表履职记录") % {"year": year}
    return Sheet(title, columns, with_deeds(by_station(user, form), year), spoken_filters(form))


def ask_one(user, asked):
    """The entries of one deputy's year, newest first: the deputy of the address (``deputy``), else the user's own."""
    deputy, year = _deputy(user, asked), _asked_year(asked)
    columns = [
        Column(_("日期"), kind=Kind.DAY, width=6),
        Column(_("类别"), width=10),
        Column(_("事项"), width=24),
        Column(_("联络站"), width=14),
    ]
    rows = [(one.on, str(one.kind.label), one.title, one.station) for one in duty_record.entries(deputy, year, user)]
    return Sheet(_("%(name)s%(year)s年履职记录") % {"name": deputy.name, "year": year}, columns, rows)


def one_on_paper(user, asked, _under):
    """The same entries on paper, for the deputy's signature and the station's seal."""
    deputy, year = _deputy(user, asked), _asked_year(asked)
    found = duty_record.entries(deputy, year, user)
    return "insights/typst/duty_record.typ", {
        "title": _("人大代表履职记录"),
        "name": deputy.name,
        "code": deputy.code,
        "year": _("%(year)s年") % {"year": year},
        "stations": "、".join(stations_of(deputy)),
        "totals": [[str(kind.label), str(number)] for kind, number in duty_record.totals(found)],
        "rows": [
            [f"{entry.on.month}月{entry.on.day}日", str(entry.kind.label), entry.title, entry.station]
            for entry in reversed(found)
        ],
        "made_on": spoken(timezone.localdate()),
    }


def _deputy(user, asked):
    of_whom = {"code": asked["deputy"]} if asked.get("deputy") else {"user": user}
    return get_object_or_404(recorded_deputies(user), **of_whom)


def heads():
    """The words of the counts, in the order of the columns."""
    return [str(label) for label in COUNTS.values()]


def stations_of(deputy) -> list[str]:
    """The names of the stations that a deputy is grouped in today."""
    today = Membership.objects.on(timezone.localdate()).filter(deputy=deputy)
    return list(today.values_list("station__name", flat=True).order_by("station__code"))


def years():
    """The years to choose from, newest first."""
    return range(timezone.localdate().year, FIRST_YEAR - 1, -1)


def year_filter(asked) -> YearFilter:
    """The form that chooses the year of an address, or this one (Beijing)."""
    return YearFilter(asked, years=years())


def _asked_year(asked):
    form = year_filter(asked)
    check_filters(form)
    return form.chosen


def filter_of(user, asked) -> DeputyFilter:
    """The form that narrows the deputies whose record a user keeps."""
    return DeputyFilter(asked, **_kept_by(user))


def list_filter(user, asked) -> YearOfDeputiesFilter:
    """The form of the list: the deputies whose record a user keeps, and the year."""
    return YearOfDeputiesFilter(asked, years=years(), **_kept_by(user))


def _kept_by(user):
    return {"deputies": recorded_deputies(user), "stations": watched_stations(user)}


def by_station(user, form):
    """The deputies of the form, by the stations that the user follows."""
    return records.by_station(form.found(), watched_stations(user), timezone.localdate())


RECORDS = Ledger(
    key="duty-records",
    title=gettext_lazy("履职记录"),
    about=gettext_lazy("每位代表一年里接待、答复、建议和活动的次数，由办理记录统计，不计分、不排名。"),
    ask=ask_list,
    page="insights:duty_records",
    roles=KEEPERS,
    during=of_year,
    signatures=(gettext_lazy("填表人"), gettext_lazy("负责人（盖章）")),
)
RECORD = Ledger(
    key="duty-record",
    title=gettext_lazy("本人履职记录"),
    about=gettext_lazy("一位代表一年里的接待、意见、建议和活动，逐条列出。"),
    ask=ask_one,
    page="insights:duty_records",
    roles=(Role.DEPUTY, *KEEPERS),
    during=of_year,
    paper=one_on_paper,
    offered_to=(Role.DEPUTY,),
)
