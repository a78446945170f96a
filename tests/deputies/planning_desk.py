"""What the tests of planning pages share: a plan as it is typed, days with their roster, ways to a page."""

import datetime as dt
import html
import re
import uuid

from django.urls import reverse
from django.utils import timezone

from deputies import services
from deputies.models import Appointment, Plan
from vault.services import keep

LIST = "/desk/receptions/"


def said(response):
    """The page's text, with its entities read."""
    return html.unescape(response.content.decode())


def as_user(client, user):
    client.force_login(user)
    return client


def filled_in(**facts):
    """A plan as it is typed: every Wednesday of the first quarter, unless told otherwise."""
    return {
        "span": "next_quarter",
        "rhythm": "weekday",
        "weekdays": [3],
        "months": "all",
        "when_rest": "next",
        "starts": "09:00",
        "ends": "11:30",
        "place": "代表接待室",
        "slot_minutes": "20",
        "group": "",
        "per_day": "2",
    } | facts


def plan_page(station):
    return reverse("deputies:plan_new", args=[station.code])


def shown_in(response):
    return re.search(r'name="shown" value="([^"]*)"', response.content.decode()).group(1)


def a_plan(station, officer, deputies, **facts):
    """Days of a plan with their roster: every Wednesday from December on, two deputies a day."""
    plan = Plan(
        station=station,
        made_by=officer,
        **{
            "starts_on": dt.date(2026, 12, 1),
            "ends_on": dt.date(2026, 12, 31),
            "rhythm": "weekday",
            "days": [3],
            "starts": dt.time(9),
            "ends": dt.time(11, 30),
            "place": "代表接待室",
        }
        | facts,
    )
    days = services.save_plan(plan=plan, organs=[], actor=officer)
    services.fill(receptions=days, actor=officer)
    return days


def booked_on(day, *, number="YY-20261202-00001", identity=None):
    """A visit that somebody booked."""
    return Appointment.objects.create(
        number=number,
        reception=day,
        slot=dt.time(9, 20),
        topic="供暖不热",
        people=2,
        code_hash="0" * 64,
        identity=keep(identity),
        booked_at=timezone.now(),
        submission_key=uuid.uuid4(),
    )


def page_of(day):
    return reverse("deputies:reception", args=[day.pk])


def take(client, day, action, **typed):
    return client.post(reverse("deputies:reception_act", args=[day.pk, action]), typed)
