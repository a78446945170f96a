"""Printing posters on the desk: who may print whose, and making those of a whole place."""

import datetime as dt
import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as conf
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Role
from deputies import posters
from deputies.errors import ReceptionError
from deputies.models import Mandate, PosterJob
from deputies.posters import jobs
from tests.factories import StationFactory, a_deputy, a_reception, a_region, a_user

pytestmark = pytest.mark.django_db

A3 = (297, 420)  # millimetres
MOST_QUERIES = 10
MOST_SECONDS = 1


@pytest.fixture
def station(settings):
    settings.SITE_URL = "https://lianluo.example.invalid"
    return StationFactory(name="南大郭镇人大代表之家", code="NDG-J01", phone="0319-0000123")


@pytest.fixture
def head(station):
    """The station head of the township."""
    return a_user(Role.HEAD, a_region())


def pages_of(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def unbroken(words):
    return re.sub(r"\s", "", words)


def millimetres(page):
    return tuple(round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height))


def a_filled_township(stations=3, deputies=30):
    """A township's stations with deputies, each of whom has a day to come."""
    made = [StationFactory() for _ in range(stations)]
    for number in range(deputies):
        station = made[number % stations]
        deputy = a_deputy(f"代表{number:02}", station=station)
        a_reception(station, days=3 + number // stations, deputies=[deputy])
    return made


# Who may print whose


def test_an_officer_prints_the_poster_of_the_own_station_and_its_deputies_only(client, station):
    own, other = a_deputy("凌燕飞", station=station), a_deputy("毛建设", station=StationFactory(code="OTHER"))
    client.force_login(a_user(Role.OFFICER, station))

    answer = client.get(reverse("deputies:station_poster", args=["NDG-J01"]), {"size": "a3"})

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert millimetres(PdfReader(io.BytesIO(answer.getvalue())).pages[0]) == A3
    assert client.get(reverse("deputies:deputy_poster", args=[own.code])).status_code == 200
    assert client.get(reverse("deputies:deputy_poster", args=[other.code])).status_code == 404
    assert client.get(reverse("deputies:station_poster", args=["OTHER"])).status_code == 404
    assert client.get(reverse("deputies:station_poster", args=["NDG-J01"]), {"size": "a0"}).status_code == 404


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.CLERK, Role.LEADER, Role.VIEWER, Role.ADMIN])
def test_who_keeps_no_station_prints_no_posters(client, station, role):
    client.force_login(a_user(role))

    assert client.get(reverse("deputies:posters")).status_code == 403
    assert client.get(reverse("deputies:station_poster", args=["NDG-J01"])).status_code == 403


def test_one_poster_is_there_in_less_than_a_second(client, station, head):
    for number in range(40):
        a_deputy(f"代表{number}", station=station)
    client.force_login(head)
    address = reverse("deputies:station_poster", args=["NDG-J01"])
    client.get(address)

    began = timezone.now()
    client.get(address)

    assert (timezone.now() - began).total_seconds() < MOST_SECONDS


# The page


def test_a_head_orders_the_posters_of_the_township_and_is_led_to_the_bar(client, station, head):
    client.force_login(head)

    answer = client.post(reverse("deputies:posters"), {"region": "130503100", "size": "a3"})

    job = PosterJob.objects.get()
    assert (job.region_id, job.size, job.total, job.made_by) == ("130503100", "a3", 1, head)
    assert answer.headers["Location"] == job.get_absolute_url()
    assert '<progress id="progress" max="1" value="0">' in client.get(job.get_absolute_url()).content.decode()
    assert client.get(reverse("deputies:poster_progress", args=[job.pk])).json() == {
        "done": 0, "total": 1, "waits": True,
    }  # fmt: skip


@pytest.mark.parametrize("place", ["130502100", "130503", "13", "", "x"])
def test_a_place_outside_ones_own_cannot_be_ordered(client, station, head, place):
    StationFactory(region=a_region("130502100"))
    client.force_login(head)

    answer = client.post(reverse("deputies:posters"), {"region": place, "size": "a4"})

    assert answer.status_code == 422
    assert "请从列出的地方中选择。" in answer.content.decode() or "请选择一个地方。" in answer.content.decode()
    assert not PosterJob.objects.exists()


def test_an_officer_has_the_own_poster_but_orders_no_township(client, station):
    a_deputy("凌燕飞", station=station)
    client.force_login(a_user(Role.OFFICER, station))

    page = client.get(reverse("deputies:posters")).content.decode()
    client.post(reverse("deputies:posters"), {"region": "130503100", "size": "a4"})

    assert reverse("deputies:station_poster", args=["NDG-J01"]) in page
    assert "凌燕飞" in page
    assert "生成一个文件" not in page
    assert not PosterJob.objects.exists()


def test_a_job_of_another_place_is_not_found(client, station, head):
    job = posters.order(region=a_region(), size="a4", actor=head)
    posters.work_off()
    client.force_login(a_user(Role.HEAD, a_region("130502100")))

    for name in ("poster_job", "poster_progress", "poster_file"):
        assert client.get(reverse(f"deputies:{name}", args=[job.pk])).status_code == 404


def test_a_file_that_is_gone_is_not_found(client, station, head):
    job = posters.order(region=a_region(), size="a4", actor=head)
    posters.work_off()
    job.refresh_from_db()
    job.file.storage.delete(job.file.name)
    client.force_login(head)

    assert client.get(reverse("deputies:poster_file", args=[job.pk])).status_code == 404


@pytest.mark.parametrize("name", ["station", "deputy"])
def test_a_single_poster_is_found_by_name(client, head, name):
    a_filled_township()
    client.force_login(head)

    page = client.get(
        reverse("deputies:posters"), {"q": "南大郭镇第" if name == "station" else "代表07"}
    ).content.decode()

    assert ("/desk/posters/station/" in page) == (name == "station")
    assert ("/desk/posters/deputy/" in page) == (name == "deputy")


def test_the_page_takes_few_queries_however_much_there_is(client, head, django_assert_max_num_queries):
    stations = a_filled_township(stations=25, deputies=50)
    for _ in range(9):
        job = PosterJob.objects.create(region=a_region(), size="a4", made_by=head, total=75, failed_why="坏了")
    client.force_login(head)

    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse("deputies:posters"), {"q": "代表"})
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(job.get_absolute_url())
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse("deputies:station_poster", args=[stations[0].code]))


# All of a place


def test_a_worker_makes_one_file_of_all_stations_and_then_all_deputies(client, head):
    # given a township, with a station that is closed, and one of elsewhere
    stations = a_filled_township()
    StationFactory(name="停用的站", active=False)
    StationFactory(name="别处的站", region=a_region("130503101"))
    job = posters.order(region=a_region(), size="a4", actor=head)

    # when a worker comes by
    posters.work_off()

    # then
    client.force_login(head)
    assert "34 张海报做好了" in client.get(job.get_absolute_url()).content.decode()
    answer = client.get(reverse("deputies:poster_file", args=[job.pk]))
    assert "filename*=utf-8''" in answer.headers["Content-Disposition"]
    pages = [unbroken(page) for page in pages_of(answer.getvalue())]
    assert len(pages) == 34
    assert all(station.name in page for station, page in zip(stations, pages, strict=False))
    assert [f"代表{number:02}" in page for number, page in enumerate(pages[4:])] == [True] * 30


def test_a_worker_that_is_killed_between_loses_ten_posters_and_doubles_none(head):
    # given a job of which a worker had made ten and was killed while the next ten were on the disk already
    a_filled_township()
    job = posters.order(region=a_region(), size="a4", actor=head)
    jobs._step(timezone.now())
    with transaction.atomic():
        jobs._step(timezone.now())
        transaction.set_rollback(True)
    job.refresh_from_db()
    assert job.done == 10

    # when the next sweep comes
    posters.work_off()

    # then the file holds each poster once
    job.refresh_from_db()
    printed = "".join(map(unbroken, pages_of(job.file.open().read())[4:]))
    assert [printed.count(f"告诉代表{number:02}") for number in range(30)] == [1] * 30


def test_parts_go_when_the_file_is_there(head, django_capture_on_commit_callbacks, settings):
    a_filled_township()
    job = posters.order(region=a_region(), size="a4", actor=head)

    with django_capture_on_commit_callbacks(execute=True):
        posters.work_off()

    assert not list((settings.MEDIA_ROOT / "posters" / "parts").glob(f"{job.pk}-*"))


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_the_same_ten(head):
    # given one worker that is at the only job
    a_filled_township(stations=1, deputies=3)
    job = posters.order(region=a_region(), size="a4", actor=head)

    def come_by():
        try:
            return posters.work_off()
        finally:
            connection.close()

    # when another comes by
    with transaction.atomic(), ThreadPoolExecutor() as pool:
        PosterJob.objects.select_for_update().get(pk=job.pk)
        steps = pool.submit(come_by).result(timeout=20)

    # then it leaves the job alone and waits for nobody
    assert steps == 0
    job.refresh_from_db()
    assert job.done == 0


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_twice_at_once_orders_one_job(head):
    a_filled_township(stations=1, deputies=3)

    def press(_time):
        try:
            return posters.order(region=a_region(), size="a4", actor=head).pk
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        ordered = list(pool.map(press, range(4)))

    assert len(set(ordered)) == PosterJob.objects.count() == 1


def test_a_job_that_fails_says_so_holds_up_no_other_and_can_be_tried_again(client, head, settings, tmp_path):
    # given a disk that takes no files
    StationFactory()
    settings.MEDIA_ROOT = tmp_path / "full"
    settings.MEDIA_ROOT.write_text("")
    broken = posters.order(region=a_region(), size="a4", actor=head)
    posters.work_off()
    client.force_login(head)
    page = client.get(broken.get_absolute_url()).content.decode()
    assert "做到第1张时出错，没有做完。" in page

    # when it takes files again, and somebody tries again
    settings.MEDIA_ROOT.unlink()
    later = posters.order(region=a_region(), size="a3", actor=head)
    posters.work_off()
    assert PosterJob.objects.get(pk=later.pk).finished_at
    client.post(broken.get_absolute_url())
    posters.work_off()

    # then it is made, and there is nothing left to try again
    broken.refresh_from_db()
    assert broken.finished_at
    assert "已经有人重试了这份海报。" in client.post(broken.get_absolute_url(), follow=True).content.decode()


def test_ordering_twice_while_the_first_waits_makes_one_job(head):
    StationFactory()

    first = posters.order(region=a_region(), size="a4", actor=head)

    assert posters.order(region=a_region(), size="a4", actor=head) == first
    assert posters.order(region=a_region(), size="a3", actor=head) != first


def test_a_place_without_stations_is_refused_with_a_sentence(head):
    empty = a_region("130502100")

    with pytest.raises(ReceptionError, match="东郭村镇还没有在用的联络站"):
        posters.order(region=empty, size="a4", actor=head)


def test_who_is_gone_when_the_worker_comes_is_left_out(head):
    a_filled_township(stations=2, deputies=2)
    job = posters.order(region=a_region(), size="a4", actor=head)
    Mandate.objects.filter(deputy__name="代表01").update(status=Mandate.Status.ENDED)

    posters.work_off()

    job.refresh_from_db()
    assert len(pages_of(job.file.open().read())) == job.total - 1 == 4


def test_files_are_removed_after_thirty_days(head, settings):
    StationFactory()
    job = posters.order(region=a_region(), size="a4", actor=head)
    posters.work_off()
    job.refresh_from_db()
    path = settings.MEDIA_ROOT / job.file.name
    assert path.exists()

    posters.work_off(at=job.made_at + dt.timedelta(days=29, hours=23))
    assert path.exists()
    posters.work_off(at=job.made_at + dt.timedelta(days=30, seconds=1))

    assert not path.exists()
    assert not PosterJob.objects.exists()


def test_the_command_writes_all_posters_of_a_place(tmp_path):
    a_filled_township(stations=2, deputies=11)

    call_command("make_posters", region="130503", size="a3", out=tmp_path / "posters.pdf")

    paper = PdfReader(tmp_path / "posters.pdf")
    assert [millimetres(page) for page in paper.pages] == [A3] * 13


@pytest.mark.parametrize(("region", "said"), [("99", "没有代码为99的区划"), ("130502100", "还没有在用的联络站")])
def test_the_command_says_why_it_makes_none(tmp_path, region, said):
    a_region("130502100")

    with pytest.raises(CommandError, match=said):
        call_command("make_posters", region=region, out=tmp_path / "posters.pdf")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_that_waits_moves_its_bar_and_shows_the_file_by_itself(desktop, head, axe):
    # given a head who looks at the page of a job
    a_filled_township(stations=1, deputies=14)
    browser = Client()
    browser.force_login(head)
    base = desktop.context.request.get("/healthz").url.removesuffix("/healthz")
    name = conf.SESSION_COOKIE_NAME
    desktop.context.add_cookies([{"name": name, "value": browser.cookies[name].value, "url": base}])
    desktop.goto(reverse("deputies:posters"))
    axe(desktop)
    desktop.get_by_role("button", name="生成一个文件").click()
    desktop.get_by_role("progressbar", name="正在做").wait_for()
    axe(desktop)

    # when a worker makes ten of them, and then the rest
    jobs._step(timezone.now())
    desktop.get_by_text("10／16 张").wait_for()
    posters.work_off()

    # then the file is there without anything pressed
    desktop.get_by_text("16 张海报做好了").wait_for()
    axe(desktop)
    with desktop.expect_download() as download:
        desktop.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == "南大郭镇海报A4.pdf"
