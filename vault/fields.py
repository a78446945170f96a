"""Fields for what residents tell: plain text, a telephone number, photos; with the words of their refusals."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .notice import CURRENT, VERSIONS

MOBILE_DIGITS = 11
# Marks that turn the direction of reading can make a text look like another.
TURNING = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class PlainField(forms.CharField):
    """Text without control characters; ``lines`` keeps its line ends, as one sign each."""

    def __init__(self, *, lines=False, **options):
        self.lines = lines
        options.setdefault("widget", forms.Textarea(attrs={"rows": 6}) if lines else forms.TextInput)
        super().__init__(**options)
        self.error_messages["max_length"] = gettext_lazy("最多%(limit_value)d字，您写了%(show_value)d字，请删减一些。")

    def to_python(self, value):
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        kept = "\n\t" if self.lines else ""
        return super().to_python(
            "".join(
                sign
                for sign in (text if self.lines else " ".join(text.split()))
                if sign in kept or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in TURNING)
            )
        )


class PhoneField(PlainField):
    """A mobile or landline number of the mainland; full-width digits, blanks, dashes and +86 are forgiven."""

    def clean(self, value):
        typed = super().clean(value)
        digits = unicodedata.normalize("NFKC", typed).translate(str.maketrans("", "", " -—()"))
        digits = digits.removeprefix("+86").removeprefix("0086")
        if digits:
            _check_phone(digits)
        return digits


def _check_phone(digits):
    if not digits.isascii() or not digits.isdigit():
        raise ValidationError(_("电话号码里只能有数字，请核对。"))
    if digits.startswith("0"):
        if not 10 <= len(digits) <= 12:
            raise ValidationError(_("座机号应为区号加7位或8位号码，例如0319-0000101。"))
    elif len(digits) != MOBILE_DIGITS:
        hint = _("座机请在前面加上区号。") if len(digits) in (7, 8) else ""
        raise ValidationError(_("手机号应为11位数字，您填了%(n)d位。") % {"n": len(digits)} + hint)
    elif digits[0] != "1" or digits[1] in "012":
        raise ValidationError(_("手机号应以13至19开头，请核对。"))


class PhotosField(forms.FileField):
    """Any number of files; the service that keeps them says what is wrong with one."""

    class Input(forms.FileInput):
        allow_multiple_selected = True

    widget = Input

    def clean(self, data, initial=None):
        return list(data) if isinstance(data, (list, tuple)) else [data] if data else []


class NoticeField(forms.TypedChoiceField):
    """The version of the privacy notice that stood beside the fields of an identity; a version that never was counts as none."""

    def __init__(self):
        super().__init__(coerce=int, empty_value=0, required=False, initial=CURRENT, widget=forms.HiddenInput)

    def clean(self, value):
        return int(value) if str(value) in map(str, VERSIONS) else 0
