"""What became of people's accounts, told to them: found on the record that the accounts keep, whoever wrote it there."""

import datetime as dt

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.leaving import not_joined
from accounts.models import AccountChange, User

from .models import Message
from .services import Letter, queue

What = AccountChange.What
# Told to whoever did it, too: somebody else may have sat at their desk.
WAYS_IN = (
    What.PASSWORD_CHANGED,
    What.SECOND_FACTOR_ON,
    What.SECOND_FACTOR_OFF,
    What.NEW_RECOVERY_CODES,
    What.SSO_BOUND,
    What.TOKEN_MADE,
)
# An account that nobody uses yet; the invitation has a message of its own.
BEGINNINGS = (What.MADE, What.INVITED, What.INVITED_AGAIN, What.TAKEN_BACK, What.JOINED)
# What is older is no news any more, as after a backup was restored (default).
NEWS_FOR = dt.timedelta(days=7)
BATCH = 500  # of one run (default): the next minute takes the rest
TOPIC = "account-change:"


def tell_of_changes(*, at: dt.datetime | None = None) -> int:
    """Queue a message for each change of an account that its person has not been told; return how many those were.

    Level-triggered: whatever stands on the record and has no message yet. Nobody stands in for who is on leave, as it is
    about the account and not about the office.
    """
    at = at or timezone.now()
    letters = [_letter(change) for change in untold(at)[:BATCH]]
    if letters:
        queue(letters, at=at)
    return len(letters)


def untold(at: dt.datetime) -> QuerySet[AccountChange]:
    """The changes of the last seven days before a moment that have to be told and have not been, oldest first.

    Who was invited reads on the page of the invitation which rights wait there.
    """
    recent = AccountChange.objects.filter(at__gt=at - NEWS_FOR)
    waiting = User.objects.filter(not_joined()).order_by().values("pk")
    joined = recent.filter(user=OuterRef("user"), what=What.JOINED, pk__gt=OuterRef("pk"))
    told = Message.objects.filter(topic=Concat(Value(TOPIC), Cast(OuterRef("pk"), CharField())))
    news = recent.filter(Q(what__in=WAYS_IN) | ~Q(actor=F("user"))).exclude(what__in=BEGINNINGS)
    news = news.exclude(user__in=waiting).exclude(Exists(joined)).exclude(Exists(told))
    return news.select_related("actor", "user").order_by("at", "pk")


def _letter(change):
    user = change.user
    by = change.actor.name if change.actor else _("系统")
    lines = [
        # A subject of single sign-on may be the number of an ID card.
        "" if change.what == What.SSO_BOUND else change.text,
        _("由您本人办理。") if change.actor == user else _("由%(actor)s办理。") % {"actor": by},
        _("您不知情的，请马上与本单位联系，并修改密码。"),
    ]
    return Letter(
        to=[user],
        title=_("您的账号有变动：%(what)s") % {"what": change.get_what_display()},
        body="\n".join(line for line in lines if line),
        topic=f"{TOPIC}{change.pk}",
        key=f"{TOPIC}{change.pk}",
        link=reverse("accounts:sign_ins") if user.is_active else "",
    )
