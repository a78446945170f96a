"""Papers and posters as PDF, set by Typst from a template and plain data."""

import io
import json
from functools import cache
from pathlib import Path
from threading import Lock

import manimgx_fonts_cjk
import segno
import typst
from django.conf import settings

from papers.errors import TypesettingError

FONTS = [str(Path(manimgx_fonts_cjk.__file__).parent)]
# The compiler knows the fonts after its first page, and takes one page at a time.
_one_at_a_time = Lock()


@cache
def _compiler():
    return typst.Compiler(root=str(settings.BASE_DIR), font_paths=FONTS)


def typeset(template: str, data: dict) -> bytes:
    """Return a PDF of ``template`` (a path below the project, such as ``deputies/typst/poster.typ``).

    ``data`` reaches the template as JSON and is never read as markup, so that no word of it can break or bend the page.
    Fonts are embedded; the office's own 仿宋 and 宋体 come first where they are installed. The same data makes the same
    bytes. Raises ``TypesettingError`` when the template is wrong or misses something in the data.
    """
    source = str(settings.BASE_DIR / template)
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        with _one_at_a_time:
            return _compiler().compile(source, sys_inputs=inputs)
    except RuntimeError as error:
        raise TypesettingError(f"{template}: {error}") from error


def qr_svg(address: str) -> str:
    """A QR code (level M) of an absolute address as SVG text, for ``image(bytes(…))``; the template leaves the margin."""
    drawn = io.BytesIO()
    segno.make(address, error="m", boost_error=False).save(drawn, kind="svg", border=0)
    return drawn.getvalue().decode()
