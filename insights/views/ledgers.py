"""Ledgers: the page that offers them all, taking one, those that a worker makes, and the record of who took what."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.filters import tab_of
from accounts.models import Role
from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
from accounts.services import has_role
from insights.errors import LedgerError
from insights.ledgers import BY_KEY, may_take, offered
from insights.models import LedgerJob, LedgerTaking
from insights.permissions import visible_takings
from insights.services import jobs
from insights.services.locks import visible_locks
from insights.services.taking import LARGE, take
from papers.errors import FilterError
from papers.sheet_files import KINDS
from petitions.periods import Kind, Period

LEAF, JOBS_SHOWN = 50, 8
READING = (Role.COMMITTEE, Role.ADMIN)
EVERY_SECONDS = 3
REFUSED = 422


@require_safe
@requires_role()
def ledger_list(request):
    """Every ledger that one may take, for a period, with when one took it last; and those that are being made."""
    spans = _spans(timezone.localdate())
    by_code = {span.code: span for span in spans}
    period = by_code[tab_of(request.GET, "period", by_code) or spans[0].code]
    taken = LedgerTaking.objects.filter(user=request.user).order_by("ledger", "-at").distinct("ledger")
    last = {taking.ledger: taking for taking in taken}
    rows = offered(request.user, period)
    context = {
        "period": period,
        "spans": spans,
        "rows": [(row, last.get(row.ledger.key)) for row in rows],
        "jobs": LedgerJob.objects.filter(made_by=request.user)[:JOBS_SHOWN],
        "kept_days": jobs.KEPT_DAYS,
        "may_read": has_role(request.user, *READING),
        "locks": visible_locks(request.user).select_related("region")[:1],
    }
    return render(request, "insights/ledgers.html", context)


def _spans(today):
    """The periods to choose from: year, quarter and month that run now, and those before them."""
    running = [Period.of(kind, today) for kind in (Kind.YEAR, Kind.QUARTER, Kind.MONTH)]
    return [span for period in running for span in (period, period.before)]


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role()
def ledger(request, key, kind):
    """A ledger as a file, with the filters of the address; a long one is ordered by POST and made by a worker."""
    wanted = _known(request.user, key, kind)
    try:
        sheet = wanted.ask(request.user, request.GET)
    except FilterError as refusal:
        return _refused(request, wanted, _("条件有误"), refusal)
    is_large = kind != "pdf" and sheet.is_longer_than(LARGE)
    if is_large and request.method == "POST":
        return redirect(jobs.order(wanted, kind, sheet, user=request.user, asked=request.GET))
    if is_large:
        return render(request, "insights/ledger_large.html", {"ledger": wanted, "most": LARGE})
    try:
        taken = take(wanted, kind, sheet, user=request.user, asked=request.GET)
    except LedgerError as refusal:
        return _refused(request, wanted, _("不能打印"), refusal)
    return _download(taken.file, taken.name, kind)


def _refused(request, ledger, title, refusal):
    """A page that says why there is no file; nothing was taken, and nothing is on record."""
    facts = {"ledger": ledger, "title": title, "refusal": str(refusal)}
    return render(request, "insights/ledger_large.html", facts, status=REFUSED)


def _known(user, key, kind):
    """The ledger of a key; page 404 for what is none or comes in no such kind, 403 for whom it is not for."""
    known = BY_KEY.get(key)
    if known is None or kind not in known.kinds:
        raise Http404
    if not may_take(user, known):
        raise PermissionDenied(_("您的角色不能导出这份台账。"))
    return known


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role()
def job(request, pk):
    """How far an ordered ledger is; the page asks again by itself. POST tries a failed one again."""
    found = get_object_or_404(LedgerJob, pk=pk, made_by=request.user)
    error = ""
    if request.method == "POST":
        try:
            jobs.retry(job=found)
            return redirect(found)
        except LedgerError as refusal:
            error = str(refusal)
    response = render(request, "insights/ledger_job.html", {"job": found, "error": error, "kept_days": jobs.KEPT_DAYS})
    if found.waits:
        response["Refresh"] = str(EVERY_SECONDS)
    return response


@require_safe
@requires_role()
def job_file(request, pk):
    """The finished file, to the one who ordered it and still may see what is in it."""
    found = get_object_or_404(LedgerJob, pk=pk, made_by=request.user, finished_at__isnull=False)
    try:
        file, name = jobs.open_file(job=found, user=request.user)
    except LedgerError as refusal:
        raise PermissionDenied(str(refusal)) from None
    return _download(file, name, found.kind)


@require_safe
@requires_role(*READING)
def takings(request):
    """Who took which ledger, the latest first, fifty a leaf."""
    found = visible_takings(request.user).select_related("user")
    rows, further = read_leaf(found, request.GET.get("after", ""), by="-at", size=LEAF)
    return render(request, "insights/ledger_takings.html", {"rows": rows} | leaf_addresses(request, further))


def _download(file, name, kind):
    response = FileResponse(file, as_attachment=True, filename=name, content_type=KINDS[kind])
    response["Cache-Control"] = "private, no-store"
    return response
