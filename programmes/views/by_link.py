"""An organ without an account at one item: opened by a one-time link, done by POST, no sign-in and no cookie."""

from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes import services
from programmes.errors import ProgrammeError
from programmes.itemfile import Offer, form_for
from programmes.lifecycle import ITEM_TABLE, open_actions
from programmes.models import Item
from programmes.permissions import OWNER
from supervision.links import good_links, use
from supervision.models import Reminder
from supervision.people import by_link_label
from supervision.services import attach_readings
from supervision.views.by_link import by_link

NOT_UNDERSTOOD, MOVED_ON = 422, 409
SERVICES = {
    "acknowledge": services.acknowledge,
    "sign_in": services.sign_in,
    "report": services.report,
    "note_progress": services.note_progress,
    "object": services.object_to,
}
FROM_THE_OFFICE = ("send_back", "settle", "move_due", "reopen")
LAST = "report"  # with it the link is used


@by_link
def item(request, link):
    """The item and what its organ may do with it now. Looking changes nothing: previews of messages look, too."""
    found = _item_of(link)
    if found is None:
        return None
    if request.method != "POST":
        return _page(request, link, found, done=ITEM_TABLE.get(request.GET.get("done", "")))
    return _act(request, link, found)


def _item_of(link):
    """The unsettled item whose clock the link leads to; None once it was given to another unit or has another date."""
    along = ("clock", "owner_organ", "region", "programme", "activity", "meeting")
    return Item.objects.open().filter(clock=link.clock_id, owner_organ__isnull=False).select_related(*along).first()


def _orders(found):
    """督办单 of the item that its organ has to acknowledge."""
    pressed = Reminder.objects.filter(clock__item_link__item=found, clock__owner_organ=found.owner_organ)
    waiting = pressed.filter(must_acknowledge=True, acknowledged_at=None, paper__isnull=False)
    return list(waiting.select_related("paper", "clock__owner_organ"))


def _act(request, link, found):
    action = request.POST.get("action", "")
    if action not in SERVICES:
        return None
    key = request.POST.get("target", "")
    target = next((order for order in _orders(found) if str(order.pk) == key), None)
    if action == "acknowledge" and target is None:
        return None
    form = form_for(action, found, target, request.POST, request.FILES)
    refused = Offer(ITEM_TABLE[action], target, form)
    if not form.is_valid():
        return _page(request, link, found, refused, status=NOT_UNDERSTOOD)
    try:
        _take(action, link, found, target, form)
    except ProgrammeError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, link, _item_of(link) or found, refused, status=MOVED_ON)
    if action == LAST:
        return render(request, "supervision/link_done.html", {"title": found.title, "done": ITEM_TABLE[action]})
    return redirect(f"{request.path}?done={action}")


@transaction.atomic
def _take(action, link, found, target, form):
    """Take the action as the link's organ; the link is used with what it was for, or nothing of both has happened."""
    Item.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if not good_links(timezone.now()).filter(pk=link.pk, clock__item=found).exists():
        raise ProgrammeError(_("这个链接已经失效。"))
    named = {"reminder": target} if action == "acknowledge" else {}
    SERVICES[action](item=found, by_link=by_link_label(found.owner_organ), **named, **form.facts())
    if action == LAST:
        use([found.clock], at=timezone.now())


def _page(request, link, found, refused=None, *, done=None, status=200):
    attach_readings([found.clock])
    context = {
        "item": found,
        "link": link,
        "documents": found.documents.all(),
        "word": found.events.filter(action__in=FROM_THE_OFFICE).last(),
        "form": refused and refused.form,
        "offers": _offers(found, refused),
        "done": done,
    }
    return render(request, "programmes/by_link.html", context, status=status)


def _offers(found, refused):
    """What the organ may do now, what is owed first; ``refused`` stands open with everything that was typed."""
    rows = {row.action: row for row in open_actions(ITEM_TABLE, found, {OWNER}) if row.action in SERVICES}
    offers = []
    for action in SERVICES:
        targets = _orders(found) if action == "acknowledge" else [None]
        offers += [Offer(rows[action], target, form_for(action, found, target)) for target in targets if action in rows]
    if refused is not None:
        offers = [refused, *(offer for offer in offers if offer.key != refused.key)]
    for first in offers[:1]:
        first.is_open = True
    return offers
