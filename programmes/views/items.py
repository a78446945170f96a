"""Items on the desk: one of them with everything that may be done, and the list."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
from programmes import services
from programmes.errors import ProgrammeError
from programmes.forms.filters import ItemFilterForm
from programmes.forms.items import FORMS
from programmes.itemfile import Offer, form_for, open_item
from programmes.lifecycle import ITEM_TABLE
from programmes.models import Item

NOT_UNDERSTOOD, MOVED_ON = 422, 409
SERVICES = {"object": services.object_to}
LEAF = 50


@require_safe
@requires_role()
def items(request):
    """The items that one may see, narrowed by the address, the first due first, fifty a leaf.

    422 for filters that cannot be read.
    """
    form = ItemFilterForm(request.GET, user=request.user)
    found = form.items()
    shown = found.select_related("owner_organ", "owner_station", "owner_region", "programme")
    rows, further = read_leaf(shown, request.GET.get("after", ""), by="due_on", size=LEAF)
    context = {"form": form, "items": rows, "total": found.count(), "today": form.today}
    context |= leaf_addresses(request, further)
    return render(request, "programmes/items.html", context, status=form.http_status)


@require_safe
@requires_role()
def item(request, pk):
    """Everything about an item, and everything that this user may do with it now."""
    return _page(request, _opened(request, pk))


@require_http_methods(["GET", "POST"])
@requires_role()
def act_on_item(request, pk, action):
    """Take one action; what cannot be taken comes back with its sentence and with everything typed."""
    file = _opened(request, pk)
    if request.method == "GET":
        return redirect(file.item)
    target = _target(request, file, action)
    form = form_for(action, file.item, target, request.POST, request.FILES)
    refused = Offer(ITEM_TABLE[action], target, form)
    if not form.is_valid():
        return _page(request, file, refused, status=NOT_UNDERSTOOD)
    named = {"reminder": target} if target is not None else {}
    take = SERVICES.get(action) or getattr(services, action)
    try:
        take(item=file.item, actor=request.user, **named, **form.facts())
    except ProgrammeError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, _opened(request, pk), refused, status=MOVED_ON)
    messages.success(request, _("已办：%(what)s。") % {"what": ITEM_TABLE[action].label})
    seen = Item.objects.visible_to(request.user).filter(pk=pk).first()
    return redirect(seen or "programmes:items")


def _opened(request, pk):
    try:
        return open_item(pk, request.user)
    except Item.DoesNotExist:
        raise Http404 from None


def _target(request, file, action):
    """The reminder to be acknowledged; none for every other action. Page 404 for what is not this item's."""
    if action not in FORMS:
        raise Http404
    if action != "acknowledge":
        return None
    key = request.POST.get("target", "")
    for reminder in file.reminders:
        if str(reminder.pk) == key:
            return reminder
    raise Http404


def _page(request, file, refused=None, *, status=200):
    context = {"file": file, "item": file.item, "form": refused and refused.form, "offers": file.offers(refused)}
    response = render(request, "programmes/item.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
