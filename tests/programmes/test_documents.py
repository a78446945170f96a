"""Files: what is kept, what is refused, whatever their names say."""

import io
import zipfile

import pytest

from programmes.errors import ProgrammeError
from programmes.models import Document
from programmes.services import keep_document
from programmes.services.documents import MOST_BYTES, keep_documents
from tests.factories import picture, upload
from tests.programmes.office import a_planned, an_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity(db):
    return a_planned(an_office())


def keep(activity, data, name, **facts):
    return keep_document(file=upload(data, name), **({"kind": Document.Kind.MATERIAL, "activity": activity} | facts))


def an_office_file(*parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n", "讲义.PDF"),
        (an_office_file("[Content_Types].xml", "word/document.xml"), "讲义.docx"),
        (an_office_file("[Content_Types].xml", "xl/workbook.xml"), "表.xlsx"),
        (an_office_file("[Content_Types].xml", "ppt/presentation.xml"), "课件.pptx"),
        ("第一条\r\n全角　空格".encode(), "说明.txt"),
        ("第一条".encode("gb18030"), "说明.txt"),
        (picture("PNG"), "图.png"),
    ],
)
def test_files_that_are_what_they_say_are_kept(activity, data, name):
    document = keep(activity, data, name)

    assert document.title == name.rpartition(".")[0]
    assert name.rpartition(".")[0] not in document.file.name


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<script>", "讲义.pdf"),
        (b"MZ", "讲义.exe"),
        (b"<html>", "讲义.html"),
        (b"PK\x03\x04", "讲义.docx"),
        (an_office_file("word/document.xml"), "表.xlsx"),
        (an_office_file("word/document.xml", "word/vbaProject.bin"), "宏.docx"),
        (b"\x00\x01\x02", "说明.txt"),
        (b"%PDF-", "讲义"),
        (b"no picture", "图.jpg"),
        (b"%PDF-" + b" " * MOST_BYTES, "大.pdf"),
    ],
)
def test_files_that_are_something_else_are_refused_and_nothing_is_kept(activity, data, name):
    with pytest.raises(ProgrammeError):
        keep(activity, data, name)

    assert not Document.objects.exists()


def test_a_photo_is_a_picture(activity):
    with pytest.raises(ProgrammeError, match="照片请上传"):
        keep(activity, b"%PDF-1.7\n", "讲义.pdf", kind=Document.Kind.PHOTO)


def test_of_several_files_one_of_which_is_refused_none_stays_on_the_disk(activity, settings):
    files = [upload("好".encode(), "a.txt"), upload(b"MZ", "x.exe")]
    before = set(settings.MEDIA_ROOT.rglob("*.txt"))

    with pytest.raises(ProgrammeError, match="格式不能上传"):
        keep_documents(files=files, titles=["", ""], kind=Document.Kind.MATERIAL, activity=activity)

    assert set(settings.MEDIA_ROOT.rglob("*.txt")) == before
