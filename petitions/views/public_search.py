"""Looking for words in published results, for everybody."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.paging import leaf_addresses
from petitions.finding import Search, show_published
from petitions.forms.search import PublicSearchForm
from petitions.models import Petition

LEAF = 10


@require_safe
def public_search(request):
    """The published results in which the words of the address stand, the latest first, ten a leaf.

    422 for what cannot be looked for.
    """
    form = PublicSearchForm(request.GET)
    words = form.cleaned_data.get("q", "") if form.is_valid() else ""
    context = {"form": form, "words": words}
    if words:
        wanted = Search.in_public(words)
        cases = Petition.objects.published().select_related("station")
        rows, further = wanted.leaf(cases, after=request.GET.get("after", ""), size=LEAF)
        context["found"] = show_published(rows, wanted.terms)
        context |= leaf_addresses(request, further)
    return render(request, "petitions/public/search.html", context, status=form.http_status)
