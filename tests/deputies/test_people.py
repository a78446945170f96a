"""Deputies' records: mandates, groups, leave, portraits, and what follows when a mandate ends."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Role
from deputies import services
from deputies.errors import ReceptionError
from deputies.models import Deputy, Mandate, Standing
from notices.models import Message
from petitions.services import sweep as sweep_cases
from tests.factories import StationFactory, a_deputy, a_region, a_user, load_years
from tests.petitions.story import Story, an_office, moment
from vault.errors import PictureError

pytestmark = pytest.mark.django_db

NOON = moment("2026-11-24 12:00")


@pytest.fixture(autouse=True)
def today(time_machine):
    """Tuesday, 24 November 2026."""
    time_machine.move_to(NOON, tick=False)
    return NOON.date()


@pytest.fixture
def station():
    return StationFactory()


@pytest.fixture
def deputy(station):
    return a_deputy("郑代表", station=station)


def a_picture(size=(1200, 900), **facts):
    file = io.BytesIO()
    Image.new("RGB", size, "navy").save(file, "JPEG", **facts)
    return SimpleUploadedFile("IMG_我的身份证.jpg", file.getvalue(), content_type="image/jpeg")


# Codes


def test_new_deputies_are_numbered_within_their_region_one_after_another():
    region = a_region("130503100")
    Deputy.objects.create(code="130503100-041", name="李代表", region=region)

    new = [services.save_deputy(deputy=Deputy(name="王代表", region=region)) for _ in range(2)]

    assert [deputy.code for deputy in new] == ["130503100-042", "130503100-043"]


def test_a_code_is_nobody_elses(deputy):
    with pytest.raises(ReceptionError, match="已经是另一位代表的"):
        services.save_deputy(deputy=Deputy(name="王代表", code=deputy.code, region=a_region()))


# Mandates


@pytest.mark.parametrize("days_ago", [0, 1])
def test_when_a_mandate_ends_mid_case_the_sweep_hands_the_case_on_and_the_head_is_told(days_ago, today):
    load_years()
    office = an_office()
    case = Story.begin(office, deputy=office.deputy_person, at=moment("2026-11-20 10:00"))
    assert sweep_cases(at=NOON) == 0

    services.end_mandate(mandate=office.deputy_person.mandates.get(), on=today - dt.timedelta(days=days_ago))
    sweep_cases(at=NOON)

    case.petition.refresh_from_db()
    assert case.petition.deputy is None
    assert case.petition.events.filter(action="hand_on").count() == 1
    assert Message.objects.filter(recipient=office.head, title__contains="由您接续").count() == 1
    assert sweep_cases(at=NOON) == 0


def test_a_mandate_that_ends_by_its_date_alone_lets_the_case_go_the_day_after(today):
    load_years()
    office = an_office()
    case = Story.begin(office, deputy=office.deputy_person, at=moment("2026-11-20 10:00"))
    mandate = services.end_mandate(mandate=office.deputy_person.mandates.get(), on=dt.date(2026, 11, 25))
    assert mandate.status == Mandate.Status.NORMAL

    sweep_cases(at=moment("2026-11-25 23:59"))
    case.petition.refresh_from_db()
    assert case.petition.deputy == office.deputy_person

    sweep_cases(at=moment("2026-11-26 00:01"))
    case.petition.refresh_from_db()
    assert case.petition.deputy is None
    assert Message.objects.filter(recipient=office.head, title__contains="由您接续").exists()


def test_a_suspended_deputys_cases_are_handed_on_and_do_not_come_back():
    load_years()
    office = an_office()
    case = Story.begin(office, deputy=office.deputy_person, at=moment("2026-11-20 10:00"))
    mandate = office.deputy_person.mandates.get()

    services.suspend_mandate(mandate=mandate)
    sweep_cases(at=NOON)
    services.resume_mandate(mandate=mandate)
    sweep_cases(at=NOON)

    case.petition.refresh_from_db()
    assert case.petition.deputy is None
    assert Deputy.objects.in_office(NOON.date()).get() == office.deputy_person


def test_with_another_mandate_in_force_the_deputy_keeps_the_cases(today):
    load_years()
    office = an_office()
    services.add_mandate(
        deputy=office.deputy_person,
        level=Mandate.Level.COUNTY,
        constituency="第八选区",
        term="第三届",
        starts_on=dt.date(2026, 3, 26),
    )
    case = Story.begin(office, deputy=office.deputy_person, at=moment("2026-11-20 10:00"))

    services.end_mandate(mandate=office.deputy_person.mandates.get(level=Mandate.Level.TOWNSHIP), on=today)
    sweep_cases(at=NOON)

    case.petition.refresh_from_db()
    assert case.petition.deputy == office.deputy_person


def test_nobody_sits_twice_at_one_level(deputy):
    seat = {"level": Mandate.Level.TOWNSHIP, "constituency": "第二选区", "term": "第十一届"}

    with pytest.raises(ReceptionError, match="已有同级的代表资格"):
        services.add_mandate(deputy=deputy, starts_on=dt.date(2026, 1, 1), **seat)

    services.end_mandate(mandate=deputy.mandates.get(), on=dt.date(2025, 12, 31))
    services.add_mandate(deputy=deputy, starts_on=dt.date(2026, 1, 1), **seat)
    assert deputy.mandates.count() == 2


def test_a_late_click_is_told_what_happened_meanwhile(deputy, today):
    mandate = deputy.mandates.get()
    services.end_mandate(mandate=mandate, on=today)

    with pytest.raises(ReceptionError, match=r"已经终止.*2026年11月24日"):
        services.end_mandate(mandate=mandate, on=today)
    with pytest.raises(ReceptionError, match="现在是“资格终止”，不能暂停"):
        services.suspend_mandate(mandate=mandate)
    with pytest.raises(ReceptionError, match="不需要恢复"):
        services.resume_mandate(mandate=mandate)


@pytest.mark.parametrize(
    ("on", "why"), [(dt.date(2020, 1, 1), "早于任职开始"), (dt.date(2032, 1, 1), "终止日期不能更晚")]
)
def test_a_mandate_ends_within_its_term(on, why, deputy):
    deputy.mandates.update(ends_on=dt.date(2031, 3, 25))

    with pytest.raises(ReceptionError, match=why):
        services.end_mandate(mandate=deputy.mandates.get(), on=on)


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({}, Standing.SERVING),
        ({"status": "suspended"}, Standing.SUSPENDED),
        ({"status": "ended"}, Standing.ENDED),
        ({"ends_on": dt.date(2026, 11, 23)}, Standing.OVER),
        ({"ends_on": dt.date(2026, 11, 24)}, Standing.SERVING),
        ({"starts_on": dt.date(2026, 11, 25)}, Standing.TO_COME),
    ],
)
def test_where_a_mandate_stands_agrees_with_who_is_in_office(facts, standing, deputy, today):
    deputy.mandates.update(**facts)

    assert deputy.mandates.get().standing(today) == deputy.standing(today) == standing
    assert Mandate.objects.in_force(today).exists() == (standing == Standing.SERVING)


# Groups


def test_nobody_is_in_a_station_twice_at_a_time(deputy, station):
    with pytest.raises(ReceptionError, match=r"已编入.*不必重复编组"):
        services.join_station(deputy=deputy, station=station, starts_on=dt.date(2026, 12, 1))

    services.leave_station(membership=deputy.memberships.get(), on=dt.date(2026, 11, 30))
    services.join_station(deputy=deputy, station=station, starts_on=dt.date(2026, 12, 1))
    services.join_station(deputy=deputy, station=StationFactory(), starts_on=dt.date(2026, 11, 1))
    assert deputy.memberships.count() == 3


def test_a_deputy_changes_the_group_and_leaves_the_station(deputy, station, today):
    membership = services.regroup(membership=deputy.memberships.get(), group="第二小组")
    assert membership.group == "第二小组"

    services.leave_station(membership=membership, on=today)
    assert Deputy.objects.grouped_in(station, today).exists()
    assert not Deputy.objects.grouped_in(station, today + dt.timedelta(days=1)).exists()
    with pytest.raises(ReceptionError, match="已经登记过了"):
        services.leave_station(membership=membership, on=today)
    with pytest.raises(ReceptionError, match="早于编入"):
        services.leave_station(membership=membership, on=dt.date(2020, 12, 31))


# Leave


def test_leave_is_recorded_once_and_dropped(deputy, today):
    clerk = a_user(Role.OFFICER)
    days = {"starts_on": today - dt.timedelta(days=2), "ends_on": today + dt.timedelta(days=5)}

    absence = services.record_absence(deputy=deputy, why="出差", actor=clerk, **days)
    with pytest.raises(ReceptionError, match="重叠"):
        services.record_absence(deputy=deputy, actor=clerk, **days)
    services.drop_absence(absence=absence)

    absence.refresh_from_db()
    assert absence.ends_on == today - dt.timedelta(days=1)
    with pytest.raises(ReceptionError, match="已于2026年11月23日结束"):
        services.drop_absence(absence=absence)
    coming = services.record_absence(
        deputy=deputy, starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2026, 12, 2), actor=clerk
    )
    services.drop_absence(absence=coming)
    with pytest.raises(ReceptionError, match="刚刚已被删除"):
        services.drop_absence(absence=coming)


def test_leave_that_is_over_or_runs_backwards_is_refused(deputy, today):
    clerk = a_user(Role.OFFICER)
    yesterday = today - dt.timedelta(days=1)

    with pytest.raises(ReceptionError, match="已经过去"):
        services.record_absence(deputy=deputy, starts_on=yesterday, ends_on=yesterday, actor=clerk)
    with pytest.raises(ReceptionError, match="不能早于"):
        services.record_absence(deputy=deputy, starts_on=today, ends_on=yesterday, actor=clerk)


# Portraits and accounts


def test_a_portrait_is_encoded_anew_and_the_former_one_is_removed(deputy, django_capture_on_commit_callbacks):
    exif = Image.Exif()
    exif[0x010E] = "住址：东街9号"
    first = services.keep_portrait(deputy=deputy, file=a_picture(exif=exif))
    name, storage = first.portrait.name, first.portrait.storage
    kept = Image.open(storage.open(name))
    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (800, 600), {})
    assert "身份证" not in name

    with django_capture_on_commit_callbacks(execute=True):
        second = services.keep_portrait(deputy=deputy, file=a_picture())

    assert not storage.exists(name)
    assert storage.exists(second.portrait.name)
    with django_capture_on_commit_callbacks(execute=True):
        services.drop_portrait(deputy=deputy)
    assert not storage.exists(second.portrait.name)


def test_what_is_no_picture_is_refused(deputy):
    with pytest.raises(PictureError, match="不是可以识别的照片"):
        services.keep_portrait(deputy=deputy, file=SimpleUploadedFile("a.jpg", b"%PDF-1.7"))


def test_an_account_is_one_deputys_only(deputy):
    user = a_user(Role.DEPUTY)
    other = a_deputy("李代表")
    services.link_account(deputy=deputy, user=user)

    with pytest.raises(ReceptionError, match="已关联给另一位代表"):
        services.link_account(deputy=other, user=user)

    services.link_account(deputy=deputy, user=None)
    services.link_account(deputy=other, user=user)
    assert user.deputy == other


def test_a_new_deputy_comes_with_mandate_and_group_or_not_at_all(station):
    seat = {"level": Mandate.Level.CITY, "constituency": "信都区", "term": "第十七届"}

    with pytest.raises(ReceptionError):
        services.add_deputy(
            deputy=Deputy(name="王代表", region=station.region),
            mandate=seat | {"starts_on": dt.date(2026, 2, 1), "ends_on": dt.date(2026, 1, 1)},
        )
    assert not Deputy.objects.exists()

    new = services.add_deputy(
        deputy=Deputy(name="王代表", region=station.region),
        mandate=seat | {"starts_on": dt.date(2026, 2, 1)},
        station=station,
        group="第一小组",
    )
    assert Deputy.objects.grouped_in(station, timezone.localdate()).get() == new
