"""What the messages say: everybody reads it, the committee and administrators write it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import requires_role
from notices.wording import MESSAGES, PLACEHOLDERS, load_wordings, samples_of, say
from supervision.forms import WordingForm
from supervision.permissions import RULE_SETTERS, may_set_rules
from supervision.rules import change_wording, reset_wording


@require_safe
@requires_role()
def wordings(request):
    """All messages as they are sent, with sample facts."""
    own = load_wordings()
    shown = [(each, each.name in own, *say(each.name, samples_of(each.name), own)) for each in MESSAGES.values()]
    return render(request, "supervision/wordings.html", {"shown": shown, "may_edit": may_set_rules(request.user)})


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def wording(request, name):
    """Write one message: look at it with sample facts, save it, or go back to the portal's own words."""
    if name not in MESSAGES:
        raise Http404
    message, own = MESSAGES[name], load_wordings()
    title, body = own.get(name, (message.title, message.body))
    form = WordingForm(request.POST or None, name=name, initial={"title": title, "body": body})
    if request.method == "POST" and "reset" in request.POST:
        reset_wording(name=name, by=request.user)
        messages.success(request, _("已恢复系统原来的用语。"))
        return redirect("supervision:wordings")
    preview = None
    if request.method == "POST" and form.is_valid():
        typed = (form.cleaned_data["title"], form.cleaned_data["body"])
        if "save" in request.POST:
            change_wording(name=name, by=request.user, title=typed[0], body=typed[1])
            messages.success(request, _("已保存。以后发出的消息用新的用语。"))
            return redirect("supervision:wordings")
        preview = say(name, samples_of(name), {name: typed})
    elif not form.is_bound:
        preview = say(name, samples_of(name), own)
    context = {
        "form": form,
        "message": message,
        "preview": preview,
        "is_own": name in own,
        "known": [(known, PLACEHOLDERS[known][0]) for known in message.knows],
    }
    return render(request, "supervision/wording.html", context)
