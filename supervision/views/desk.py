"""The ladder and the terms: everybody reads them, the committee and administrators change them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import requires_role
from supervision import rules
from supervision.forms import RungForm, TermForm
from supervision.models import RuleChange, Rung, Term
from supervision.permissions import RULE_SETTERS, may_set_rules
from supervision.services import sweep_age

CHANGES_SHOWN = 20
LATE_SECONDS = 180  # default: a sweep comes every minute


@require_safe
@requires_role()
def ladder(request):
    """The steps by which an overdue duty is pressed, and whether anybody climbs them: the age of the last sweep."""
    age = sweep_age()
    context = {
        "rungs": Rung.objects.all(),
        "changes": RuleChange.objects.select_related("by")[:CHANGES_SHOWN],
        "may_edit": may_set_rules(request.user),
        "sweep_is_late": age is None or age > LATE_SECONDS,
    }
    return render(request, "supervision/ladder.html", context)


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def rung(request, pk):
    """Change one rung."""
    rung = get_object_or_404(Rung, pk=pk)
    form = RungForm(request.POST or None, rung=rung)
    if request.method == "POST" and form.is_valid():
        rules.change_rung(rung=rung, by=request.user, **form.cleaned_data)
        messages.success(request, _("已保存。进行中的期限在一分钟内按新的督办阶梯处理，已发出的不重发。"))
        return redirect("supervision:ladder")
    return render(request, "supervision/rung.html", {"form": form, "rung": rung})


@require_safe
@requires_role()
def terms(request):
    """How long each duty may take, and by which rule."""
    context = {
        "terms": Term.objects.all(),
        "changes": RuleChange.objects.select_related("by")[:CHANGES_SHOWN],
        "may_edit": may_set_rules(request.user),
    }
    return render(request, "supervision/terms.html", context)


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def term(request, pk):
    """Change one term."""
    term = get_object_or_404(Term, pk=pk)
    form = TermForm(request.POST or None, initial={"length": term.length, "source": term.source})
    if request.method == "POST" and form.is_valid():
        rules.change_term(term=term, by=request.user, **form.cleaned_data)
        messages.success(request, _("已保存。已经开始的期限不变，此后开始的按新期限计算。"))
        return redirect("supervision:terms")
    return render(request, "supervision/term.html", {"form": form, "term": term})
