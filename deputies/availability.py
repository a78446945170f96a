"""Who can be on duty on which reception day, and why not. One rule for roster, substitutes and warnings."""

import datetime as dt

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import Leave
from deputies.models import Absence, Deputy, Mandate, Membership, Turn
from workdays.services import spoken

A_DAY = 2  # deputies on a day without a plan; default, as of a plan


def seats_of(reception) -> int:
    """How many deputies a day wants."""
    return reception.plan.per_day if reception.plan else A_DAY


class Availability:
    """What decides over the turns of some deputies between two days (Beijing dates), read in one query.

    A deputy can be on duty who has a mandate in force that day, is grouped in the station (and in the plan's group, where
    it names one), is not absent (an absence told to the station, or a leave of their account), and is not on duty
    elsewhere at that hour.
    """

    def __init__(self, deputies: QuerySet[Deputy], *, first: dt.date, last: dt.date):
        self.first, self.last = first, last
        self.deputies = {deputy.pk: deputy for deputy in _with_facts(deputies, first, last)}

    def why_not(self, deputy_pk: int, reception) -> str:
        """Why a deputy cannot be on duty on a day, as a Chinese clause without the name; empty when they can.

        Reads ``reception.plan`` and the station's key only. A turn on the day itself is no hindrance.
        """
        deputy, day = self.deputies[deputy_pk], reception.date
        return (
            _why_not_in_office(deputy.spans_of_office, day)
            or _why_not_grouped(deputy.spans_grouped, reception)
            or _why_absent([*deputy.spans_absent, *deputy.spans_on_leave], day)
            or _why_busy(deputy.turns_taken, reception)
        )

    def level(self, deputy_pk: int) -> int:
        """The highest level (1 national … 5 township) at which a deputy sits in these days; 0 where at none."""
        spans = self.deputies[deputy_pk].spans_of_office
        return min((span["level"] for span in spans if _sits_within(span, self.first, self.last)), default=0)


def _with_facts(deputies, first, last):
    """Deputies with everything that touches the days from ``first`` to ``last``; one query whatever their number."""

    def facts(rows, **fields):
        return ArraySubquery(rows.values(facts=JSONObject(starts="starts_on", ends="ends_on", **fields)))

    theirs = {"deputy": OuterRef("pk")}
    turns = Turn.objects.filter(reception__date__range=(first, last), reception__cancelled_at=None, **theirs)
    return deputies.annotate(
        # A mandate that is over says why a deputy is no longer in office, so all of them are read.
        spans_of_office=facts(Mandate.objects.filter(**theirs).order_by("starts_on"), status="status", level="level"),
        spans_grouped=facts(Membership.objects.filter(**theirs), station="station_id", group="group"),
        spans_absent=facts(Absence.objects.between(first, last).filter(**theirs)),
        spans_on_leave=facts(
            Leave.objects.filter(starts_on__lte=last, ends_on__gte=first, user=OuterRef("user_id")).order_by(
                "starts_on"
            )
        ),
        turns_taken=ArraySubquery(
            turns.values(
                facts=JSONObject(
                    reception="reception_id",
                    station=F("reception__station__name"),
                    date=F("reception__date"),
                    starts=F("reception__starts"),
                    ends=F("reception__ends"),
                )
            )
        ),
    )


def _covers(span, day: dt.date) -> bool:
    """Whether a span as the database wrote it (ISO dates, which sort as text) contains a day; it may be open."""
    return span["starts"] <= day.isoformat() and (span["ends"] is None or day.isoformat() <= span["ends"])


def _sits_within(span, first: dt.date, last: dt.date) -> bool:
    touches = span["starts"] <= last.isoformat() and (span["ends"] is None or first.isoformat() <= span["ends"])
    return touches and span["status"] == Mandate.Status.NORMAL


def _in_force(span, day: dt.date) -> bool:
    return span["status"] == Mandate.Status.NORMAL and _covers(span, day)


def _why_not_in_office(spans, day: dt.date) -> str:
    if any(_in_force(span, day) for span in spans):
        return ""
    if not spans:
        return _("没有代表资格")
    if any(span["status"] == Mandate.Status.SUSPENDED and _covers(span, day) for span in spans):
        return _("暂停执行代表职务")
    latest = spans[-1]
    if latest["starts"] > day.isoformat():
        return _("代表资格从%(date)s开始") % {"date": _spoken(latest["starts"])}
    if latest["ends"] and latest["ends"] < day.isoformat():
        return _("代表资格已于%(date)s终止") % {"date": _spoken(latest["ends"])}
    return _("代表资格已终止")


def _why_not_grouped(spans, reception) -> str:
    here = [span for span in spans if span["station"] == reception.station_id and _covers(span, reception.date)]
    group = reception.plan.group if reception.plan else ""
    if not here:
        return _("当天不在本站编组")
    if group and all(span["group"] != group for span in here):
        return _("不在“%(group)s”") % {"group": group}
    return ""


def _why_absent(spans, day: dt.date) -> str:
    away = next((span for span in spans if _covers(span, day)), None)
    if away is None:
        return ""
    if away["starts"] == away["ends"]:
        return _("%(day)s请假") % {"day": _spoken(away["starts"])}
    return _("%(first)s至%(last)s请假") % {"first": _spoken(away["starts"]), "last": _spoken(away["ends"])}


def _why_busy(turns, reception) -> str:
    date, starts, ends = reception.date.isoformat(), reception.starts.isoformat(), reception.ends.isoformat()
    for turn in turns:
        at_once = turn["date"] == date and turn["starts"] < ends and starts < turn["ends"]
        if at_once and turn["reception"] != reception.pk:
            return _("同一时段已在%(station)s轮值") % {"station": turn["station"]}
    return ""


def _spoken(text: str) -> str:
    return spoken(dt.date.fromisoformat(text))
