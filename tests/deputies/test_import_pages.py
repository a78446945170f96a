"""The pages on which a clerk brings deputies in."""

import html
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Role
from deputies.models import Deputy, DeputyImport
from tests.deputies.sheets import a_row, a_sheet
from tests.factories import StationFactory, a_region, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(time_machine):
    """Tuesday, 24 November 2026."""
    time_machine.move_to("2026-11-24T12:00:00+08:00", tick=False)


@pytest.fixture
def station():
    return StationFactory(code="NDG-Z01")


@pytest.fixture
def head(client, station):
    head = a_user(Role.HEAD, station.region)
    client.force_login(head)
    return head


def said(response):
    return html.unescape(response.content.decode())


def a_file(*rows):
    return SimpleUploadedFile("名册.xlsx", a_sheet(*rows).getvalue())


def test_a_sheet_is_tried_shown_row_by_row_and_taken_over(client, head, station):
    upload = reverse("deputies:deputy_import")
    sent = client.post(upload, {"file": a_file(a_row(), a_row(name="李代表", level="村"))})
    page = said(client.get(sent.url))

    assert "还没有写入任何内容" in page
    assert "只导入没有问题的 1 行" in page
    assert "层级“村”应为全国、省、市、县或乡镇。" in page
    assert not Deputy.objects.exists()
    job = DeputyImport.objects.get()
    only_wrong = said(client.get(sent.url, {"show": "wrong"}))
    assert "王代表" not in only_wrong.partition("<tbody>")[2]

    taken = client.post(reverse("deputies:deputy_import_take", args=[job.pk]))
    assert taken.url == sent.url
    assert "导入结果" in said(client.get(sent.url))
    assert Deputy.objects.get().name == "王代表"
    twice = client.post(reverse("deputies:deputy_import_take", args=[job.pk]))
    assert twice.status_code == 409
    assert "这份名册已于2026年11月24日12:00导入" in said(twice)

    problems = client.get(reverse("deputies:deputy_import_problems", args=[job.pk]))
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(problems.content)).active]
    assert (rows[1][0], rows[1][-2]) == ("李代表", 3)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (None, "请选择文件"),
        (SimpleUploadedFile("名册.xls", b"x"), "只能导入xlsx文件"),
        (SimpleUploadedFile("名册.xlsx", b""), "文件是空的"),
        (SimpleUploadedFile("名册.xlsx", b"not a sheet"), "只能导入xlsx文件"),
    ],
)
def test_a_wrong_file_is_refused_beside_the_field(file, why, client, head):
    response = client.post(reverse("deputies:deputy_import"), {"file": file} if file else {})

    assert response.status_code == 422
    assert why in said(response)
    assert not DeputyImport.objects.exists()


def test_a_sheet_is_its_clerks_own(client, head, station):
    client.post(reverse("deputies:deputy_import"), {"file": a_file(a_row())})
    job = DeputyImport.objects.get()
    client.force_login(a_user(Role.COMMITTEE, a_region("130503")))

    for name in ("deputy_import_job", "deputy_import_problems"):
        assert client.get(reverse(f"deputies:{name}", args=[job.pk])).status_code == 404
    assert client.post(reverse("deputies:deputy_import_take", args=[job.pk])).status_code == 404
    client.force_login(a_user(Role.VIEWER, a_region("130503")))
    assert client.get(reverse("deputies:deputy_import")).status_code == 403
    assert client.get(reverse("deputies:deputy_import_template")).status_code == 403


def test_a_long_sheet_is_turned_over_by_leaves(client, head, station, django_assert_max_num_queries):
    rows = [a_row(name=f"代表{n}", constituency=f"第{n}选区") for n in range(250)]
    sent = client.post(reverse("deputies:deputy_import"), {"file": a_file(*rows)})

    with django_assert_max_num_queries(10):
        first = client.get(sent.url)
    second = client.get(first.context["older"])

    assert ">代表199<" in said(first)
    assert ">代表200<" not in said(first)
    assert ">代表249<" in said(second)
    assert ">代表0<" in said(client.get(sent.url, {"after": "9" * 5000}))


def test_the_template_names_the_users_stations(client, head, station):
    other = StationFactory(name="别处的站", region=a_region("130502100"))

    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("deputies:deputy_import_template")).content), read_only=True
    )

    codes = [row[0] for row in book.worksheets[2].iter_rows(values_only=True)]
    assert station.code in codes
    assert other.code not in codes
