"""The demo's cases: each is brought to where it stands by the same actions that people take, at the moments it tells.

All steps of all cases are taken in the order of time, with the sweeps of every day in between, so that clocks, reminders,
papers and notices are what the office would really have.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from deputies.models import Deputy
from notices.models import Message
from petitions import lifecycle, services
from petitions.models import Assignment, Category, Commitment, Petition
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
    """When which step of which case is taken; ``position`` keeps a case's own order within a minute."""

    at: datetime
    key: str
    position: int


def submission_key(key: str) -> uuid.UUID:
    """The form's key of a demo case, by which a second load finds it."""
    return uuid.uuid5(NAMESPACE, key)


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
        self.regions = Region.objects.in_bulk({row["region"] for row in self.rows.values()})
        self.categories = {category.path: category for category in Category.objects.all()}

    def play(self):
        """Take every step that lies before now, with the sweeps of the days in between."""
        moments = sorted(moment for row in self.rows.values() for moment in self._moments(row))
        day = timezone.localdate(moments[0].at)
        for moment in moments:
            day = self._sweep_through(day, timezone.localdate(moment.at))
            self._carry(moment.at)
            self._take(moment)
        self._sweep_through(day, timezone.localdate(self.now))
        self._carry(self.now)

    def _moments(self, row):
        today = timezone.localdate(self.now)
        day = self.calendar.add_workdays(today, -row["workdays_ago"])
        yield Moment(min(at_clock(day, row["time"]), self.now), row["key"], 0)
        for position, told in enumerate(row["story"], start=1):
            day = self.calendar.add_workdays(day, told["after_days"])
            at = at_clock(day, told["time"])
            if at > self.now:
                return
            yield Moment(at, row["key"], position)

    def _sweep_through(self, day: date, last: date) -> date:
        while day < last:
            day += timedelta(days=1)
            at = at_clock(day, "00:01")
            self._carry(at)
            press_on(at=at)
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

    def _take(self, moment: Moment):
        row = self.rows[moment.key]
        if moment.position == 0:
            self._submit(row, moment.at)
            return
        told = dict(row["story"][moment.position - 1])
        case = self.cases[moment.key]
        action = told.pop("do")
        getattr(services, action)(petition=case, at=moment.at, **self._facts(case, action, told, moment))

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
        self.cases[row["key"]] = case
        self.codes[case.number] = code

    def _facts(self, case, action, told, moment):
        """The arguments of an action: codes and keys of the story become what they name."""
        for word in TIMING:
            told.pop(word)
        per = lifecycle.TABLE[action].per
        if per != "case":
            told[per] = self._target(case, per, told.pop("organ", None))
        for word in ("organ", "lead", "proposal", "to"):
            if word in told:
                told[word] = self.organs[told[word]]
        if "co_organs" in told:
            told["co_organs"] = [self.organs[code] for code in told["co_organs"]]
        if "into" in told:
            told["into"] = self.cases[told["into"]]
        if "promised_in_workdays" in told:
            today = timezone.localdate(moment.at)
            told["promised_on"] = self.calendar.add_workdays(today, told.pop("promised_in_workdays"))
        if action == "join":
            told["identity"] = told.pop("reporter")
            told["submission_key"] = submission_key(f"{moment.key}:{moment.position}")
        elif "actor" in told:
            told["actor"] = self.users[told["actor"]]
        else:
            told["proposer"] = case.proposers.get(is_first=True)
        return told

    def _target(self, case, per, organ):
        if per == "assignment":
            current = Assignment.objects.current().filter(round__petition=case, organ__code=organ)
            return current.select_related("organ").order_by("-pk")[0]
        if per == "commitment":
            return Commitment.objects.select_related("organ").get(
                round__petition=case, organ__code=organ, state__in=[Commitment.State.OPEN, Commitment.State.DELIVERED]
            )
        if per == "suggestion":
            return case.suggestions.get(answered_at=None)
        owed = Reminder.objects.filter(clock__petition_link__petition=case, must_acknowledge=True, acknowledged_at=None)
        return owed.select_related("clock__owner_organ", "paper").order_by("at")[0]
