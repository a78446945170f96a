"""Parts that are made once: for a process where they look the same on every page of a kind, for a page where they stand twice."""

from functools import cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag
def unchanging(name, view_name=""):
    """Show a template that reads nothing but ``view_name``, the name of the view that is shown."""
    made = _made.__wrapped__ if settings.DEBUG else _made
    return made(name, view_name)


@register.simple_block_tag
def kept(content):
    """Keep what a block shows under a name, to show it a second time: ``{% kept as menu %}…{% endkept %}``."""
    return content


@cache
def _made(name, view_name):
    return mark_safe(render_to_string(name, {"view_name": view_name}))  # noqa: S308 - our own template
