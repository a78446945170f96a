"""Items on the desk: one of them with everything that may be done, the list, and the list as a file (督查台账)."""

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import requires_role
from programmes import services
from programmes.errors import ProgrammeError
from programmes.exports import items_book
from programmes.forms.filters import ItemFilterForm
from programmes.forms.items import FORMS
from programmes.itemfile import Offer, form_for, open_item
from programmes.lifecycle import ITEM_TABLE
from programmes.models import Item

NOT_UNDERSTOOD, MOVED_ON = 422, 409
SERVICES = {"object": services.object_to}
LEAF = 50
LONGEST_KEY = 18  # digits of a row's key


@require_safe
@requires_role()
def items(request):
    """The items that one may see, narrowed by the address, the first due first, fifty a leaf."""
    form = ItemFilterForm(request.GET, user=request.user)
    found = form.items()
    behind = _behind(found, request.GET.get("after", ""))
    rows = list(
        behind.order_by("due_on", "pk").select_related("owner_organ", "owner_station", "owner_region", "programme")[
            : LEAF + 1
        ]
    )
    context = {"form": form, "items": rows[:LEAF], "total": found.count(), "today": form.today} | _leaves(request, rows)
    return render(request, "programmes/items.html", context)


@require_safe
@requires_role()
def items_export(request):
    """The same items as a ledger file."""
    form = ItemFilterForm(request.GET, user=request.user)
    book = items_book(form.items(), today=form.today)
    name = _("督查台账%(day)s.xlsx") % {"day": f"{form.today:%Y%m%d}"}
    response = FileResponse(book, as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


def _behind(items, key):
    """The items behind the one that a leaf ended with; a key that is none begins at the front."""
    day, _separator, pk = key.partition("_")
    try:
        due_on = parse_date(day)
    except ValueError:
        due_on = None
    if due_on is None or not pk.isdecimal() or len(pk) > LONGEST_KEY:
        return items
    return items.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=int(pk)))


def _leaves(request, rows):
    kept = request.GET.copy()
    kept.pop("after", None)
    page, filters = reverse("programmes:items"), kept.urlencode()
    older = ""
    if len(rows) > LEAF:
        last = rows[LEAF - 1]
        kept["after"] = f"{last.due_on.isoformat()}_{last.pk}"
        older = f"{page}?{kept.urlencode()}"
    return {"filters": filters, "older": older, "newer": f"{page}?{filters}" if "after" in request.GET else ""}


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
    context = {"file": file, "item": file.item, "offers": file.offers(refused)}
    response = render(request, "programmes/item.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
