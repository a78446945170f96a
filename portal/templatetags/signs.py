"""Signs and single facts; there are dozens on a page, so that each is written without a template. Loaded for every template."""

from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.template.base import render_value_in_context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.once import asked_once

register = template.Library()

# How a duty stands (supervision.clock): class and words; the icon is light-…
LIGHTS = {
    "green": ("light light-green", _("正常")),
    "yellow": ("light light-yellow", _("快到期")),
    "red": ("light light-red", _("已超期")),
    "paused": ("light", _("暂停计时")),
    "stopped": ("light", _("已完成")),
}
# Where something stands: class, icon, and the codes that are shown so; every other code waits.
STATUSES = (
    ("status status-asking", "status-asking", ("needs_info", "rating", "draft", "asked", "parked")),
    ("status status-doing", "status-doing", ("accepted", "handling", "reviewing", "tracking", "open", "signed")),
    (
        "status status-done",
        "status-done",
        ("closed", "replied", "passed", "verified", "resolved", "satisfied", "sent"),
    ),
    ("status", "status-away", ("signposted", "merged")),
    ("status", "status-ended", ("refused", "withdrawn", "returned", "recalled", "sent_back", "broken")),
)
WAITING = ("status status-waiting", "status-waiting")
SHOWN = {code: (kind, sign) for kind, sign, codes in STATUSES for code in codes}
WORDS = 1000  # statuses with their words that a process keeps


@register.simple_tag
def icon(name):
    """Show a symbol of static/img/icons.svg; hidden from screen readers, as the word stands beside it."""
    made = _icon.__wrapped__ if settings.DEBUG else _icon
    return made(str(name))


register.tags["icon"] = asked_once(register.tags["icon"])


@register.simple_tag
def light(name):
    """Show how a duty stands, as shape, colour and word: "green", "yellow", "red", "paused" or "stopped"; else nothing."""
    if name not in LIGHTS:
        return ""
    kind, word = LIGHTS[name]
    return format_html('<span class="{}">{}{}</span>', kind, icon(f"light-{name}"), word)


@register.simple_tag
def status(code, label):
    """Show where a case, an assignment, a reply or a promise stands, as shape, colour and word (``label``)."""
    return _status(str(code), str(label))


@register.simple_tag(takes_context=True)
def definition(context, term, value):
    """Show one line of facts in ``<dl class="facts">``; nothing where there is no value."""
    if not value:
        return ""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", term, render_value_in_context(value, context))


@cache
def _icon(name):
    address = static("img/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', address, name
    )


@lru_cache(WORDS)
def _status(code, label):
    kind, sign = SHOWN.get(code, WAITING)
    return format_html('<span class="{}">{}{}</span>', kind, icon(sign), label)
