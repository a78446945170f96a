"""The word of a choice, as ``get_…_display`` tells it, is found; Django would translate all words of a field to find one."""

from functools import partialmethod

from django.apps import apps
from django.utils.encoding import force_str


def find_words() -> None:
    """Give every model the quicker way, unless it has one of its own; called when the portal starts."""
    for model in apps.get_models():
        for field in model._meta.fields:
            name = f"get_{field.name}_display"
            if isinstance(field.choices, list) and isinstance(vars(model).get(name), partialmethod):
                setattr(model, name, _word_of(field.attname, dict(field.flatchoices)))


def _word_of(name, words):
    def word(self):
        code = getattr(self, name)
        return force_str(words.get(code, code), strings_only=True)

    return word
