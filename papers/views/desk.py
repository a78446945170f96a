"""Official papers on the desk: the list and its ledger, a paper to read, to print and to go on with."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
from papers.editing import DOCX, as_docx
from papers.forms import PaperFilter
from papers.ledger import write_ledger
from papers.permissions import visible_to
from papers.printing import as_file, as_pdf, verify_address

LEAF = 50
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_YEAR = 2026  # before it no paper had a number here


@require_safe
@requires_role()
def papers(request):
    """The papers that one may read, narrowed by the address, newest first, fifty a leaf."""
    form = _filter(request)
    found = form.papers()
    after = request.GET.get("after", "")
    rows, further = read_leaf(found.select_related("office"), after, by="-issued_at", size=LEAF)
    context = {"form": form, "rows": rows, "total": found.count()}
    return render(request, "papers/papers.html", context | leaf_addresses(request, further))


@require_safe
@requires_role()
def export(request):
    """The same papers as a ledger (公文台账)."""
    name = _("公文台账%(day)s.xlsx") % {"day": f"{timezone.localdate():%Y%m%d}"}
    file = write_ledger(_filter(request).papers())
    response = FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@requires_role()
def paper(request, pk):
    """One paper as a sheet of A4."""
    found = _paper(request, pk)
    context = {"paper": found, "verify_address": verify_address(found)}
    return render(request, "papers/paper.html", context)


@require_safe
@requires_role()
def pdf(request, pk):
    """The paper as it is sealed and sent."""
    found = _paper(request, pk)
    return as_file(as_pdf(found), name=f"{found.number}.pdf", kind="application/pdf")


@require_safe
@requires_role()
def docx(request, pk):
    """The paper for the office's word processor, where its kind is one that offices go on with."""
    found = _paper(request, pk)
    if not found.is_edited:
        raise Http404
    return as_file(as_docx(found), name=f"{found.number}.docx", kind=DOCX)


def _paper(request, pk):
    return get_object_or_404(visible_to(request.user).select_related("office", "reminder__acknowledged_by"), pk=pk)


def _filter(request):
    this_year = timezone.localdate().year
    return PaperFilter(request.GET, visible=visible_to(request.user), this_year=this_year, first_year=FIRST_YEAR)
