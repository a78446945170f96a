"""The page of what the office's history proposes: every version with what its check said, and which one is in use."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import requires_role
from petitions.models import TopicModel
from petitions.services.topics import switch_off, switch_on
from petitions.topics.history import LABELS
from supervision.permissions import RULE_SETTERS, may_set_rules

SHOWN = 20  # versions


@require_safe
@requires_role()
def proposals(request):
    """The latest versions, newest first, each with its scores by question."""
    models = TopicModel.objects.defer("content")[:SHOWN]
    context = {
        "versions": [(model, _scores(model)) for model in models],
        "may_edit": may_set_rules(request.user),
    }
    return render(request, "petitions/desk/proposals.html", context)


@require_POST
@requires_role(*RULE_SETTERS)
def use_proposals(request, version):
    """Put a version in use."""
    try:
        switch_on(version=version, by=request.user)
    except TopicModel.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("已启用第%(version)d版，受理和交办时会给出建议。") % {"version": version})
    return redirect("petitions:proposals")


@require_POST
@requires_role(*RULE_SETTERS)
def stop_proposals(request):
    """Put none in use."""
    switch_off(by=request.user)
    messages.success(request, _("已停用，不再给出建议。"))
    return redirect("petitions:proposals")


def _scores(model):
    """What the check said of each question, as percentages; ``used``: whether it is better than the usual guess."""
    return [
        {
            "label": LABELS[name],
            "cases": score["cases"],
            "answers": score["answers"],
            **{key: round(score[key] * 100, 1) for key in ("first", "among_three", "usual")},
            "used": score["first"] > score["usual"],
        }
        for name, score in model.scores.items()
    ]
