"""Keeping files: pictures are encoded anew, documents are looked into before they are kept; names are never trusted."""

import datetime as dt
import io
import zipfile
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from programmes.errors import ProgrammeError
from programmes.models import Document
from vault.errors import PictureError
from vault.files import keep_files
from vault.pictures import encode_anew

MOST_BYTES = 20 * 1024 * 1024  # default
PICTURES = (".jpg", ".jpeg", ".png", ".webp")
# What is offered for choosing in a form's file field.
ACCEPTED = ".pdf,.docx,.xlsx,.pptx,.txt,.jpg,.jpeg,.png,.webp"
# The part that makes an Office file what its ending says.
OFFICE_PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
MOST_PARTS = 5000
ENCODINGS = ("utf-8-sig", "gb18030")


@transaction.atomic
def keep_document(
    *,
    file,
    kind: str,
    title: str = "",
    public: bool = False,
    by: User | None = None,
    by_label: str = "",
    at: dt.datetime | None = None,
    **owner,
) -> Document:
    """Keep an uploaded file of one ``programme``, ``item``, ``activity`` or ``meeting``; the caller checked the right to.

    A picture is encoded anew without EXIF; PDF, Word, Excel, PowerPoint and plain text are checked by their content, and
    files with macros refused. Without a ``title`` the file's own name stands. ``by_label`` names who has no account.
    Raises ProgrammeError for what is too large (20 MB by default; pictures 10 MB), of another kind, or not what it says.
    """
    suffix = PurePath(file.name).suffix.lower()
    is_picture = suffix in PICTURES
    content, suffix = (_picture(file), ".jpg") if is_picture else (_checked(file, suffix), suffix)
    if kind == Document.Kind.PHOTO and not is_picture:
        raise ProgrammeError(_("照片请上传JPG、PNG或WebP格式。"))
    document = Document(
        kind=kind,
        title=(title.strip() or PurePath(file.name).stem)[: Document._meta.get_field("title").max_length],
        is_picture=is_picture,
        size=len(content),
        public=public,
        added_at=at or timezone.now(),
        added_by=by,
        added_by_label=by_label or (by.name if by else ""),
        **owner,
    )
    try:
        keep_files([(document.file, f"document{suffix}", content)])
    except PictureError as refusal:
        raise ProgrammeError(str(refusal)) from refusal
    return document


def keep_documents(*, files: list, titles: list[str], **facts) -> list[Document]:
    """Keep several files as ``keep_document`` does, all or none: of what is rolled back, nothing stays on the disk."""
    kept = []
    try:
        for file, title in zip(files, titles, strict=True):
            kept.append(keep_document(file=file, title=title, **facts))
    except ProgrammeError:
        for document in kept:
            document.file.storage.delete(document.file.name)
        raise
    return kept


@transaction.atomic
def remove_document(*, document: Document) -> None:
    """Take a file away, as one with a resident's face in it; the stored file goes after the commit."""
    storage, name = document.file.storage, document.file.name
    document.delete()
    transaction.on_commit(lambda: storage.delete(name))


def _picture(file) -> bytes:
    try:
        return encode_anew(file)[0]
    except PictureError as refusal:
        raise ProgrammeError(str(refusal)) from None


def _checked(file, suffix: str) -> bytes:
    """The bytes of a document that is what its ending says."""
    name = {"name": file.name}
    if file.size > MOST_BYTES:
        raise ProgrammeError(_("文件“%(name)s”超过20 MB，请换一个小一些的。") % name)
    content = file.read()
    if suffix == ".pdf":
        is_sound = content.startswith(b"%PDF-")
    elif suffix in OFFICE_PARTS:
        is_sound = _is_office(content, suffix)
    elif suffix == ".txt":
        is_sound = _is_text(content)
    else:
        raise ProgrammeError(_("“%(name)s”的格式不能上传，请用PDF、Word、Excel、PPT、文本或照片。") % name)
    if not is_sound:
        raise ProgrammeError(_("“%(name)s”的内容和格式不符，或者含有宏，请另存一份再上传。") % name)
    return content


def _is_office(content: bytes, suffix: str) -> bool:
    """Whether this is an Office file of that kind without macros; only its list of parts is read, nothing unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = parts.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return len(names) <= MOST_PARTS and OFFICE_PARTS[suffix] in names and not has_macros


def _is_text(content: bytes) -> bool:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(sign.isprintable() or sign in "\r\n\t\u3000\xa0\ufeff" for sign in text)
    return False
