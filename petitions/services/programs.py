"""What happened to cases, told to other systems (webhooks): no word of anybody, and only of what the owner may see.

No action waits or asks for this: the minute's sweep finds the events that came since it last looked.
"""

import json
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from notices import services as notices
from notices.models import Webhook
from notices.services import Letter
from petitions.lifecycle import label_of
from petitions.models import Event, Petition, ToldMark

# Keys of events are drawn before their transactions end; what is older than this has ended.
SETTLED_AFTER = timedelta(minutes=2)
Happening = Webhook.Happening
WANTED = {
    Happening.STATUS: ~Q(from_status=F("to_status")) & ~Q(action="import"),
    Happening.PUBLISHED: Q(action="publish"),
    Happening.UNPUBLISHED: Q(action__in=["unpublish", "withdraw_consent"]),
}


@transaction.atomic
def tell_programs(*, at=None) -> int:
    """Queue what the active webhooks want to know of new events, each once; return how many messages were offered.

    Events are read again for two minutes, as one with an earlier key may become visible after one with a later; the
    outbox takes each once.
    """
    hooks = list(Webhook.objects.filter(active=True, owner__is_active=True).select_related("owner"))
    if not hooks:
        ToldMark.objects.all().delete()
        return 0
    at = at or timezone.now()
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    begin = {"settled": newest, "seen": newest, "seen_at": at}
    mark, _new = ToldMark.objects.select_for_update().get_or_create(pk=ToldMark.ONLY, defaults=begin)
    letters = [letter for hook in hooks for letter in _letters_to(hook, mark.settled, newest)]
    if letters:
        notices.queue(letters, at=at)
    if mark.seen_at <= at - SETTLED_AFTER:
        mark.settled, mark.seen, mark.seen_at = mark.seen, newest, at
        mark.save()
    return len(letters)


def _letters_to(hook, after, newest):
    wanted = Q(pk__in=[])
    for happening in hook.happenings:
        wanted |= WANTED[happening]
    events = Event.objects.filter(wanted, pk__gt=after, pk__lte=newest, at__gte=hook.made_at)
    seen = events.filter(petition__in=Petition.objects.visible_to(hook.owner)).select_related("petition")
    return [_letter(hook, event) for event in seen.order_by("pk")]


def _letter(hook, event):
    facts = {
        "id": event.pk,
        "number": event.petition.number,
        "action": event.action,
        "status": event.to_status,
        "at": timezone.localtime(event.at).isoformat(),
    }
    return Letter(
        to=hook.outside_key,
        title=f"{event.petition.number} {label_of(event.action)}",
        body=json.dumps(facts),
        topic=hook.outside_key,
        key=f"{hook.outside_key}:{event.pk}",
    )
