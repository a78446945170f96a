"""Pages of the office's own lists: everybody reads them, the committee and administrators change them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import requires_role
from petitions.errors import ActionError
from petitions.forms.rules import CategoryForm, NewReasonForm, ReasonForm
from petitions.models import Category, RefusalReason
from petitions.services import rules
from supervision.permissions import RULE_SETTERS, may_set_rules

SAVED = gettext_lazy("已保存。")


@require_safe
@requires_role()
def categories(request, pk=None):
    """The topics of the first level, or those below one."""
    parent = get_object_or_404(Category.objects.select_related("parent"), pk=pk) if pk else None
    context = {
        "parent": parent,
        "categories": Category.objects.filter(parent=parent),
        "may_edit": may_set_rules(request.user),
        "is_deepest": bool(parent and parent.level >= rules.DEEPEST),
    }
    return render(request, "petitions/desk/categories.html", context)


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def new_category(request, pk=None):
    """Add a topic of the first level, or below one."""
    parent = get_object_or_404(Category, pk=pk) if pk else None
    form = CategoryForm(request.POST or None)
    back = redirect("petitions:categories_below", pk) if pk else redirect("petitions:categories")
    heading = _("在“%(parent)s”下增加类别") % {"parent": parent} if parent else _("增加一级类别")
    return _form(
        request, form, lambda: rules.add_category(by=request.user, parent=parent, **form.cleaned_data), back, heading
    )


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def rename_category(request, pk):
    """Give a topic another name."""
    category = get_object_or_404(Category, pk=pk)
    form = CategoryForm(request.POST or None, initial={"name": category.name})
    back = _list_of(category)
    heading = _("修改“%(category)s”的名称") % {"category": category}
    return _form(
        request,
        form,
        lambda: rules.rename_category(category=category, by=request.user, **form.cleaned_data),
        back,
        heading,
    )


@require_POST
@requires_role(*RULE_SETTERS)
def use_category(request, pk):
    """Put a topic out of use or into use."""
    category = get_object_or_404(Category, pk=pk)
    rules.use_category(category=category, by=request.user, active=bool(request.POST.get("active")))
    messages.success(request, SAVED)
    return _list_of(category)


@require_safe
@requires_role()
def reasons(request):
    """Why a matter is not accepted, and what its resident is told."""
    context = {"reasons": RefusalReason.objects.all(), "may_edit": may_set_rules(request.user)}
    return render(request, "petitions/desk/reasons.html", context)


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def new_reason(request):
    """Add a reason."""
    form = NewReasonForm(request.POST or None)
    back = redirect("petitions:reasons")
    return _form(
        request, form, lambda: rules.add_reason(by=request.user, **form.cleaned_data), back, _("增加不予受理原因")
    )


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def reason(request, code):
    """Change a reason's words, or put it out of use."""
    reason = get_object_or_404(RefusalReason, code=code)
    names = ("label", "sentence", "right_channel", "active")
    form = ReasonForm(request.POST or None, initial={name: getattr(reason, name) for name in names})
    back = redirect("petitions:reasons")
    heading = _("修改“%(reason)s”") % {"reason": reason}
    return _form(
        request, form, lambda: rules.change_reason(reason=reason, by=request.user, **form.cleaned_data), back, heading
    )


def _form(request, form, action, back, heading):
    """Show a form, or do what it says and go back to the list; a refusal stands on the form."""
    if request.method == "POST" and form.is_valid():
        try:
            action()
        except ActionError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, SAVED)
            return back
    return render(request, "petitions/desk/rule_form.html", {"form": form, "heading": heading, "back": back.url})


def _list_of(category):
    if category.parent_id:
        return redirect("petitions:categories_below", category.parent_id)
    return redirect("petitions:categories")
