"""Official papers on the desk: the list, a paper to read, to print and to go on with."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
from papers.editing import DOCX, as_docx
from papers.ledger import filter_of
from papers.permissions import visible_to
from papers.printing import as_file, as_pdf, verify_address

LEAF = 50


@require_safe
@requires_role()
def papers(request):
    """The papers that one may read, narrowed by the address, newest first, fifty a leaf.

    422 for filters that cannot be read.
    """
    form = filter_of(request.user, request.GET)
    found = form.papers()
    after = request.GET.get("after", "")
    rows, further = read_leaf(found.select_related("office"), after, by="-issued_at", size=LEAF)
    context = {"form": form, "rows": rows, "total": found.count()}
    context |= leaf_addresses(request, further)
    return render(request, "papers/papers.html", context, status=form.http_status)


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
