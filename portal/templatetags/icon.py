"""An icon beside a word; there are dozens on a page, so that each is written once for a process. Loaded for every template."""

from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def icon(name):
    """Show a symbol of static/img/icons.svg; hidden from screen readers, as the word stands beside it."""
    made = _made.__wrapped__ if settings.DEBUG else _made
    return made(str(name))


@cache
def _made(name):
    address = static("img/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', address, name
    )
