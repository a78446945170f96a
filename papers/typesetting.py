"""Papers and posters as PDF, set by Typst from a template and plain data."""

import io
import json
from pathlib import Path

import manimgx_fonts_cjk
import segno
import typst
from django.conf import settings

FONTS = [str(Path(manimgx_fonts_cjk.__file__).parent)]


def typeset(template: str, data: dict) -> bytes:
    """Return a PDF of ``template`` (a path below the project, such as ``deputies/typst/poster.typ``).

    ``data`` reaches the template as JSON and is never read as markup, so that no word of it can break or bend the page.
    Fonts are embedded; the office's own 仿宋 and 宋体 come first where they are installed.
    """
    return typst.compile(
        str(settings.BASE_DIR / template),
        root=str(settings.BASE_DIR),
        font_paths=FONTS,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def qr_svg(address: str) -> str:
    """A QR code of an absolute address as SVG text, for ``image(bytes(…))`` in a template."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=0)
    return drawn.getvalue().decode()
