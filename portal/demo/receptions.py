"""The demo's reception days: planned, staffed, published, booked and held by the same actions that people take."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from django.utils import timezone

from accounts.models import User
from deputies import services
from deputies.models import Deputy, Plan, Reception
from petitions.services import petition_of
from portal.demo.offices import at_clock, read
from portal.demo.stories import Moment, Stage, submission_key
from stations.models import Organ, Station
from workdays.rhythm import Rhythm, WhenRest

MADE_AHEAD = 10  # working days from a plan to its first day
MADE_AT_LATEST = 3  # working days ago
PUBLISHED_AHEAD = 7  # working days from publication to the day
A_VISITOR = timedelta(minutes=18)
NOBODY_CAME = "当天没有群众来访。"


class Desk:
    """The reception days of one plan of the file; ``days`` counts them from 0, the first that is not over."""

    def __init__(self, row: dict, stage: Stage):
        self.row, self.stage, self.calendar = row, stage, stage.calendar
        self.today = timezone.localdate(stage.now)
        # The day on which the demo begins to work: today, or the next working day.
        self.start = self.today if self.calendar.is_workday(self.today) else self.calendar.add_workdays(self.today, 1)
        self.officer = User.objects.get(username=row["officer"])
        planned = [planned.day for planned in services.preview(self._plan())]
        over = sum(day < self.today for day in planned)
        self.days = {number - over: day for number, day in enumerate(planned)}

    def moments(self) -> Iterator[Moment]:
        """Everything that happened to these days until now."""
        made = min(self._before(min(self.days.values()), MADE_AHEAD), self._from_start(-MADE_AT_LATEST))
        yield self._moment(at_clock(made, "10:00"), self._make)
        for number, day in self.days.items():
            if number in self.row.get("unpublished", []):
                continue
            published = at_clock(self._before(day, PUBLISHED_AHEAD), "16:00")
            yield self._moment(published, partial(self._publish, day))
            yield from self._bookings(number, day, published)
        for change in self.row.get("changes", []):
            yield self._change(change)
        for number, day in self.days.items():
            if day < self.today and number not in self.row.get("not_held", []):
                yield from self._session(number, day)

    def _moment(self, at: datetime, take) -> Moment:
        return Moment(at, f"reception:{self.row['key']}", 0, take)

    def _before(self, day: date, workdays: int) -> date:
        return self.calendar.add_workdays(day, -workdays)

    def _from_start(self, workdays: int) -> date:
        return self.calendar.add_workdays(self.start, workdays)

    def _reception(self, day: date) -> Reception:
        return Reception.objects.standing().get(
            station__code=self.row["station"], date=day, starts=time.fromisoformat(self.row["starts"])
        )

    def _plan(self) -> Plan:
        row, by_market = self.row, self.row["rhythm"] == Rhythm.MARKET
        facts = ("rhythm", "place", "scope", "per_day", "slot_minutes")
        return Plan(
            station=Station.objects.select_related("region").get(code=row["station"]),
            starts_on=self._from_start(row["from"]),
            ends_on=self._from_start(row["to"]),
            days=row["days"] if by_market else [self._from_start(row["weekday_of"]).isoweekday()],
            when_rest=WhenRest.SKIP if by_market else WhenRest.NEXT,
            weekends_count=row.get("weekends_count", False),
            starts=time.fromisoformat(row["starts"]),
            ends=time.fromisoformat(row["ends"]),
            made_by=self.officer,
            **{name: row[name] for name in facts},
        )

    def _make(self, at: datetime):
        organs = Organ.objects.filter(code__in=self.row["organs"])
        receptions = services.save_plan(plan=self._plan(), organs=organs, actor=self.officer, at=at)
        services.fill(receptions=receptions, actor=self.officer, at=at)
        for number, codes in self.row.get("turns", {}).items():
            deputies = [Deputy.objects.get(code=code) for code in codes]
            services.set_turns(
                reception=self._reception(self.days[int(number)]), deputies=deputies, actor=self.officer, at=at
            )

    def _publish(self, day: date, at: datetime):
        services.publish(reception=self._reception(day), actor=self.officer, at=at)

    def _bookings(self, number: int, day: date, published: datetime) -> Iterator[Moment]:
        booked = [row for row in self.row.get("bookings", []) if row["day"] == number]
        for hours, row in enumerate(booked, start=1):
            yield self._moment(published + timedelta(hours=hours), partial(self._book, day, row))

    def _book(self, day: date, row: dict, at: datetime):
        reception = self._reception(day)
        appointment, code = services.book(
            reception=reception,
            slot=services.free_slots(reception, at=at)[row["slot"]],
            topic=row["topic"],
            people=row["people"],
            identity=row["visitor"],
            submission_key=submission_key(f"{self.row['key']}:{row['topic']}"),
            at=at,
        )
        self.stage.codes[appointment.number] = code

    def _change(self, row: dict) -> Moment:
        """A substitute, an absence, a day that is moved or cancelled."""
        day = self.days[row["day"]]
        changed = self._before(day, row["workdays_before"]) if "workdays_before" in row else None
        at = at_clock(changed or self._from_start(-row["workdays_ago"]), "11:00")
        return self._moment(at, partial(getattr(self, f"_{row['do']}"), day, row))

    def _replace(self, day: date, row: dict, at: datetime):
        reception = self._reception(day)
        services.replace(
            reception=reception, deputy=_last_on_duty(reception), why=row["why"], actor=self.officer, at=at
        )

    def _absence(self, day: date, row: dict, at: datetime):
        services.record_absence(
            deputy=_last_on_duty(self._reception(day)),
            starts_on=day,
            ends_on=day,
            why=row["why"],
            actor=self.officer,
            at=at,
        )

    def _move(self, day: date, row: dict, at: datetime):
        reception = self._reception(day)
        services.move(
            reception=reception,
            date=self.calendar.add_workdays(day, row["workdays_later"]),
            starts=reception.starts,
            ends=reception.ends,
            why=row["why"],
            actor=self.officer,
            at=at,
        )

    def _cancel(self, day: date, row: dict, at: datetime):
        services.cancel(reception=self._reception(day), why=row["why"], actor=self.officer, at=at)

    def _session(self, number: int, day: date) -> Iterator[Moment]:
        told = next((row for row in self.row.get("sessions", []) if row["day"] == number), {})
        notes = told.get("notes", [])
        begin = at_clock(day, self.row["starts"])
        yield self._moment(begin, partial(self._open, day))
        for count, note in enumerate(notes, start=1):
            yield self._moment(begin + count * A_VISITOR, partial(self._note, day, count, note))
            if "case" in note:
                yield from self.stage.steps(note["case"], day)
        end = at_clock(day, self.row["ends"]) + timedelta(minutes=10)
        yield self._moment(end, partial(self._close, day, told.get("remarks", NOBODY_CAME)))

    def _open(self, day: date, at: datetime):
        reception = self._reception(day)
        services.open_session(reception=reception, actor=self.officer, at=at)
        for turn in reception.turns.select_related("deputy"):
            services.check_in(reception=reception, deputy=turn.deputy, actor=self.officer, at=at)

    def _note(self, day: date, count: int, row: dict, at: datetime):
        reception = self._reception(day)
        on_duty = list(Deputy.objects.filter(turns__reception=reception).order_by("code"))
        facts = {
            name: row[name] for name in ("topic", "words", "outcome", "answer", "proposal", "promise") if name in row
        }
        facts |= {"visitors": row.get("visitors", 1), "secrecy": row.get("secrecy", "station")}
        if "promised_in_workdays" in row:
            facts["promised_on"] = self.calendar.add_workdays(day, row["promised_in_workdays"])
        note = services.record_note(
            reception=reception,
            key=uuid.uuid5(submission_key(self.row["key"]), f"{day}:{count}"),
            actor=self.officer,
            identity=row["visitor"],
            deputy=on_duty[count % len(on_duty)],
            organ=self.stage.organs.get(row.get("organ")),
            region=self.stage.regions.get(row.get("region")),
            at=at,
            **facts,
        )
        if "case" in row:
            case, code = petition_of(note=note, actor=self.officer, at=at + timedelta(minutes=1))
            self.stage.keep(row["case"]["key"], case, code)

    def _close(self, day: date, remarks: str, at: datetime):
        services.close_session(reception=self._reception(day), remarks=remarks, actor=self.officer, at=at)


def _last_on_duty(reception: Reception) -> Deputy:
    return reception.turns.select_related("deputy").order_by("-pk")[0].deputy


def desks(stage: Stage) -> list[Desk]:
    """The plans of the file."""
    return [Desk(row, stage) for row in read("receptions")]
