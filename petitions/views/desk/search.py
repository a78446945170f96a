"""Looking for words in all cases that one may see."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from petitions.finding import Search, show
from petitions.forms.search import BEST, SearchForm
from petitions.models import Petition
from petitions.todo import Span
from vault.codes import plain_number
from workdays.services import load_calendar

LEAF = 20


@require_safe
@requires_role()
def search(request):
    """What the words of the address find, twenty a leaf; the number of a case opens it. 422 for what cannot be looked for."""
    span = Span.of(load_calendar(), timezone.localdate())
    form = SearchForm(request.GET, user=request.user, span=span)
    words = form.cleaned_data.get("q", "") if form.is_valid() else ""
    if any(sign.isdigit() for sign in words):
        numbered = Petition.objects.visible_to(request.user).filter(number=plain_number(words)).first()
        if numbered is not None:
            return redirect(numbered)
    context = {"form": form, "words": words}
    if words:
        wanted = Search.on_the_desk(words, request.user)
        cases = form.cases().select_related("station")
        best = form.cleaned_data["order"] == BEST
        rows, further = wanted.leaf(cases, after=request.GET.get("after", ""), best=best, size=LEAF)
        context["found"] = show(rows, wanted.terms)
        context |= leaf_addresses(request, further)
    return render(request, "petitions/desk/search.html", context, status=form.http_status)
