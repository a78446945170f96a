"""Telling people things: into the outbox with the change that caused it, out of it in office hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import inviting
from accounts.models import User
from accounts.services import stand_ins
from stations.models import Organ
from workdays.calendar import Calendar
from workdays.services import load_calendar

from .channels import RefusedError, way_to
from .models import Message
from .recipients import OFFICIAL, ONE_BY_ONE, ORGAN, WEBHOOK, addresses_of, outside_key

BACK_OFF_MINUTES = (1, 5, 30, 120)
# A worker that dies while it sends leaves its claim behind; after this the messages are tried again.
CLAIM = timedelta(minutes=5)
DIGEST_SIZE = 200


@dataclass(frozen=True)
class Letter:
    """One thing to tell to officials (a list of users, and of organs without an account) or to a resident (an outside key).

    ``key`` says what is told: nobody is told the same key twice. ``topic`` is what ``withdraw`` takes it back by.
    ``duty`` names what an organ is given a one-time link to (a clock's ``topic``); users are given ``link``.
    """

    to: list[User | Organ] | str
    title: str
    topic: str
    key: str
    body: str = ""
    link: str = ""
    duty: str = ""


def tell(
    *,
    to: list[User | Organ] | str,
    title: str,
    topic: str,
    key: str,
    body: str = "",
    link: str = "",
    duty: str = "",
    at: datetime | None = None,
    calendar: Calendar | None = None,
) -> None:
    """Queue one message for each recipient; whoever is on leave is replaced by their substitute of that day.

    Officials are told from the next office hours on (8:30–17:30 of working days by default), residents at once.
    ``calendar`` is the one in force, where the caller has just read it.
    """
    at = at or timezone.now()
    to = to if isinstance(to, str) else who_is_there(to, at=at)
    queue([Letter(to, title, topic, key, body, link, duty)], at=at, calendar=calendar)


def who_is_there(people: list[User | Organ], *, at: datetime) -> list[User | Organ]:
    """Users with those on leave replaced by their substitutes of that day, then organs; one query."""
    organs = [one for one in people if isinstance(one, Organ)]
    return [*stand_ins([one for one in people if isinstance(one, User)], on=timezone.localdate(at)), *organs]


def queue(letters: list[Letter], *, at: datetime, calendar: Calendar | None = None) -> None:
    """Queue many letters whose recipients are those who are there; two queries, whatever their number.

    One of them reads the calendar in force, unless the caller has just done so.
    """
    opens = (calendar or load_calendar()).next_open(at)
    rows = []
    for letter in letters:
        if isinstance(letter.to, str):
            rows.append(_row(letter, None, letter.to, letter.link, f"{letter.key}:out", at))
        else:
            rows += [_to_official(letter, official, opens) for official in letter.to]
    if rows:
        _write(rows)


def _to_official(letter: Letter, official: User | Organ, opens: datetime) -> tuple:
    if isinstance(official, Organ):
        key = outside_key(official)
        return _row(letter, None, key, letter.duty, f"{letter.key}:{key}", opens)
    return _row(letter, official.pk, "", letter.link, f"{letter.key}:{official.pk}", opens)


def _row(letter: Letter, recipient: int | None, outside: str, link: str, key: str, next_try_at: datetime) -> tuple:
    return recipient, outside, letter.topic, letter.title[:120], letter.body, link, key, next_try_at


def _write(rows: list[tuple]) -> None:
    """Insert messages, less those whose dedupe key is there already.

    Django would make an object of each and prepare every field of it, ten times as long as this: a sweep writes the most
    of all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notices_message (
                recipient_id, outside_key, topic, title, body, link, dedupe_key, next_try_at, status, created_at, batch,
                attempts, answer
            )
            SELECT told.*, %s, %s, '', 0, '' FROM unnest(
                %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[]
            ) AS told
            ON CONFLICT DO NOTHING
            """,
            [Message.Status.QUEUED.value, timezone.now(), *map(list, zip(*rows, strict=True))],
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
    2. Outside of any transaction one channel carries them, as one letter or as a digest, an organ's one by one.
    3. They become SENT with the answer of the carrier, or wait for the next try (1, 5, 30, 120 minutes), or are PARKED,
       at once where the carrier refuses for good. Whoever was tried together is tried together again, under one number.

    Messages to officials stay where they are outside office hours, even those that were due earlier that day.
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
        due = due.exclude(OFFICIAL)
    first = due.first()
    if first is None:
        return []
    same = due.filter(recipient=first.recipient_id, outside_key=first.outside_key, batch=first.batch)
    # Each of an organ's messages has a link of its own, and there is no inbox to lead to; a program reads one at a time.
    most = 1 if first.outside_key.startswith(ONE_BY_ONE) else DIGEST_SIZE
    messages = list(same.select_related("recipient")[:most])
    batch = first.batch or uuid4().hex
    _of(messages).update(
        batch=batch, attempts=F("attempts") + 1, sent_at=Coalesce("sent_at", Value(at)), next_try_at=at + CLAIM
    )
    for message in messages:
        message.batch = batch
    return messages


def _carry(messages: list[Message], at: datetime, calendar: Calendar) -> None:
    """Send one recipient's messages the way they are reached, where there is one, and record what came of it."""
    first = messages[0]
    way = None
    try:
        way = way_to(addresses_of(first.recipient, first.outside_key))
        answer = way.send(_with_links(messages, at), first.batch) if way else _undelivered(first)
    except RefusedError as refusal:
        _of(messages).update(status=Message.Status.PARKED, answer=_words(refusal, way))
    except Exception as error:
        _put_off(messages, at, calendar, _words(f"{type(error).__name__}: {error}", way))
    else:
        _of(messages).update(status=Message.Status.SENT, answer=answer[:300])


def _undelivered(message: Message) -> str:
    """What the record says where no channel leads to the recipient. Raises RefusedError where nobody would read it then."""
    if message.outside_key.startswith(ORGAN):
        raise RefusedError(_("没有可用的发送渠道：请登记该单位的手机或邮箱，或电话告知。"))
    return _("站内送达") if message.recipient_id else _("无电子邮箱，仅在查询页显示")


def _with_links(messages: list[Message], at: datetime) -> list[Message]:
    """A secret link is made now, and never stands in the outbox: an organ's message names its duty, and an invitation's
    the page where it waits."""
    for message in messages:
        if message.link == inviting.WAITING:
            message.link = inviting.link_for(message.recipient, at=at)
        elif message.link and message.outside_key.startswith(ORGAN):
            message.link = import_string(settings.NOTICES_LINK_MAKER)(message.link, at=at)
    return messages


def _words(refusal: object, way) -> str:
    """What the carrier said, without the address it may have repeated."""
    said = str(refusal)
    return (said.replace(way.address, "…") if way else said)[:300]


def _put_off(messages: list[Message], at: datetime, calendar: Calendar, answer: str) -> None:
    """Let failed messages wait for their next try, or park them where staff see them."""
    for message in messages:
        if message.attempts >= len(BACK_OFF_MINUTES):
            _of([message]).update(status=Message.Status.PARKED, answer=answer)
            continue
        next_try_at = at + timedelta(minutes=BACK_OFF_MINUTES[message.attempts])
        if message.recipient_id or message.outside_key.startswith(ORGAN):
            next_try_at = calendar.next_open(next_try_at)
        _of([message]).update(answer=answer, next_try_at=next_try_at)
        if message.outside_key.startswith(WEBHOOK):
            _let_the_others_wait(message.outside_key, at, next_try_at)


def _let_the_others_wait(key: str, at: datetime, until: datetime) -> None:
    """Where a program does not answer, what else is due to it would only hold up everybody else's messages."""
    Message.objects.due(at).filter(outside_key=key).update(next_try_at=until)


def _of(messages: list[Message]):
    """The rows of these messages, less those withdrawn while they were on their way."""
    return Message.objects.filter(pk__in=[message.pk for message in messages], status=Message.Status.QUEUED)


def try_again(messages: QuerySet[Message], *, at: datetime | None = None) -> int:
    """Put parked messages back into the outbox with all their tries; return how many there were."""
    parked = messages.filter(status=Message.Status.PARKED)
    return parked.update(status=Message.Status.QUEUED, attempts=0, next_try_at=at or timezone.now())


def give_up(messages: QuerySet[Message]) -> int:
    """Leave parked messages undelivered for good, as somebody was told in another way; return how many there were."""
    return messages.filter(status=Message.Status.PARKED).update(status=Message.Status.WITHDRAWN)
