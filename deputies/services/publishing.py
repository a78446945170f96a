"""Publishing (公布) reception days, moving and cancelling them, and telling everybody who counted on them."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.errors import ReceptionError
from deputies.models import Appointment, Reception
from deputies.permissions import may_manage
from deputies.services.appointments import cancel_appointment, message_topic, slots_of
from deputies.services.change import Change, change, day_words, take_messages_back, title_words
from deputies.services.planning import furthest, restart_publish_clock, too_far
from notices.services import tell, withdraw
from supervision import services as supervision
from supervision.errors import SupervisionError
from workdays.services import spoken


def publish(*, reception: Reception, actor, at: dt.datetime | None = None) -> Reception:
    """Let residents know of a day: its clock stops, its deputies are told, and it can be booked.

    Raises ReceptionError when it is published already, begun, over or cancelled, or has nobody on its roster.
    """
    with change(reception, actor=actor, at=at) as making:
        day = making.day
        if day.published_at:
            when = spoken(timezone.localdate(day.published_at))
            raise ReceptionError(_("这个接待日已于%(when)s公布。") % {"when": when})
        deputies = _on_duty(day)
        if not deputies:
            raise ReceptionError(_("还没有排代表，请先排好轮值再公布。"))
        day.published_at = making.at
        day.save(update_fields=["published_at", "changed_at"])
        _stop(day.publish_clock, making.at)
        is_late = day.publish_clock is not None and timezone.localdate(making.at) > day.publish_clock.due_on
        making.record(_("公布（迟于规定日期）。") if is_late else _("公布。"))
        facts = {"day": title_words(day), "when": day_words(day)}
        making.tell_deputies(deputies, _("请您轮值：%(day)s") % facts, _("请于%(when)s接待群众。") % facts)
    return day


def publish_all(*, receptions, actor, at: dt.datetime | None = None) -> tuple[list[Reception], list[str]]:
    """Publish each of these days that can be; return the published ones, and a sentence for each that was refused."""
    done, refused = [], []
    for reception in receptions:
        try:
            done.append(publish(reception=reception, actor=actor, at=at))
        except ReceptionError as refusal:
            refused.append(_("%(day)s：%(why)s") % {"day": title_words(reception), "why": refusal})
    return done, refused


def move(
    *,
    reception: Reception,
    date: dt.date,
    starts: dt.time,
    ends: dt.time,
    why: str,
    actor,
    at: dt.datetime | None = None,
) -> Reception:
    """Let a day be held at another date or hour (改期); its calendar entry keeps its name and counts one up.

    Of a published day, deputies and booked residents are told; a booking keeps its slot, or is cancelled where the new
    hours have none such. The clock of one that is not published yet starts anew by the new date. Raises ReceptionError
    when nothing would change, the new time is past or taken, or the day has begun, is over or was cancelled.
    """
    with change(reception, actor=actor, at=at) as making:
        day, before = making.day, day_words(making.day)
        _require_free(day, date, starts, ends, making.at)
        _take_messages_back(day)
        is_other_date = date != day.date
        if is_other_date and (day.meant_on is None or (day.published_at and day.sequence == 0)):
            day.meant_on = day.date
        day.date, day.starts, day.ends, day.moved_why = date, starts, ends, why
        day.sequence += day.published_at is not None
        day.save(update_fields=["date", "starts", "ends", "meant_on", "moved_why", "sequence", "changed_at"])
        making.record(_("%(before)s改到%(after)s：%(why)s") % {"before": before, "after": _hours(day), "why": why})
        if day.published_at:
            _tell_of_move(making, before, why)
        elif is_other_date:
            restart_publish_clock(day, at=making.at)
    return day


def _require_free(day: Reception, date, starts, ends, at: dt.datetime) -> None:
    if (date, starts, ends) == (day.date, day.starts, day.ends):
        raise ReceptionError(_("日期和时间都没有变。"))
    if ends <= starts:
        raise ReceptionError(_("结束时间应晚于开始时间。"))
    if timezone.make_aware(dt.datetime.combine(date, starts)) <= at:
        raise ReceptionError(_("请改到今后的时间。"))
    today = timezone.localdate(at)
    if date > furthest(today):
        raise ReceptionError(too_far(today))
    others = Reception.objects.standing().filter(station=day.station_id, date=date).exclude(pk=day.pk)
    other = others.filter(starts__lt=ends, ends__gt=starts).first()
    if other:
        raise ReceptionError(_("本站%(hours)s已有接待日，请另选时间。") % {"hours": _hours(other)})


def _hours(day: Reception) -> str:
    return f"{spoken(day.date)}{day.starts:%-H:%M}–{day.ends:%-H:%M}"


def _tell_of_move(making: Change, before: str, why: str) -> None:
    """Tell deputies and booked residents of a published day that it is another time now."""
    day = making.day
    facts = {"day": title_words(day), "before": before, "after": day_words(day), "why": why}
    body = _("原定%(before)s，现改到%(after)s。原因：%(why)s") % facts
    making.tell_deputies(_on_duty(day), _("轮值改期：%(day)s") % facts, body)
    slots = slots_of(day)
    for appointment in _standing_appointments(day):
        if appointment.slot in slots:
            # What has not gone out yet names the former time.
            withdraw(message_topic(appointment))
            facts["slot"] = f"{appointment.slot:%-H:%M}"
            booked = _("%(body)s。您预约的时段仍是%(slot)s。") % {"body": body, **facts}
            _tell_booked(making, appointment, _("接待改期：%(day)s") % facts, booked)
        else:
            sorry = _("%(body)s。您预约的时段在新的时间里没有了，预约已取消，请另约或直接来。") % {"body": body}
            cancel_appointment(appointment=appointment, why=_("接待改期：%(why)s") % facts, at=making.at)
            _tell_booked(making, appointment, _("预约取消：%(day)s") % facts, sorry)


def cancel(*, reception: Reception, why: str, actor, at: dt.datetime | None = None) -> Reception:
    """Cancel a day (取消), for good: its clocks stop, bookings are cancelled, deputies and booked residents are told.

    A day that passed without being held is cancelled in the same way, and nobody is told. Raises ReceptionError when it
    is cancelled already, has begun, or was closed.
    """
    with change(reception, actor=actor, at=at, may_be_over=True) as making:
        day = making.day
        day.cancelled_at, day.cancelled_why = making.at, why
        day.sequence += day.published_at is not None
        day.save(update_fields=["cancelled_at", "cancelled_why", "sequence", "changed_at"])
        _take_messages_back(day)
        _stop(day.publish_clock, making.at)
        _stop(day.summary_clock, making.at)
        making.record(_("取消：%(why)s") % {"why": why})
        if day.published_at and making.at < day.ends_at:
            _tell_of_cancelling(making, why)
    return day


def _tell_of_cancelling(making: Change, why: str) -> None:
    day = making.day
    facts = {"day": title_words(day), "when": day_words(day), "why": why}
    making.tell_deputies(_on_duty(day), _("轮值取消：%(day)s") % facts, _("%(when)s的接待取消。原因：%(why)s") % facts)
    sorry = _("%(when)s的接待取消，您的预约一并取消。原因：%(why)s") % facts
    for appointment in _standing_appointments(day):
        cancel_appointment(appointment=appointment, why=why, at=making.at)
        _tell_booked(making, appointment, _("接待取消：%(day)s") % facts, sorry)


def acknowledge(*, reception: Reception, reminder, actor, text: str, at: dt.datetime | None = None) -> None:
    """The station acknowledges (回执) a 督办单 of one of the day's clocks, whatever has become of the day.

    Raises ReceptionError for a reminder of another day, for a user who does not manage the station, and when the
    acknowledgement stands already or says nothing.
    """
    at = at or timezone.now()
    if reminder.clock_id not in (reception.publish_clock_id, reception.summary_clock_id):
        raise ReceptionError(_("这张督办单不属于这个接待日。"))
    if not may_manage(actor, reception.station):
        raise ReceptionError(_("督办单由本站联络员或站长回执。"))
    with transaction.atomic():
        try:
            supervision.acknowledge(reminder, by=actor, text=text, at=at)
        except SupervisionError as refusal:
            raise ReceptionError(str(refusal)) from None
        number = reminder.paper.number if reminder.paper else reminder.name
        Change(reception, at, actor).record(
            _("督办单%(number)s回执：%(text)s") % {"number": number, "text": text.strip()}
        )


def _on_duty(day: Reception) -> list:
    return [turn.deputy for turn in day.turns.filter(planned=True).select_related("deputy__user")]


def _standing_appointments(day: Reception) -> list[Appointment]:
    return list(day.appointments.filter(state=Appointment.State.BOOKED).select_related("identity"))


def _tell_booked(making: Change, appointment: Appointment, title: str, body: str) -> None:
    """Tell a resident who left an e-mail address; the others read it where they look their booking up."""
    if appointment.wants_mail and appointment.identity:
        tell(
            to=appointment.identity.outside_key,
            title=title,
            body=body,
            topic=making.day.topic,
            key=f"{making.day.topic}:{making.event.pk}:{appointment.pk}",
            link=reverse("deputies:appointment", args=[appointment.number]),
            at=making.at,
        )


def _take_messages_back(day: Reception) -> None:
    for turn in day.turns.all():
        take_messages_back(day, turn.deputy_id)


def _stop(clock, at: dt.datetime) -> None:
    if clock:
        supervision.stop(clock, at=at)
