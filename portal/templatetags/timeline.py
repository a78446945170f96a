"""What happened, line by line; some matters have hundreds of lines, for which a template would be slow."""

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

register = template.Library()

LINE = (
    "<li{}>"
    '<div class="timeline-head"><span class="timeline-what">{}</span>{}</div>'
    '<div class="timeline-who"><time datetime="{}">{}</time>　{}</div>'
    "{}{}</li>"
)


@register.simple_tag
def timeline(events):
    """Show what happened in the order given (newest first reads best).

    Of an event it reads ``at`` (aware), ``label`` (words of the action), ``actor_label``, ``text``, ``public`` and, where
    it has one, ``link`` (a page of the desk that tells more).
    """
    return format_html('<ol class="timeline">{}</ol>', format_html_join("", LINE, map(_cells, events)))


def _cells(event):
    at, link = timezone.localtime(event.at), getattr(event, "link", "")
    return (
        "" if event.public else format_html(' class="{}"', "timeline-inside"),
        event.label,
        "" if event.public else format_html('<span class="tag">{}</span>', _("仅内部可见")),
        at.isoformat(),
        f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}",
        event.actor_label,
        format_html("<p>{}</p>", event.text) if event.text else "",
        format_html('<p><a href="{}">{}</a></p>', link, _("查看详情")) if link else "",
    )
