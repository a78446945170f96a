"""The duty record (一人一档): a deputy's own, those that staff keep, and both as files."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from accounts.services import has_role
from deputies.models import Membership
from insights import duty_record, records
from insights.duty_record import Kind
from insights.forms import DeputyFilter
from insights.permissions import WATCHING, recorded_deputies, watched_stations
from insights.sheets import EXCEL, as_download, workbook
from papers.typesetting import typeset
from workdays.services import spoken

FIRST_YEAR = 2020
KEEPERS = (Role.OFFICER, *WATCHING)
LIST_HEADS = [
    "receptions",
    "people",
    "notes",
    "answered",
    "cases",
    "spot",
    "closed",
    "suggestions",
    "co_sponsored",
    "activities",
]


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_record_page(request, code):
    """A deputy's year: how many of each kind, and every entry by month with its source."""
    deputy, year = get_object_or_404(recorded_deputies(request.user), code=code), asked_year(request)
    found = duty_record.entries(deputy, year, request.user)
    kind = request.GET.get("kind", "")
    shown = [entry for entry in found if entry.kind == kind] if kind in Kind.values else found
    context = {
        "deputy": deputy,
        "year": year,
        "years": years(),
        "kind": Kind(kind) if kind in Kind.values else None,
        "totals": duty_record.totals(found),
        "total": len(found),
        "entries": shown,
        "stations": stations_of(deputy),
        "is_own": deputy.user_id == request.user.pk,
        "keeps": has_role(request.user, *KEEPERS),
    }
    return render(request, "insights/duty_record.html", context)


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_record_xlsx(request, code):
    """The same entries as an Excel file."""
    deputy, year = get_object_or_404(recorded_deputies(request.user), code=code), asked_year(request)
    found = duty_record.entries(deputy, year, request.user)
    rows = [[entry.on, entry.kind.label, entry.title, entry.station] for entry in found]
    content = workbook(_("履职记录"), [_("日期"), _("类别"), _("事项"), _("联络站")], rows)
    return as_download(content, name=_("%(name)s%(year)s年履职记录.xlsx") % _words(deputy, year), kind=EXCEL)


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_record_pdf(request, code):
    """The same entries on paper, for the deputy's signature and the station's seal."""
    deputy, year = get_object_or_404(recorded_deputies(request.user), code=code), asked_year(request)
    found = duty_record.entries(deputy, year, request.user)
    data = {
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
    content = typeset("insights/typst/duty_record.typ", data)
    return as_download(content, name=_("%(name)s%(year)s年履职记录.pdf") % _words(deputy, year), kind="application/pdf")


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_records(request):
    """The deputies whose record one keeps, by station and name, with the year's counts; a deputy goes to their own."""
    if not has_role(request.user, *KEEPERS):
        own = recorded_deputies(request.user).filter(user=request.user).first()
        return redirect("insights:duty_record", own.code) if own else render(request, "insights/duty_record_none.html")
    year, form = asked_year(request), _filter(request)
    rows, older = records.leaf(_by_station(request, form), request.GET.get("after", ""))
    context = {"form": form, "year": year, "years": years(), "rows": records.counted(rows, year), "heads": heads()}
    return render(request, "insights/duty_records.html", context | leaf_addresses(request, older))


@require_safe
@requires_role(*KEEPERS)
def duty_records_xlsx(request):
    """The whole list as an Excel file, a line for each deputy."""
    year = asked_year(request)
    deputies = list(_by_station(request, _filter(request)))
    rows = [
        [deputy.name, deputy.code, deputy.station_name or "", *(getattr(deeds, name) for name in LIST_HEADS)]
        for deputy, deeds in records.counted(deputies, year)
    ]
    content = workbook(_("履职记录"), [_("姓名"), _("编号"), _("联络站"), *heads()], rows)
    return as_download(content, name=_("%(year)s年代表履职记录.xlsx") % {"year": year}, kind=EXCEL)


def heads():
    """The words of the counts, in the order of ``LIST_HEADS``."""
    return [
        _("到岗接待"), _("接待人数"), _("接待记录"), _("其中当场答复"),
        _("反映给本人的意见"), _("当场答复的意见"), _("已办结的意见"), _("代表建议"), _("联名建议"), _("参加活动"),
    ]  # fmt: skip


def stations_of(deputy) -> list[str]:
    """The names of the stations that a deputy is grouped in today."""
    today = Membership.objects.on(timezone.localdate()).filter(deputy=deputy)
    return list(today.values_list("station__name", flat=True).order_by("station__code"))


def years():
    """The years to choose from, newest first."""
    return range(timezone.localdate().year, FIRST_YEAR - 1, -1)


def asked_year(request) -> int:
    """The year of the address, or this year (Beijing) where it names none that there is."""
    asked = request.GET.get("year", "")
    return int(asked) if asked in {str(year) for year in years()} else timezone.localdate().year


def _filter(request):
    deputies = recorded_deputies(request.user)
    return DeputyFilter(request.GET, deputies=deputies, stations=watched_stations(request.user))


def _by_station(request, form):
    return records.by_station(form.found(), watched_stations(request.user), timezone.localdate())


def _words(deputy, year):
    return {"name": deputy.name, "year": year}
