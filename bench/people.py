"""The offices of a city of 3,000 stations: stations, organs, people with every role, deputies. Invented names only."""

import datetime as dt
import random
from collections import defaultdict
from itertools import accumulate

from django.contrib.auth.hashers import make_password

from accounts.models import Grant, Role, User
from deputies.models import Deputy, Mandate, Membership
from stations.models import CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS, Organ, Region, Station

PASSWORD = "lianluo-zhan-2026"  # noqa: S105 - of the bench's own database
STATIONS = 3000
BUREAUS = [
    "住房和城乡建设局", "教育局", "公安局", "民政局", "人力资源和社会保障局", "自然资源和规划局", "生态环境局", "交通运输局",
    "水务局", "农业农村局", "商务局", "文化广电体育和旅游局", "卫生健康局", "退役军人事务局", "应急管理局", "审计局",
    "市场监督管理局", "统计局", "医疗保障局", "城市管理综合行政执法局", "行政审批局", "乡村振兴局", "信访局", "司法局", "财政局",
    "发展和改革局", "工业和信息化局", "科学技术局", "气象局", "消防救援大队",
]  # fmt: skip
COMPANIES = ["供水公司", "供电公司", "燃气公司", "公共交通公司", "热力公司"]
OFFICES = ["人民政府", "综合行政执法队", "社会事务办公室", "农业综合服务中心", "村镇建设办公室"]
SINCE = dt.date(2016, 1, 1)


def make():
    """Make everybody by the models themselves; a few seconds."""
    townships = list(Region.objects.filter(level=Region.Level.TOWNSHIP).order_by("code"))
    villages = list(Region.objects.filter(level=Region.Level.VILLAGE).order_by("code"))
    counties = list(Region.objects.filter(level=Region.Level.COUNTY).order_by("code"))
    city = Region.objects.get(level=Region.Level.CITY)
    stations, organs = _stations(townships, villages), _organs(city, counties, townships)
    wanted = [("officer", Role.OFFICER, station) for station in stations]
    wanted += [("head", Role.HEAD, region) for region in townships]
    for place in [city, *counties]:
        wanted += [("committee", Role.COMMITTEE, place), ("viewer", Role.VIEWER, place)]
    for organ in organs:
        wanted += [("clerk", Role.CLERK, organ), ("leader", Role.LEADER, organ)]
    wanted += [("admin", Role.ADMIN, None)]
    _users(wanted)
    _deputies(stations)


def _stations(townships, villages):
    draw = random.Random(1)  # noqa: S311
    homes = [(place, Station.Tier.JIA, "代表之家") for place in townships]
    points = [(place, Station.Tier.ZHAN, "代表联络站") for place in draw.sample(villages, STATIONS - len(homes))]
    return Station.objects.bulk_create(
        Station(
            code=f"b-{n:04}",
            name=f"{place.name}{word}",
            tier=tier,
            region=place,
            address="振兴路1号",
            phone="0319-0000101",
            hours="工作日 8:30–17:30",
        )
        for n, (place, tier, word) in enumerate([*homes, *points], start=1)
    )


def _organs(city, counties, townships):
    named = [(place, word) for place in [city, *counties] for word in [*BUREAUS, *COMPANIES]]
    named += [(place, word) for place in townships for word in OFFICES]
    return Organ.objects.bulk_create(
        Organ(code=f"bo-{n:04}", name=f"{place.name}{word}", kind=word[:40], region=place)
        for n, (place, word) in enumerate(named, start=1)
    )


def _users(wanted):
    sealed = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(username=f"b-{role}-{n:05}", name=f"职员{n:05}", password=sealed, email=f"b{n}@example.invalid")
        for n, (role, _role, _scope) in enumerate(wanted, start=1)
    )
    Grant.objects.bulk_create(
        Grant(user=user, role=role, starts_on=SINCE, **({type(scope).__name__.lower(): scope} if scope else {}))
        for user, (_name, role, scope) in zip(users, wanted, strict=True)
    )


def _deputies(stations):
    """Two a station, of a township or a county; the first of them signs in."""
    sealed = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(username=f"b-deputy-{n:05}", name=f"代表{n:05}", password=sealed) for n in range(1, len(stations) + 1)
    )
    Grant.objects.bulk_create(Grant(user=user, role=Role.DEPUTY, starts_on=SINCE) for user in users)
    deputies = Deputy.objects.bulk_create(
        Deputy(code=f"bd-{n:05}", name=f"代表{n:05}", user=users[n // 2] if n % 2 == 0 else None)
        for n in range(2 * len(stations))
    )
    Mandate.objects.bulk_create(
        Mandate(
            deputy=deputy,
            level=Mandate.Level.TOWNSHIP if n % 4 < 2 else Mandate.Level.COUNTY,
            constituency=f"第{n % 30 + 1}选区",
            term="第十届",
            starts_on=dt.date(2021, 1, 1),
        )
        for n, deputy in enumerate(deputies)
    )
    Membership.objects.bulk_create(
        Membership(station=stations[n // 2], deputy=deputy, starts_on=dt.date(2021, 1, 1))
        for n, deputy in enumerate(deputies)
    )


class Offices:
    """Who holds what, by key: read once by every process that makes cases."""

    def __init__(self):
        self.stations = list(Station.objects.order_by("pk").values_list("pk", "region_id", "name"))
        at = {(g.role, g.region_id or g.station_id or g.organ_id): g.user_id for g in Grant.objects.all()}
        self.officer = {pk: at[Role.OFFICER, pk] for pk, _region, _name in self.stations}
        self.head = {code: user for (role, code), user in at.items() if role == Role.HEAD}
        self.clerk = {pk: user for (role, pk), user in at.items() if role == Role.CLERK}
        self.leader = {pk: user for (role, pk), user in at.items() if role == Role.LEADER}
        self.committee = {code: user for (role, code), user in at.items() if role == Role.COMMITTEE}
        self.deputies = dict(Membership.objects.order_by("-pk").values_list("station_id", "deputy_id"))
        self.villages = defaultdict(list)
        for code, name in Region.objects.filter(level=Region.Level.VILLAGE).values_list("code", "name"):
            self.villages[code[:TOWNSHIP_DIGITS]].append((code, name))
        self.organs = defaultdict(list)
        for pk, name, region in Organ.objects.order_by("pk").values_list("pk", "name", "region_id"):
            self.organs[region[:COUNTY_DIGITS]].append((pk, name))
        # Some stations are asked far more often than others.
        weights = [1 / (place + 30) ** 0.5 for place in range(len(self.stations))]
        random.Random(2).shuffle(weights)  # noqa: S311
        self.weights = list(accumulate(weights))

    def organ_near(self, region_code, draw):
        """An organ of the county, now and then of the city."""
        return draw.choice(self.organs[region_code[: COUNTY_DIGITS if draw.random() < 0.9 else CITY_DIGITS]])
