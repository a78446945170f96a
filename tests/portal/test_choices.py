"""What a choice is called is what Django calls it, without looking all of its field's words up."""

import pytest
from django.apps import apps
from django.utils.translation import _trans

from accounts.models import Grant, Role
from petitions.models import Petition

OWN = [(Petition, "refusal_reason")]  # told in the model's own way
CHOSEN = [
    (model, field)
    for model in apps.get_models()
    for field in model._meta.fields
    if field.choices and (model, field.name) not in OWN
]


@pytest.mark.parametrize(("model", "field"), CHOSEN, ids=lambda part: getattr(part, "__name__", "") or part.name)
def test_each_choice_is_called_what_django_calls_it(model, field):
    for code in [*dict(field.flatchoices), "", None, "unheard of"]:
        row = model(**{field.attname: code})

        assert getattr(row, f"get_{field.name}_display")() == row._get_FIELD_display(field)


def test_what_a_model_tells_in_its_own_way_it_goes_on_telling():
    for model, name in OWN:
        assert vars(model)[f"get_{name}_display"].__module__ == model.__module__


def test_one_word_is_looked_up_for_one_choice(monkeypatch):
    asked, ask = [], _trans.gettext
    monkeypatch.setattr(_trans, "gettext", lambda word: asked.append(word) or ask(word))

    assert Petition(publication="private").get_publication_display() == asked.pop()
    assert Grant(role=Role.CLERK).get_role_display() == asked.pop()
    assert asked == []
