"""Query codes: what is drawn cannot be guessed."""

import re

from vault import codes


def test_codes_are_drawn_from_fifty_bits():
    drawn = {codes.make_code() for _ in range(500)}

    assert len(drawn) == 500
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code) for code in drawn)
