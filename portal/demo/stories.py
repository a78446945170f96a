"""The demo's cases: each is brought to where it stands by the same actions that people take, at the moments it tells.

All steps of all cases and reception days are taken in the order of time, with the sweeps of every day in between, so that
clocks, reminders, papers and notices are what the office would really have.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from deputies import services as receptions
from deputies.models import Deputy
from notices.models import Message
from petitions import lifecycle, services, suggestion_lifecycle
from petitions.models import Assignment, Category, Commitment, Petition, SuggestionPart
from portal.demo.offices import at_clock, read
from stations.models import Organ, Region, Station
from supervision.models import Reminder
from supervision.services import sweep as press_on
from workdays.calendar import Calendar

NAMESPACE = uuid.UUID("6f1d7d1e-3d0c-5f0e-9a54-0d5f7d3f9c11")
# The story's own words, which no action knows.
TIMING = ("after_days", "time")


@dataclass(order=True)
class Moment:
    """When which step of what is taken; ``position`` keeps a case's own order within a minute. ``take`` gets ``at``."""

    at: datetime
    key: str
    position: int
    take: Callable[[datetime], None] = field(compare=False)


def submission_key(key: str) -> uuid.UUID:
    """The form's key of a demo case, by which a second load finds it."""
    return uuid.uuid5(NAMESPACE, key)


def _regions_named() -> set[str]:
    """The places that cases, their steps and reception notes name."""
    notes = (note for plan in read("receptions") for day in plan.get("sessions", []) for note in day["notes"])
    steps = [step for row in read("petitions") for step in row["story"]]
    return {row["region"] for row in (*read("petitions"), *steps, *notes) if row.get("region")}


class Stage:
    """What the stories are played on: offices by their codes, cases by their keys, codes for whoever tries tracking."""

    def __init__(self, calendar: Calendar, now: datetime):
        self.calendar = calendar
        self.now = now
        self.rows = {row["key"]: row for row in read("petitions")}
        self.cases: dict[str, Petition] = {}
        self.codes: dict[str, str] = {}
        self.users = {user.username: user for user in User.objects.all()}
        self.organs = {organ.code: organ for organ in Organ.objects.all()}
        self.stations = {station.code: station for station in Station.objects.select_related("region")}
        self.deputies = {deputy.code: deputy for deputy in Deputy.objects.select_related("user")}
        self.regions = Region.objects.in_bulk(_regions_named())
        self.categories = {category.path: category for category in Category.objects.all()}

    def play(self, more: Iterable[Moment] = ()):
        """Take every step that lies before now, of the cases and of ``more``, with the sweeps of the days in between."""
        cases = (moment for row in self.rows.values() for moment in self._moments(row))
        moments = sorted(moment for moment in (*cases, *more) if moment.at <= self.now)
        day = timezone.localdate(moments[0].at)
        for moment in moments:
            day = self._sweep_through(day, timezone.localdate(moment.at))
            self._carry(moment.at)
            moment.take(moment.at)
        self._sweep_through(day, timezone.localdate(self.now))
        self._carry(self.now)

    def _moments(self, row):
        today = timezone.localdate(self.now)
        day = self.calendar.add_workdays(today, -row["workdays_ago"])
        yield Moment(min(at_clock(day, row["time"]), self.now), row["key"], 0, partial(self._submit, row))
        yield from self.steps(row, day)

    def steps(self, row: dict, day: date) -> Iterator[Moment]:
        """The steps of a case (``key`` and ``story``) that was told on a day."""
        for position, told in enumerate(row["story"], start=1):
            day = self.calendar.add_workdays(day, told["after_days"])
            take = partial(self._step, row["key"], position, told)
            yield Moment(at_clock(day, told["time"]), row["key"], position, take)

    def keep(self, key: str, case: Petition, code: str):
        """Remember a case by the key of its story, and its query code for whoever tries tracking."""
        self.cases[key] = case
        self.codes[case.number] = code

    def _sweep_through(self, day: date, last: date) -> date:
        while day < last:
            day += timedelta(days=1)
            if not self.calendar.is_workday(day):
                # No rung and no term falls on a rest day; what a month or a promise brings comes on the next working day.
                continue
            at = at_clock(day, "00:01")
            self._carry(at)
            press_on(at=at)
            receptions.sweep(at=at)
            services.sweep(at=at)
        return day

    def _carry(self, at: datetime):
        """What would have reached people by now has, in-site and read the same day; no e-mail leaves for days gone by."""
        Message.objects.filter(status=Message.Status.QUEUED, next_try_at__lte=at).update(
            status=Message.Status.SENT,
            sent_at=F("next_try_at"),
            read_at=F("next_try_at"),
            answer=_("演示数据，未发邮件"),
        )

    def _step(self, key, position, told, at):
        case, told = self.cases[key], dict(told)
        action = told.pop("do")
        if told.pop("on", "") == "suggestion":
            self._step_of_suggestion(case.suggestions.order_by("pk").last(), action, told, at)
        elif action == "raise_suggestion":
            key = submission_key(f"{key}:{position}")
            facts = self._facts(case, action, told, at)
            services.raise_suggestion(petitions=[case], submission_key=key, at=at, **facts)
        else:
            facts = self._facts(case, action, told, at)
            if action == "join":
                facts["submission_key"] = submission_key(f"{key}:{position}")
            getattr(services, action)(petition=case, at=at, **facts)

    def _step_of_suggestion(self, suggestion, action, told, at):
        """A step of the suggestion that a case was raised to."""
        if suggestion_lifecycle.TABLE[action].per == "part":
            parts = SuggestionPart.objects.current().filter(round__suggestion=suggestion)
            told["part"] = parts.select_related("organ").filter(organ__code=told.pop("organ")).latest("pk")
        facts = self._named(told, at)
        getattr(services.suggestions, action)(suggestion=suggestion, at=at, **facts)

    def _submit(self, row, at):
        case, code = services.submit(
            station=self.stations[row["station"]],
            deputy=self.deputies.get(row["deputy"]),
            region=self.regions[row["region"]],
            place=row["place"],
            category=self.categories.get("/".join(row["category"])),
            title=row["title"],
            body=row["body"],
            channel=row["channel"],
            secrecy=row["secrecy"],
            nature=row["nature"],
            consent_publish=row["consent_publish"],
            identity=row["reporter"],
            actor=self.users.get(row["entered_by"]),
            submission_key=submission_key(row["key"]),
            at=at,
        )
        self.keep(row["key"], case, code)

    def _facts(self, case, action, told, at):
        """The arguments of an action: codes and keys of the story become what they name."""
        per = lifecycle.TABLE[action].per
        if per != "case":
            told[per] = self._target(case, per, told.pop("organ", None))
        if action == "join":
            told["identity"] = told.pop("reporter")
        elif "actor" not in told:
            told["proposer"] = case.proposers.get(is_first=True)
        return self._named(told, at)

    def _named(self, told, at):
        """What a step tells, with objects for the codes and keys that name them."""
        for word in TIMING:
            told.pop(word)
        for word in ("organ", "lead", "proposal", "to"):
            if word in told:
                told[word] = self.organs[told[word]]
        if "co_organs" in told:
            told["co_organs"] = [self.organs[code] for code in told["co_organs"]]
        if "into" in told:
            told["into"] = self.cases[told["into"]]
        if "promised_in_workdays" in told:
            today = timezone.localdate(at)
            told["promised_on"] = self.calendar.add_workdays(today, told.pop("promised_in_workdays"))
        if "region" in told:
            told["region"] = self.regions[told["region"]]
        if "actor" in told:
            told["actor"] = self.users[told["actor"]]
        return told

    def _target(self, case, per, organ):
        if per == "assignment":
            current = Assignment.objects.current().filter(round__petition=case, organ__code=organ)
            return current.select_related("organ").order_by("-pk")[0]
        if per == "commitment":
            return Commitment.objects.select_related("organ").get(
                round__petition=case, organ__code=organ, state__in=[Commitment.State.OPEN, Commitment.State.DELIVERED]
            )
        owed = Reminder.objects.filter(clock__petition_link__petition=case, must_acknowledge=True, acknowledged_at=None)
        return owed.select_related("clock__owner_organ", "paper").order_by("at")[0]
