"""Tags that show the same on every page are asked once: the words of the interface, which has one language, and addresses.

A page has thirty of them, in which Django finds the same word or file anew each time.
"""

import re
from collections.abc import Callable
from functools import wraps

from django.template.base import Node
from django.templatetags import i18n, static

LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")


class Once(Node):
    """A tag that shows the same each time, and so is asked the first time only."""

    child_nodelists = ()

    def __init__(self, tag: Node):
        self._tag, self._shown = tag, {}

    def render(self, context):
        escaped = context.autoescape
        if escaped not in self._shown:
            self._shown[escaped] = self._tag.render(context)
        return self._shown[escaped]


def asked_once(compile_tag: Callable) -> Callable:
    """The same tag, but where it is given one literal and nothing else it is asked once, as long as its template is kept."""

    @wraps(compile_tag)
    def compile_once(parser, token):
        tag = compile_tag(parser, token)
        return Once(tag) if LITERAL.fullmatch(" ".join(token.split_contents()[1:])) else tag

    return compile_once


def ask_django_once() -> None:
    """Have Django's own tags asked once; called when the portal starts."""
    for library, name in ((i18n, "translate"), (i18n, "trans"), (static, "static")):
        library.register.tags[name] = asked_once(library.register.tags[name])
