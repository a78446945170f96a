"""Numbers and codes: what people type is forgiven, what is drawn cannot be guessed."""

import re

import pytest

from vault import codes


@pytest.mark.parametrize("typed", ["7k2mp-x9q4z", "７Ｋ２ＭＰＸ９Ｑ４Ｚ", " 7K2 MP-X9Q 4Z ", "7K2MP—X9Q4Z"])
def test_a_code_is_forgiven_its_case_width_blanks_and_dashes(typed):
    assert codes.plain_code(typed) == "7K2MPX9Q4Z"


def test_letters_that_look_like_digits_are_read_as_digits():
    assert codes.plain_code("OIL00-00000") == "0110000000"
    assert not set("OILU") & set(codes.ALPHABET)


def test_codes_are_drawn_from_fifty_bits():
    drawn = {codes.make_code() for _ in range(500)}

    assert len(drawn) == 500
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code) for code in drawn)
