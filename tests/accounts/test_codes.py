"""What people type from paper is forgiven; what is drawn has no character that is misread."""

import pytest

from accounts import codes


@pytest.mark.parametrize("typed", ["7k2mp-x9q4z", "７Ｋ２ＭＰＸ９Ｑ４Ｚ", " 7K2 MP-X9Q 4Z ", "7K2MP—X9Q4Z"])
def test_a_code_is_forgiven_its_case_width_blanks_and_dashes(typed):
    assert codes.plain(typed) == "7K2MPX9Q4Z"


def test_letters_that_look_like_digits_are_read_as_digits():
    assert codes.plain("OIL00-00000") == "0110000000"
    assert not set("OILU") & set(codes.ALPHABET)
