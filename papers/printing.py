"""A paper as PDF: everything that stands on its sheet as plain data, and the setting of it."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from workdays.services import spoken

from .models import Paper
from .typesetting import qr_svg, typeset

TEMPLATE = "papers/typst/paper.typ"
ACKNOWLEDGED = (Paper.Kind.HAND_OVER, Paper.Kind.SUPERVISION)


def as_pdf(paper: Paper) -> bytes:
    """The paper as a PDF; ``paper.office`` is read. Raises ``papers.errors.TypesettingError``."""
    return typeset(TEMPLATE, contents(paper))


def as_file(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """A file to keep, which no cache keeps."""
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


def verify_address(paper: Paper) -> str:
    """The absolute address at which a holder finds out whether a paper is genuine."""
    return f"{settings.SITE_URL}{reverse('papers:verified', args=[paper.spoken_code])}"


def contents(paper: Paper) -> dict:
    """Everything that stands on the sheet; PDF and DOCX are made of the same."""
    where = f"{settings.SITE_URL}{reverse('papers:verify')}"
    return {
        "kind": paper.get_kind_display(),
        "office": paper.office_name,
        "number": paper.number,
        "title": paper.title,
        "addressee": paper.addressee,
        "opening": paper.opening,
        "facts": paper.facts,
        "body": paper.body,
        "sheet": paper.sheet,
        "closing": paper.closing,
        "note": paper.note,
        "date": spoken(timezone.localdate(paper.issued_at)),
        "red": paper.is_red,
        "slip": paper.kind in ACKNOWLEDGED,
        "rating": _rating(paper) if paper.kind == Paper.Kind.CONSULT else None,
        "code": paper.spoken_code,
        "digest": paper.spoken_digest,
        "verify_at": where.partition("://")[2],
        "qr": qr_svg(verify_address(paper)),
    }


def _rating(paper):
    """The boxes to tick, and the way to the page where the same can be said."""
    track = f"{settings.SITE_URL}{reverse('petitions:track')}"
    return {
        "grades": [_("满意"), _("基本满意"), _("不满意")],
        "asked": [_("办理态度与过程"), _("办理结果")],
        "at": track.partition("://")[2],
        "qr": qr_svg(f"{track}?number={paper.case_number}"),
    }
