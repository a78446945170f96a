"""What becomes of submissions that look like spam: more of them are found, and the station says what they are."""

import datetime as dt

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.models import Petition, RefusalReason, Sign, Status, Suspicion
from petitions.services.screening import refuse

REPEATS = 5  # default: so many cases of the same words within a day
DAY = dt.timedelta(days=1)


def find_repeated(*, at):
    """Flag what was sent again and again in the same words within a day; return how many were flagged.

    One that somebody found ordinary is not flagged again.
    """
    recent = Petition.objects.filter(
        status=Status.SUBMITTED, channel=Petition.Channel.WEB, submitted_at__gt=at - DAY, submitted_at__lte=at
    ).order_by()
    repeated = recent.values("body").annotate(times=Count("pk")).filter(times__gte=REPEATS)
    found = recent.filter(body__in=repeated.values("body"), suspicion=None)
    flagged = Suspicion.objects.bulk_create(
        [Suspicion(petition=petition, signs=[Sign.REPEATED], found_at=at) for petition in found],
        ignore_conflicts=True,
    )
    return len(flagged)


def clear(*, suspicions, actor, at=None):
    """Say that submissions (a queryset of those the actor may judge) are ordinary matters; return how many."""
    return suspicions.waiting().update(cleared_at=at or timezone.now(), cleared_by=actor)


@transaction.atomic
def refuse_as_junk(*, suspicions, actor, at=None):
    """Refuse submissions as junk, each by the ordinary action: its resident is answered and may object. All or none.

    Raises ``ActionError`` where the actor may not refuse one.
    """
    reason = RefusalReason.objects.get(code=RefusalReason.JUNK)
    petitions = [one.petition for one in suspicions.waiting().select_related("petition")]
    for petition in petitions:
        try:
            refuse(
                petition=petition, reason=reason.code, text=reason.sentence, right_channel=reason.right_channel,
                actor=actor, at=at,
            )  # fmt: skip
        except ActionError as refusal:
            told = {"number": petition.number, "why": refusal}
            raise ActionError(_("%(number)s：%(why)s 这次一件也没有处理。") % told) from refusal
    return len(petitions)
