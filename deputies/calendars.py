"""Reception days as iCalendar (RFC 5545, and RFC 7986 for the feed's own facts), as calendar programs subscribe to them.

A day keeps its UID however often it moves; SEQUENCE and LAST-MODIFIED tell programs which version is the newer one. A day
that was cancelled stays in the feed as cancelled, since one that merely vanished would stand in many calendars for ever.
"""

import datetime as dt
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

BEIJING = "Asia/Shanghai"
REFRESH = dt.timedelta(hours=6)  # default: how often a program should look
FIRST_DAY = dt.date(2020, 1, 1)  # no feed reaches further back; spares programs the summer times of 1986 to 1991


def calendar_of(receptions, *, name):
    """A calendar called ``name`` with these published days, as bytes; they come with station, deputies and organs.

    The same days always give the same bytes, so that their hash can tell programs that nothing is new.
    """
    calendar = Calendar()
    # Its name may have come from a file; a break in it would be the next line's beginning.
    name = " ".join(name.split())
    calendar.add("prodid", "-//liaison//reception days//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", BEIJING)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add_component(_beijing())
    for reception in receptions:
        calendar.add_component(_event(reception))
    return calendar.to_ical()


@cache
def _beijing():
    return Timezone.from_tzid(BEIJING, first_date=FIRST_DAY)


def _event(reception):
    event, place = Event(), reception.station
    zone = ZoneInfo(BEIJING)
    event.add("uid", f"{reception.uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", reception.sequence)
    event.add("dtstamp", reception.changed_at)
    event.add("last-modified", reception.changed_at)
    event.add("dtstart", dt.datetime.combine(reception.date, reception.starts, zone))
    event.add("dtend", dt.datetime.combine(reception.date, reception.ends, zone))
    event.add("summary", _summary(reception))
    event.add("location", f"{place.name} {reception.place}（{place.address}）")
    event.add("description", "\n".join(_told(reception)))
    event.add("url", f"{settings.SITE_URL}{reverse('deputies:book', args=[reception.pk])}")
    event.add("status", "CANCELLED" if reception.cancelled_at else "CONFIRMED")
    return event


def _summary(reception):
    words = _("代表接待日：%(station)s") % {"station": reception.station.name}
    return _("【已取消】%(words)s") % {"words": words} if reception.cancelled_at else words


def _told(reception):
    """The description, line by line."""
    if reception.cancelled_at:
        yield _("已取消：%(why)s") % {"why": reception.cancelled_why}
    if reception.was_moved:
        day = date_format(reception.meant_on, "Y年n月j日")
        yield _("原定%(day)s，已改期：%(why)s") % {"day": day, "why": reception.moved_why}
    separator = _("、")
    if deputies := separator.join(deputy.name for deputy in reception.deputies.all()):
        yield _("接待代表：%(names)s") % {"names": deputies}
    if organs := separator.join(organ.name for organ in reception.organs.all()):
        yield _("联合接待：%(names)s") % {"names": organs}
    if reception.scope:
        yield _("接待内容：%(scope)s") % {"scope": reception.scope}
    yield _("电话：%(phone)s") % {"phone": reception.station.phone}
    if not reception.cancelled_at:
        yield _("可以预约，也可以直接来。") if reception.slot_minutes else _("不用预约，直接来就可以。")
