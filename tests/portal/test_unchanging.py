"""A form that nobody has filled in is made once, and a form that somebody has filled in is theirs."""

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form

from petitions.forms.desk import RevealForm
from petitions.forms.public import RateForm, SupplementForm
from petitions.views.tracking import FORMS
from portal.templatetags.unchanging import crispy_unchanging

BLANK = [
    RevealForm,
    *(form_class for form_class, _service, _label in FORMS.values() if form_class is not SupplementForm),
]


@pytest.mark.parametrize("form_class", BLANK)
@pytest.mark.parametrize("auto_id", ["id_%s", "reveal-%s"])
def test_a_blank_form_reads_as_it_does_when_made_anew(form_class, auto_id):
    for _n in range(2):
        assert crispy_unchanging(form_class(auto_id=auto_id)) == as_crispy_form(form_class(auto_id=auto_id))


def test_what_was_typed_and_what_is_wrong_with_it_stand_in_no_other_form():
    typed = RateForm({"process": "satisfied", "text": "灯又灭了"})
    typed.add_error(None, "这件事已经评价过了。")
    shown = crispy_unchanging(typed)

    assert "灯又灭了" in shown
    assert "这件事已经评价过了。" in shown
    for other in (RateForm(), RateForm({})):
        assert "灯又灭了" not in crispy_unchanging(other)
        assert "这件事已经评价过了。" not in crispy_unchanging(other)


def test_forms_of_a_kind_beside_each_other_keep_their_names_apart():
    assert 'name="second-text"' in crispy_unchanging(RateForm(prefix="second"))


def test_each_form_with_a_key_of_its_own_keeps_its_key():
    one, other = SupplementForm(), SupplementForm()

    assert str(one.initial["draft_key"]) in crispy_unchanging(one)
    assert str(other.initial["draft_key"]) in crispy_unchanging(other)
