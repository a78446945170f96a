"""The wording of papers: everybody on the desk reads it, the committee changes it, with the sheet as it would look."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import requires_role
from papers import samples
from papers import wording as words
from papers.forms import WordingForm
from papers.models import Paper, Wording, WordingChange
from papers.permissions import WORDERS, may_word
from papers.printing import as_file, as_pdf

CHANGES_SHOWN = 20


@require_safe
@requires_role()
def wordings(request):
    """What every kind of paper says around its matter, and what was changed last."""
    known = {row.kind: row for row in Wording.objects.all()}
    context = {
        "rows": [known.get(kind) or Wording(kind=kind) for kind in Paper.Kind],
        "changes": WordingChange.objects.select_related("by", "wording")[:CHANGES_SHOWN],
        "may_edit": may_word(request.user),
    }
    return render(request, "papers/wordings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*WORDERS)
def edit(request, kind):
    """Change the wording of a kind; 预览 shows the sheet with what is typed, on the page or as PDF, and saves nothing."""
    if kind not in Paper.Kind.values:
        raise Http404
    row = Wording.objects.filter(kind=kind).first() or Wording(kind=kind)
    form = WordingForm(request.POST or None, instance=row)
    if request.method == "POST" and not form.is_valid():
        return _page(request, form, words.Words(), status=422)
    if request.method != "POST":
        return _page(request, form, words.words_of(row))
    typed = words.Words(**form.cleaned_data)
    if "pdf" in request.POST:
        sample = samples.paper_of(kind, typed)
        return as_file(
            as_pdf(sample), name=_("预览%(kind)s.pdf") % {"kind": sample.get_kind_display()}, kind="application/pdf"
        )
    if "preview" in request.POST:
        return _page(request, form, typed)
    words.change(kind=kind, by=request.user, **form.cleaned_data)
    messages.success(request, _("已保存。此后出具的公文按新用语，已出具的不变。"))
    return redirect("papers:wording")


def _page(request, form, typed, *, status=200):
    kind = form.instance.kind
    context = {
        "form": form,
        "kind": Paper.Kind(kind),
        "sample": samples.paper_of(kind, typed) if status == 200 else None,
        "placeholders": words.PLACEHOLDERS.items(),
    }
    return render(request, "papers/edit_wording.html", context, status=status)
