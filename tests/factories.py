"""What the offices consist of, made for tests. Invented people only."""

import datetime as dt
import io

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image

from accounts.models import Grant, Role, User
from deputies.models import Deputy, Mandate, Note, Reception
from stations.models import Organ, Region, Station
from workdays import services as workdays

PASSWORD = "lianluo-zhan-2026"
NAMES = {
    "13": "河北省",
    "1305": "邢台市",
    "130503": "信都区",
    "130503100": "南大郭镇",
    "130503100201": "南大郭村",
    "130503101": "李村镇",
    "130502": "襄都区",
    "130502100": "东郭村镇",
}


def a_region(code: str = "130503100") -> Region:
    """The region with this code, with every region above it."""
    parent = None
    for length in Region.LENGTHS:
        if length > len(code):
            break
        part = code[:length]
        parent, _created = Region.objects.get_or_create(
            code=part,
            defaults={"name": NAMES.get(part, f"地区{part}"), "level": Region.LENGTHS[length], "parent": parent},
        )
    return parent


def load_years(*years: int) -> None:
    """Load the working calendar of the years, 2024 to 2026 unless told otherwise."""
    for year in years or (2024, 2025, 2026):
        workdays.load_year(year=year, by_name="测试")


class StationFactory(DjangoModelFactory):
    class Meta:
        model = Station

    code = factory.Sequence(lambda n: f"NDG-{n:03}")
    name = factory.Sequence(lambda n: f"南大郭镇第{n + 1}代表联络站")
    tier = Station.Tier.ZHAN
    region = factory.LazyFunction(a_region)
    address = "振兴路1号"
    phone = "0319-0000101"
    hours = "工作日 8:30–17:30"


class OrganFactory(DjangoModelFactory):
    class Meta:
        model = Organ

    code = factory.Sequence(lambda n: f"organ-{n}")
    name = factory.Sequence(lambda n: f"信都区第{n + 1}承办局")
    region = factory.LazyFunction(lambda: a_region("130503"))


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n:03}")
    name = factory.Sequence(lambda n: f"职员{n:03}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.invalid")
    password = factory.django.Password(PASSWORD)


def grant(user: User, role: str, scope=None, *, starts_on=dt.date(2020, 1, 1), ends_on=None) -> Grant:
    """Give a user a role over a region, a station or an organ (none for deputies and administrators)."""
    field = type(scope).__name__.lower()
    facts = {field: scope} if scope is not None else {}
    return Grant.objects.create(user=user, role=role, starts_on=starts_on, ends_on=ends_on, **facts)


def a_user(role: str = Role.OFFICER, scope=None, **facts) -> User:
    """A user who holds ``role``; without a scope, over a station, the township, the county or an organ of their own."""
    if scope is None:
        scope = {
            Role.OFFICER: StationFactory,
            Role.HEAD: a_region,
            Role.COMMITTEE: lambda: a_region("130503"),
            Role.VIEWER: lambda: a_region("130503"),
            Role.CLERK: OrganFactory,
            Role.LEADER: OrganFactory,
        }.get(role, lambda: None)()
    user = UserFactory(**facts)
    grant(user, role, scope)
    return user


def a_deputy(name: str = "郑代表", *, user: User | None = None, station: Station | None = None) -> Deputy:
    """A township deputy with a mandate in force; grouped into a station, when one is given."""
    deputy = Deputy.objects.create(code=f"d-{Deputy.objects.count() + 1:03}", name=name, user=user)
    deputy.mandates.create(
        level=Mandate.Level.TOWNSHIP, constituency="第一选区", term="第十届", starts_on=dt.date(2021, 1, 1)
    )
    if station is not None:
        deputy.memberships.create(station=station, starts_on=dt.date(2021, 1, 1))
    return deputy


def a_reception(station: Station, *, days: int = 3, deputies=(), is_published: bool = True, **facts) -> Reception:
    """A reception day so many days from today (Beijing date), published unless told otherwise."""
    now = timezone.now()
    reception = Reception.objects.create(
        station=station,
        date=timezone.localdate() + dt.timedelta(days=days),
        starts=facts.pop("starts", dt.time(9)),
        ends=dt.time(11, 30),
        place="代表接待室",
        published_at=now if is_published else None,
        **facts,
    )
    reception.deputies.set(deputies)
    return reception


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **options) -> bytes:
    """A picture of one colour as the bytes of a file."""
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind, **options)
    return data.getvalue()


def upload(data: bytes, name: str = "路灯.jpg") -> SimpleUploadedFile:
    """Bytes as a browser sends them."""
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def a_note(reception: Reception, recorded_by: User, **facts) -> Note:
    """What one visitor said at the desk, to be handled unless told otherwise."""
    said = {"topic": "村口路灯不亮", "words": "三盏灯坏了半个月，老人晚上不敢出门。", "outcome": Note.Outcome.HANDLE}
    return Note.objects.create(
        reception=reception,
        number=reception.notes.count() + 1,
        recorded_by=recorded_by,
        **(said | {"recorded_at": timezone.now()} | facts),
    )
