"""Bringing deputies in from a sheet: upload, dry run row by row, taking over, the rows that were left."""

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import requires_role
from deputies.errors import ReceptionError
from deputies.forms.people import ImportForm
from deputies.importing import Outcome, SheetError, dry_run, problems_book, read_sheet, take_over, template_book
from deputies.models import DeputyImport
from deputies.permissions import REGION_ROLES, managed_stations

LEAF = 200
SHOWN_JOBS = 10
LONGEST_NUMBER = 7  # digits of a spreadsheet's last row
NOT_UNDERSTOOD, MOVED_ON = 422, 409
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@requires_role(*REGION_ROLES)
def deputy_import(request):
    """Upload a sheet; it is judged and nothing is written yet."""
    is_sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            sheet = read_sheet(file)
            job = dry_run(name=file.name, rows=sheet.rows, actor=request.user)
        except (SheetError, ReceptionError) as refusal:
            form.add_error("file", str(refusal))
        else:
            for remark in sheet.remarks:
                messages.warning(request, remark)
            return redirect("deputies:deputy_import_job", job.pk)
    jobs = _own_jobs(request).defer("rows")[:SHOWN_JOBS]
    status = NOT_UNDERSTOOD if form.errors else 200
    return render(request, "deputies/desk/people/import.html", {"form": form, "jobs": jobs}, status=status)


@require_safe
@requires_role(*REGION_ROLES)
def deputy_import_job(request, pk):
    """What the dry run found, or the import did, row by row; ``show`` narrows it to one outcome."""
    return _job_page(request, get_object_or_404(_own_jobs(request), pk=pk))


@require_POST
@requires_role(*REGION_ROLES)
def deputy_import_take(request, pk):
    """Take the sound rows over."""
    job = get_object_or_404(_own_jobs(request), pk=pk)
    try:
        job = take_over(job=job, actor=request.user)
    except ReceptionError as refusal:
        messages.error(request, str(refusal))
        return _job_page(request, job, status=MOVED_ON)
    taken = sum(row["outcome"] not in (Outcome.WRONG, Outcome.SAME) for row in job.rows)
    messages.success(request, _("已导入%(n)d行。") % {"n": taken})
    return redirect("deputies:deputy_import_job", job.pk)


@require_safe
@requires_role(*REGION_ROLES)
def deputy_import_problems(request, pk):
    """The rows with a fault as a file to put right and upload again."""
    job = get_object_or_404(_own_jobs(request), pk=pk)
    return _file(problems_book([row for row in job.rows if row["outcome"] == Outcome.WRONG]), "problems.xlsx")


@require_safe
@requires_role(*REGION_ROLES)
def deputy_import_template(request):
    """The sheet to fill in, with the codes of the user's stations."""
    stations = list(managed_stations(request.user).order_by("region_id", "name"))
    return _file(template_book(stations), "deputies-template.xlsx")


def _own_jobs(request):
    return DeputyImport.objects.filter(made_by=request.user)


def _file(content, name):
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=XLSX, headers=headers)


def _job_page(request, job, *, status=200):
    counts = Counter(row["outcome"] for row in job.rows)
    show = request.GET.get("show", "")
    rows = [row for row in job.rows if row["outcome"] == show] if show in counts else job.rows
    after = request.GET.get("after", "")
    is_number = after.isascii() and after.isdecimal() and len(after) <= LONGEST_NUMBER
    behind = [row for row in rows if row["number"] > int(after)] if is_number else rows
    leaf = behind[:LEAF]
    page = reverse("deputies:deputy_import_job", args=[job.pk])
    context = {
        "job": job,
        "rows": [row | {"label": Outcome(row["outcome"]).label} for row in leaf],
        "show": show,
        "counts": [(outcome, counts[outcome]) for outcome in Outcome if counts[outcome]],
        "wrong": counts[Outcome.WRONG],
        "sound": len(job.rows) - counts[Outcome.WRONG],
        "fresh": len(job.rows) - counts[Outcome.WRONG] - counts[Outcome.SAME],
        "older": f"{page}?show={show}&after={leaf[-1]['number']}" if len(behind) > LEAF else "",
        "newer": f"{page}?show={show}" if after else "",
    }
    return render(request, "deputies/desk/people/import_job.html", context, status=status)
