"""Booked visits (预约): which slots are free, booking one, giving it up, finding it again. Walk-ins are always welcome."""

import datetime as dt

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.services import count_attempt
from deputies.errors import ReceptionError
from deputies.models import Appointment, Reception
from deputies.permissions import may_manage
from notices import services as notices
from notices.tasks import ring
from vault import codes
from vault.errors import VaultError
from vault.models import Identity
from vault.services import keep, reveal

BOOKINGS_AN_ADDRESS = (10, 60 * 60)  # default: ten an hour
DAY, HOUR = "Y年n月j日", "G:i"


def may_book(*, address):
    """Count one more booking from a network address; False beyond ten an hour (default)."""
    most, seconds = BOOKINGS_AN_ADDRESS
    return count_attempt(f"book:from:{address}", limit=most, window_seconds=seconds)


def slots_of(reception):
    """Every slot of a reception day as its start (``list[time]``): whole ones of ``slot_minutes``, one after another."""
    if not reception.slot_minutes:
        return []
    begin, end = (dt.datetime.combine(reception.date, hour) for hour in (reception.starts, reception.ends))
    length = dt.timedelta(minutes=reception.slot_minutes)
    return [(begin + n * length).time() for n in range((end - begin) // length)]


def closed_why(reception, *, at=None):
    """Why nobody can book a day now, as a sentence for residents; an empty string while they can."""
    if reception.cancelled_at:
        return _("这次接待已经取消：%(why)s") % {"why": reception.cancelled_why}
    if reception.published_at is None or not reception.slot_minutes:
        return _("这次接待不用预约，到时直接来就可以。")
    if reception.closed_at or (at or timezone.now()) >= reception.ends_at:
        return _("这次接待已经结束。")
    if reception.opened_at or (at or timezone.now()) >= reception.starts_at:
        return _("接待已经开始，不能再预约了，可以直接来。")
    return ""


def free_slots(reception, *, at=None):
    """The slots that may still be booked, by their start; none once the day has begun or is cancelled. One query."""
    if closed_why(reception, at=at):
        return []
    taken = set(reception.appointments.standing().values_list("slot", flat=True))
    return [slot for slot in slots_of(reception) if slot not in taken]


def book(*, reception, slot, topic, people, identity, submission_key, at=None):
    """Book a slot (``time``) for a party of ``people``; returns ``(appointment, code)``.

    ``identity`` is a dict of name, phone, address and email, or None; it goes into the vault, and whoever left an e-mail
    address is told at once, and again when the day moves or is cancelled. The same ``submission_key`` (UUID of one form)
    sent again returns the appointment already made and ``None``, because a code is shown only once. Raises
    ``ReceptionError`` when the day cannot be booked or the slot is somebody else's by now.
    """
    live = at is None
    at = at or timezone.now()
    with transaction.atomic():
        reception = Reception.objects.select_for_update(of=("self",)).select_related("station").get(pk=reception.pk)
        sent_before = Appointment.objects.filter(submission_key=submission_key).first()
        if sent_before is not None:
            return sent_before, None
        _check_bookable(reception, slot, at)
        number, code = _next_number(reception), codes.make_code()
        appointment = Appointment.objects.create(
            number=number,
            reception=reception,
            slot=slot,
            topic=topic,
            people=people,
            code_hash=codes.hash_code(number, code),
            identity=keep(identity),
            wants_mail=bool(identity and identity.get("email")),
            booked_at=at,
            submission_key=submission_key,
        )
        if appointment.wants_mail:
            _confirm(appointment, at)
            if live:
                transaction.on_commit(ring, robust=True)
    return appointment, code


def _check_bookable(reception, slot, at):
    closed = closed_why(reception, at=at)
    if closed:
        raise ReceptionError(closed)
    if slot not in free_slots(reception, at=at):
        hour = date_format(slot, HOUR)
        raise ReceptionError(_("%(hour)s这一段刚刚被别人约走了，请另选一段。您填写的内容都还在。") % {"hour": hour})


def _next_number(reception):
    """A number such as YY-20261203-00012 (date of the day that was booked); from a sequence, so that nobody waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('appointment_number')")
        return f"YY-{reception.date:%Y%m%d}-{cursor.fetchone()[0]:05d}"


def message_topic(appointment):
    """What a booking's own messages are filed under in the outbox."""
    return f"appointment:{appointment.pk}"


def _confirm(appointment, at):
    reception = appointment.reception
    told = {"day": date_format(reception.date, DAY), "hour": date_format(appointment.slot, HOUR)}
    told |= {"station": reception.station.name, "place": reception.place, "number": appointment.number}
    notices.tell(
        to=appointment.identity.outside_key,
        title=_("已预约%(day)s %(hour)s的代表接待") % told,
        body=_("%(station)s，%(place)s。编号%(number)s。来不了时，请用编号和查询码取消。") % told,
        topic=message_topic(appointment),
        key=f"appointment:{appointment.pk}:booked",
        link=reverse("deputies:appointment", args=[appointment.number]),
        at=at,
    )


@transaction.atomic
def cancel_appointment(*, appointment, why="", at=None):
    """Cancel a booking, so that its slot is free again; returns the appointment.

    ``why`` is the station's reason, and its caller tells the resident. Without one the resident gave it up, and what
    they had left of themselves is deleted (个人信息保护法, art. 47: once the purpose is gone). Raises ``ReceptionError``
    when it is cancelled already, the visitor came, or the day is over.
    """
    at = at or timezone.now()
    locked = Appointment.objects.select_for_update(of=("self",)).select_related("reception").get(pk=appointment.pk)
    if locked.state == Appointment.State.CANCELLED:
        when = date_format(timezone.localtime(locked.cancelled_at), f"{DAY} {HOUR}")
        raise ReceptionError(_("这个预约已在%(when)s取消。") % {"when": when})
    if locked.state == Appointment.State.CAME:
        raise ReceptionError(_("已经来访并登记，不用再取消。"))
    if at >= locked.reception.ends_at:
        raise ReceptionError(_("这次接待已经结束，不用再取消。"))
    longest = Appointment._meta.get_field("cancelled_why").max_length
    locked.state, locked.cancelled_at, locked.cancelled_why = Appointment.State.CANCELLED, at, why[:longest]
    locked.save(update_fields=["state", "cancelled_at", "cancelled_why"])
    notices.withdraw(message_topic(locked))
    if not why and locked.identity_id:
        Identity.objects.filter(pk=locked.identity_id).delete()
        locked.identity = None
    return locked


def find(*, number, code, address):
    """The appointment that a number and a query code open, with its day and station, or None; see ``vault.codes.find``."""
    along = Appointment.objects.select_related("reception__station")
    return codes.find(lambda plain: along.filter(number=plain), number=number, code=code, address=address)


def reveal_booked(*, appointment, actor, reason):
    """Who booked, for the station's side: a dict of name, phone, address, email; the view log keeps the reason.

    Raises ``ReceptionError`` for a user who does not manage the station, without a reason, or where nobody is named.
    """
    if not may_manage(actor, appointment.reception.station):
        raise ReceptionError(_("只有本站工作人员可以查看预约人的身份。"))
    if appointment.identity_id is None:
        raise ReceptionError(_("预约人没有留下身份信息。"))
    try:
        identities = Identity.objects.filter(pk=appointment.identity_id)
        return reveal(identities=identities, number=appointment.number, actor=actor, reason=reason)[0]
    except VaultError as refusal:
        raise ReceptionError(str(refusal)) from None
