"""Times the pages and acts of stations at the size of a city: 300 stations with 120 deputies each, a year of days.

    .venv-dev/bin/python -m liaison.embedded --throwaway -- .venv-dev/bin/python -m bench.stations

Prints milliseconds (the middle of five) and queries of each page, seconds of each act. Nothing of it stays behind.
"""

import datetime as dt
import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ["DATABASE_TIMEOUTS"] = "0"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Role  # noqa: E402
from deputies import services  # noqa: E402
from deputies.models import Deputy, Mandate, Membership, Plan, Reception, Turn  # noqa: E402
from deputies.posters import station_poster  # noqa: E402
from stations.models import Station  # noqa: E402
from tests.factories import UserFactory, a_region, grant, load_years  # noqa: E402
from workdays.rhythm import Rhythm  # noqa: E402

STATIONS, DEPUTIES, DAYS = 300, 120, 52
TIMES = 5


def build():
    """Fill an empty database; returns the station whose pages are asked for and its committee's user."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    load_years()
    since, today = dt.date(2021, 1, 1), timezone.localdate()
    region = a_region()
    stations = Station.objects.bulk_create(
        Station(
            code=f"b-{n:03}", name=f"第{n}联络站", tier="zhan", region=region, address="振兴路1号", phone="", hours=""
        )
        for n in range(STATIONS)
    )
    deputies = Deputy.objects.bulk_create(
        Deputy(code=f"b-{n:05}", name=f"代表{n:05}") for n in range(STATIONS * DEPUTIES)
    )
    Mandate.objects.bulk_create(
        Mandate(deputy=deputy, level=n % 5 + 1, constituency=f"第{n}选区", term="第十届", starts_on=since)
        for n, deputy in enumerate(deputies)
    )
    Membership.objects.bulk_create(
        Membership(deputy=deputy, station=stations[n % STATIONS], starts_on=since) for n, deputy in enumerate(deputies)
    )
    days = Reception.objects.bulk_create(
        Reception(
            station=station,
            date=today + dt.timedelta(weeks=week - DAYS // 2, days=1),
            starts=dt.time(9),
            ends=dt.time(11, 30),
            place="接待室",
            slot_minutes=20,
            published_at=timezone.now(),
        )
        for station in stations
        for week in range(DAYS)
    )
    Turn.objects.bulk_create(
        Turn(
            reception=day, deputy=deputies[(n * 2 + place) % DEPUTIES * STATIONS + n // DAYS], present_at=timezone.now()
        )
        for n, day in enumerate(days)
        for place in range(2)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    user = UserFactory(username="bench")
    grant(user, Role.COMMITTEE, a_region("130503"))
    return stations[7], user


def time_pages(station, user):
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    day = station.receptions.upcoming(timezone.localdate()).first()
    deputy = Deputy.objects.filter(memberships__station=station).first()
    for path in (
        "/stations/",
        station.get_absolute_url(),
        deputy.get_absolute_url(),
        "/receptions/",
        f"/receptions/{day.pk}/book/",
        f"/stations/{station.code}/calendar.ics",
        "/desk/",
        "/desk/receptions/",
        f"/desk/receptions/plan/{station.code}/",
        day.get_absolute_url(),
        "/desk/stations/",
        "/desk/deputies/",
        "/desk/duty-records/",
        "/desk/quarter/",
    ):
        taken = []
        for _once in range(TIMES):
            with CaptureQueriesContext(connection) as queries:
                begun = time.perf_counter()
                answer = client.get(path)
                taken.append(time.perf_counter() - begun)
            if answer.status_code != 200:
                raise SystemExit(f"{path} answered {answer.status_code}")
        print(f"{statistics.median(taken) * 1000:7.0f} ms {len(queries):3} queries  {path}")


def time_acts(station, user):
    year = timezone.localdate().year + 1
    plan = Plan(
        station=station,
        starts_on=dt.date(year, 1, 1),
        ends_on=dt.date(year, 12, 31),
        rhythm=Rhythm.MARKET,
        days=[2, 5, 8],
        starts=dt.time(14),
        ends=dt.time(16),
        place="接待室",
        made_by=user,
    )
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        begun = time.perf_counter()
        days = services.save_plan(plan=plan, organs=[], actor=user)
        services.fill(receptions=days, actor=user)
        print(f"{time.perf_counter() - begun:7.2f} s  {len(queries):3} queries  plan and staff {len(days)} market days")
        begun = time.perf_counter()
        services.publish_all(receptions=days, actor=user)
        print(f"{time.perf_counter() - begun:7.2f} s               publish them")
    station_poster(station, size="a4")
    begun = time.perf_counter()
    pdf = station_poster(station, size="a4")
    print(f"{time.perf_counter() - begun:7.2f} s               one poster, {len(pdf) // 1024} KiB")


if __name__ == "__main__":
    settings.ALLOWED_HOSTS = ["localhost"]
    begun = time.perf_counter()
    one, committee = build()
    print(
        f"{time.perf_counter() - begun:7.1f} s  to build {STATIONS} stations of {DEPUTIES} deputies, {DAYS} days each"
    )
    time_pages(one, committee)
    time_acts(one, committee)
