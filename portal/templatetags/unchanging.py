"""Parts that are made once: for a process where they look the same on many pages, for a page where they stand twice."""

from functools import lru_cache

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

register = template.Library()

KEPT = 500  # parts that a process keeps


@register.simple_tag
def unchanging(name, **values):
    """Show a template that reads nothing but these values, which are hashable."""
    made = _made.__wrapped__ if settings.DEBUG else _made
    return made(name, tuple(values.items()))


@register.simple_block_tag
def kept(content):
    """Keep what a block shows under a name, to show it a second time: ``{% kept as menu %}…{% endkept %}``."""
    return content


@register.filter
def crispy_unchanging(form):
    """Show a form as ``crispy`` does; for those whose class, made without anything, is the same for everybody every day.

    One that is filled in, has its first values from elsewhere, or stands beside others of its kind is shown as it is.
    """
    if form.is_bound or form.initial or form.prefix or settings.DEBUG:
        return as_crispy_form(form)
    return _blank(type(form), form.auto_id)


@lru_cache(KEPT)
def _blank(form_class, auto_id):
    return as_crispy_form(form_class(auto_id=auto_id))


@lru_cache(KEPT)
def _made(name, values):
    return mark_safe(render_to_string(name, dict(values)))  # noqa: S308 - our own template
