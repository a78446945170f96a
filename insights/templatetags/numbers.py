"""The numbers of a table; there are hundreds on a page, for each of which a template of its own would be opened."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag
def number(figure, tone=""):
    """Show a figure (``insights.figures``) as a link to its cases; a nought leads nowhere, nor does what no list shows."""
    if not figure.value:
        return mark_safe('<span class="soft">0</span>')
    if not figure.to:
        return figure.value
    if tone:
        return format_html('<a href="{}" class="{}">{}</a>', figure.to, tone, figure.value)
    return format_html('<a href="{}">{}</a>', figure.to, figure.value)


@register.simple_tag
def per_cent(rate):
    """Show the rate beneath its number; nothing is said of fewer than five, whose rate is None."""
    return "" if rate is None else format_html('<span class="rate">{}%</span>', rate)
