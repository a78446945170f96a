"""Telling people things: into the outbox with the change that caused it, out of it in office hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.utils import DNS_NAME
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import stand_ins
from workdays.calendar import Calendar
from workdays.services import load_calendar

from .models import Message

BACK_OFF_MINUTES = (1, 5, 30, 120)
# A worker that dies while it sends leaves its claim behind; after this the messages are tried again.
CLAIM = timedelta(minutes=5)
DIGEST_SIZE = 200


@dataclass(frozen=True)
class Letter:
    """One thing to tell to people of the house (``to`` is a list of users) or to a resident (an outside key).

    ``key`` says what is told: nobody is told the same key twice. ``topic`` is what ``withdraw`` takes it back by.
    """

    to: list[User] | str
    title: str
    topic: str
    key: str
    body: str = ""
    link: str = ""


def tell(
    *,
    to: list[User] | str,
    title: str,
    topic: str,
    key: str,
    body: str = "",
    link: str = "",
    at: datetime | None = None,
) -> None:
    """Queue one message for each recipient; whoever is on leave is replaced by their substitute of that day.

    Users are told from the next office hours on (8:30–17:30 of working days by default), residents at once.
    """
    at = at or timezone.now()
    if not isinstance(to, str):
        to = stand_ins(to, on=timezone.localdate(at))
    queue([Letter(to, title, topic, key, body, link)], at=at)


def queue(letters: list[Letter], *, at: datetime) -> None:
    """Queue many letters whose recipients are those who are there; two queries, whatever their number."""
    opens = load_calendar().next_open(at)
    messages = []
    for letter in letters:
        if isinstance(letter.to, str):
            messages.append(_message(letter, suffix="out", outside_key=letter.to, next_try_at=at))
        else:
            messages += [_message(letter, suffix=user.pk, recipient=user, next_try_at=opens) for user in letter.to]
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def _message(letter: Letter, *, suffix: int | str, **address) -> Message:
    return Message(
        title=letter.title[:120],
        body=letter.body,
        link=letter.link,
        topic=letter.topic,
        dedupe_key=f"{letter.key}:{suffix}",
        **address,
    )


def withdraw(topic: str) -> int:
    """Take back what is queued under ``topic``, in the caller's transaction; return how many messages that were.

    Nobody waits for a mail server here: delivery holds no row lock while it sends.
    """
    return Message.objects.filter(topic=topic, status=Message.Status.QUEUED).update(status=Message.Status.WITHDRAWN)


def mark_read(*, user: User, pk: int | None = None, at: datetime | None = None) -> int:
    """Note that the user has read one message, or all of them; return how many were unread."""
    unread = Message.objects.unread_by(user)
    if pk is not None:
        unread = unread.filter(pk=pk)
    return unread.update(read_at=at or timezone.now())


def deliver(*, at: datetime | None = None) -> int:
    """Send what is due and return how many messages were handled. Safe to run in many processes at once.

    1. Of one recipient, the due messages that nobody else holds are claimed in a short transaction (FOR UPDATE SKIP
       LOCKED): they arrive in-site now, and nobody else tries them while the claim lasts. Withdrawn ones are not due.
    2. Outside of any transaction one e-mail carries them: its own subject for one, a digest for many.
    3. They become SENT with the answer of the carrier, or wait for the next try (1, 5, 30, 120 minutes), or are PARKED.

    Messages to people of the house stay where they are outside office hours, even those that were due earlier that day.
    """
    at = at or timezone.now()
    calendar = load_calendar()
    handled = 0
    while messages := _claim(at, calendar):
        _carry(messages, at, calendar)
        handled += len(messages)
    return handled


@transaction.atomic
def _claim(at: datetime, calendar: Calendar) -> list[Message]:
    """Take one recipient's due messages, as they were before this try; an empty list when nothing is left to take."""
    due = Message.objects.due(at).select_for_update(of=["self"], skip_locked=True)
    if calendar.next_open(at) > at:
        due = due.filter(recipient=None)
    first = due.first()
    if first is None:
        return []
    same = due.filter(recipient=first.recipient_id, outside_key=first.outside_key)
    messages = list(same.select_related("recipient")[:DIGEST_SIZE])
    _of(messages).update(attempts=F("attempts") + 1, sent_at=Coalesce("sent_at", Value(at)), next_try_at=at + CLAIM)
    return messages


def _carry(messages: list[Message], at: datetime, calendar: Calendar) -> None:
    """Send one recipient's messages by e-mail, where there is an address, and record what came of it."""
    recipient, outside_key = messages[0].recipient, messages[0].outside_key
    try:
        address = recipient.email if recipient else import_string(settings.NOTICES_ADDRESS_BOOK)(outside_key)
        unmailed = _("站内送达") if recipient else _("无电子邮箱，仅在查询页显示")
        answer = _send(address, messages) if address else unmailed
    except Exception as error:
        _put_off(messages, at, calendar, f"{type(error).__name__}: {error}")
    else:
        _of(messages).update(status=Message.Status.SENT, answer=answer[:300])


def _send(address: str, messages: list[Message]) -> str:
    """Hand one e-mail to the mail server; return what proves it. Raises what the mail backend raises."""
    digest = _("联络站：您有 %(count)s 条消息") % {"count": len(messages)}
    subject = messages[0].title if len(messages) == 1 else digest
    number = make_msgid(domain=DNS_NAME.get_fqdn())
    body = "\n\n".join(_paragraph(message) for message in messages)
    EmailMessage(subject, body, to=[address], headers={"Message-ID": number}).send()
    return _("邮件服务器已接收 %(number)s") % {"number": number}


def _paragraph(message: Message) -> str:
    lines = [message.title, message.body, f"{settings.SITE_URL}{message.link}" if message.link else ""]
    return "\n".join(line for line in lines if line)


def _put_off(messages: list[Message], at: datetime, calendar: Calendar, answer: str) -> None:
    """Let failed messages wait for their next try, or park them where staff see them."""
    for message in messages:
        message.answer = answer[:300]
        if message.attempts >= len(BACK_OFF_MINUTES):
            _of([message]).update(status=Message.Status.PARKED, answer=message.answer)
            continue
        next_try_at = at + timedelta(minutes=BACK_OFF_MINUTES[message.attempts])
        if message.recipient_id:
            next_try_at = calendar.next_open(next_try_at)
        _of([message]).update(answer=message.answer, next_try_at=next_try_at)


def _of(messages: list[Message]):
    """The rows of these messages, less those withdrawn while they were on their way."""
    return Message.objects.filter(pk__in=[message.pk for message in messages], status=Message.Status.QUEUED)


def try_again(messages: QuerySet[Message], *, at: datetime | None = None) -> int:
    """Put parked messages back into the outbox with all their tries; return how many there were."""
    parked = messages.filter(status=Message.Status.PARKED)
    return parked.update(status=Message.Status.QUEUED, attempts=0, next_try_at=at or timezone.now())
