"""How a due date came about; a case has a dozen clocks of thirty days each, for which templates would be slow."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def how_due(clock):
    """Show how a clock's due date was counted (``Clock.explanation``), as paragraphs and lists."""
    how, unit = clock.explanation, clock.get_unit_display()
    parts = [format_html("<p>{}</p>", _start(how, unit))]
    if how["skipped"]:
        days = ((_day(day["date"]), day["why"]) for day in how["skipped"])
        parts += [_titled(_("不计入的日子")), _list(days, "<li>{} {}</li>", "day-list")]
    if how["pauses"]:
        parts += [_titled(_("暂停计时")), _list(map(_pause, how["pauses"]), "<li>{}{}{} {}</li>")]
    if how["extensions"]:
        longer = (
            (_("延长 %(n)s %(unit)s") % {"n": more["length"], "unit": unit}, more["why"]) for more in how["extensions"]
        )
        parts += [_titled(_("延期")), _list(longer, "<li>{} {}</li>")]
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


def _start(how, unit):
    facts = {"day": _day(how["start"]), "n": how.get("length"), "unit": unit}
    if how["unit"] == "date":
        return _("按约定的日期到期，约定于 %(day)s") % facts
    return _("从 %(day)s的次日开始数，共 %(n)s %(unit)s") % facts


def _pause(pause):
    until = _day(pause["to"]) if pause["to"] else _("现在")
    return _day(pause["from"]), _("至 "), until, pause["why"]


def _day(iso):
    """2026-11-05 as 2026年11月5日."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def _titled(words):
    return format_html("<p>{}</p>", words)


def _list(rows, form, kind=""):
    begin = format_html('<ul class="{}">', kind) if kind else mark_safe("<ul>")
    return begin + format_html_join("", form, rows) + mark_safe("</ul>")
