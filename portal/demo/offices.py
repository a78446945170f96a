"""The demo's offices and people, from the files in ``portal/data``."""

import json
import secrets
from datetime import date, datetime, time
from pathlib import Path

from django.utils import timezone

from accounts.models import Grant, Role, User
from deputies.models import Absence, Deputy, Mandate, Membership
from stations.models import Checklist, Organ, Station
from stations.services import put_right, record_inspection
from workdays.calendar import Calendar

DATA = Path(__file__).resolve().parents[1] / "data"
OPENED_ON = date(2026, 1, 4)
# Read aloud and typed by hand, so without characters that look alike.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def read(name):
    """The rows of one demo file."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def load_places():
    """Stations and organs."""
    for row in read("stations"):
        facts = ("name", "tier", "address", "phone", "hours", "intro", "rules")
        Station.objects.create(code=row["code"], region_id=row["region"], **{name: row[name] for name in facts})
    Organ.objects.bulk_create(
        Organ(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            region_id=row["region"],
            email=row.get("email", ""),
        )
        for row in read("organs")
    )


def load_people():
    """Users with their roles; only those marked as demo sign-ins can sign in, once ``issue_passwords`` has run."""
    stations = {station.code: station for station in Station.objects.all()}
    organs = {organ.code: organ for organ in Organ.objects.all()}
    for row in read("people"):
        facts = {"name": row["name"], "title": row["title"], "email": row["email"]}
        user = User(username=row["username"], is_superuser=row["username"] == Role.ADMIN, **facts)
        user.set_unusable_password()
        user.save()
        for grant in row["grants"]:
            Grant.objects.create(
                user=user,
                role=grant["role"],
                region_id=grant.get("region"),
                station=stations.get(grant.get("station")),
                organ=organs.get(grant.get("organ")),
                starts_on=OPENED_ON,
            )


def issue_passwords():
    """Give every demo sign-in a new password; return name, role and password of each, the first of a role first."""
    issued = []
    for row in read("people"):
        if not row.get("demo"):
            continue
        password = "".join(secrets.choice(LETTERS) for _ in range(12))
        user = User.objects.get(username=row["username"])
        user.set_password(password)
        user.save(update_fields=["password"])
        issued.append({"name": user.username, "role": row["grants"][0]["role"], "password": password})
    return issued


def load_deputies(calendar: Calendar, today: date):
    """Deputies with their mandates, the stations they are grouped in, and the days on which they are away."""
    stations = {station.code: station for station in Station.objects.all()}
    for row in read("deputies"):
        user = User.objects.get(username=row["user"]) if row.get("user") else None
        facts = {name: row[name] for name in ("code", "name", "gender", "bio", "phone")}
        deputy = Deputy.objects.create(user=user, region_id=row["region"], **facts)
        for mandate in row["mandates"]:
            level = Mandate.Level[mandate["level"].upper()]
            Mandate.objects.create(deputy=deputy, **{**mandate, "level": level})
        for membership in row["stations"]:
            station = stations[membership["station"]]
            Membership.objects.create(deputy=deputy, **{**membership, "station": station})
        for away in row["absences"]:
            starts_on, ends_on = (calendar.add_workdays(today, away[end]) for end in ("from", "to"))
            Absence.objects.create(deputy=deputy, starts_on=starts_on, ends_on=ends_on, why=away["why"])


def load_inspections(calendar: Calendar, today: date):
    """Self-inspections of stations by the checklist that the portal brings, and what was put right since."""
    checklist = Checklist.objects.filter(active=True).first()
    asked = list(checklist.items.values_list("position", "text"))
    for row in read("inspections"):
        on = calendar.add_workdays(today, -row["workdays_ago"])
        unmet = {found["item"]: found for found in row["unmet"]}
        by = User.objects.get(username=row["by"]).name
        inspection = record_inspection(
            station=Station.objects.get(code=row["station"]),
            checklist=checklist,
            on=on,
            answers=[_answer(text, unmet.get(position), calendar, today) for position, text in asked],
            remarks=row["remarks"],
            by_name=by,
        )
        for finding in inspection.findings.filter(met=False):
            found = unmet[finding.position]
            if "fixed_workdays_ago" in found:
                fixed = calendar.add_workdays(today, -found["fixed_workdays_ago"])
                put_right(finding=finding, on=fixed, note=found["note"], by_name=by)


def _answer(asked: str, found: dict | None, calendar: Calendar, today: date) -> dict:
    if found is None:
        return {"asked": asked, "met": True}
    fix_by = calendar.add_workdays(today, found["fix_by_workdays"])
    return {"asked": asked, "met": False, "text": found["text"], "fix_by": fix_by}


def at_clock(day: date, hour: str) -> datetime:
    """A moment of Beijing time."""
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(hour)))
