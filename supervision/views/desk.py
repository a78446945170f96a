"""Ladders and terms: everybody reads them, the committee and administrators change them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import requires_role
from supervision import rules
from supervision.errors import SupervisionError
from supervision.forms import RungForm, TermForm, WhoForm
from supervision.models import Ladder, RuleChange, Rung, Term
from supervision.permissions import RULE_SETTERS, may_set_rules
from supervision.services import sweep_age
from supervision.who import who_is_told

CHANGES_SHOWN = 20
LATE_SECONDS = 180  # default: a sweep comes every minute


@require_safe
@requires_role()
def ladder(request, pk=None):
    """The steps by which an overdue duty is pressed, and whether anybody climbs them: the age of the last sweep.

    Without a number it is the default ladder, which presses whatever has no ladder of its own.
    """
    ladders = list(Ladder.objects.filter(active=True))
    asked = [ladder for ladder in ladders if (ladder.pk == pk if pk else ladder.is_default)]
    ladder = asked[0] if asked else get_object_or_404(Ladder, pk=pk, active=True)
    age = sweep_age()
    context = {
        "ladder": ladder,
        "ladders": ladders,
        "rungs": ladder.rungs.filter(active=True),
        "changes": RuleChange.objects.select_related("by")[:CHANGES_SHOWN],
        "may_edit": may_set_rules(request.user),
        "sweep_is_late": age is None or age > LATE_SECONDS,
    }
    return render(request, "supervision/ladder.html", context)


@require_POST
@requires_role(*RULE_SETTERS)
def remove_ladder(request, pk):
    """Do away with a particular ladder."""
    ladder = get_object_or_404(Ladder, pk=pk, active=True)
    try:
        rules.remove_ladder(ladder=ladder, by=request.user)
        messages.success(request, _("已删除。相应的事项改按更通用的阶梯督办，已发出的不重发。"))
    except SupervisionError as refusal:
        messages.error(request, str(refusal))
    return redirect("supervision:ladder")


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def rung(request, pk):
    """Change one rung: first what follows is shown, then it is confirmed."""
    rung = get_object_or_404(Rung.objects.select_related("ladder"), pk=pk, active=True, ladder__active=True)
    form = RungForm(request.POST or None, rung=rung)
    preview = None
    if request.method == "POST" and form.is_valid():
        preview = rules.change_rung(rung=rung, by=request.user, seen=_seen(request), **form.cleaned_data)
        if preview.applied:
            messages.success(request, _("已保存。进行中的期限在一分钟内按新的督办阶梯处理，已发出的不重发。"))
            return redirect("supervision:ladder_of", rung.ladder_id)
        rung.refresh_from_db()
    context = {"form": form, "rung": rung, "ladder": rung.ladder, "preview": preview, "is_stale": _seen(request)}
    return render(request, "supervision/rung.html", context | _who(request, form, rung))


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def add_rung(request, pk):
    """Add a rung to a ladder, in the same two steps."""
    ladder = get_object_or_404(Ladder, pk=pk, active=True)
    rung = Rung(ladder=ladder)
    form = RungForm(request.POST or None, rung=rung)
    preview = None
    if request.method == "POST" and form.is_valid():
        preview = rules.add_rung(ladder=ladder, by=request.user, seen=_seen(request), **form.cleaned_data)
        if preview.applied:
            messages.success(request, _("已增加。进行中的期限在一分钟内按新的督办阶梯处理。"))
            return redirect("supervision:ladder_of", ladder.pk)
    context = {"form": form, "ladder": ladder, "preview": preview, "is_stale": _seen(request)}
    return render(request, "supervision/rung.html", context)


@require_POST
@requires_role(*RULE_SETTERS)
def remove_rung(request, pk):
    """Take one rung off its ladder."""
    rung = get_object_or_404(Rung, pk=pk, active=True)
    try:
        rules.remove_rung(rung=rung, by=request.user)
        messages.success(request, _("已移除，已发出的督办记录不变。"))
    except SupervisionError as refusal:
        messages.error(request, str(refusal))
    return redirect("supervision:ladder_of", rung.ladder_id)


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
    """Change one term: first the running clocks that would move are shown, then the change is confirmed."""
    term = get_object_or_404(Term, pk=pk)
    form = TermForm(request.POST or None, initial={"length": term.length, "source": term.source})
    preview = None
    if request.method == "POST" and form.is_valid():
        preview = rules.change_term(term=term, by=request.user, seen=_seen(request), **form.cleaned_data)
        if preview.applied:
            told = _("进行中的期限已一并调整。") if form.cleaned_data["running"] else _("已经开始的期限不变。")
            messages.success(request, _("已保存。%(told)s此后开始的按新期限计算。") % {"told": told})
            return redirect("supervision:terms")
        term.refresh_from_db()
    stay = preview is not None and not form.cleaned_data["running"]
    context = {"form": form, "term": term, "preview": preview, "is_stale": _seen(request), "stay": stay}
    return render(request, "supervision/term.html", context)


def _seen(request) -> str:
    """The seal of the preview that is confirmed; empty at the first step."""
    return request.POST.get("seen", "")


def _who(request, form: RungForm, rung: Rung) -> dict:
    """Whom the rung would tell today, at the place that is asked for (?station=NDG-001&organ=shuiwu)."""
    asked = WhoForm(request.GET or None)
    addressees = form.cleaned_data.get("addressees") if form.is_bound and form.is_valid() else rung.addressees
    told = who_is_told(addressees, **asked.cleaned_data) if asked.is_valid() else None
    return {"who": asked, "told": told}
