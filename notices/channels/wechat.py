"""WeChat: a template message of the office's own service account (服务号), with the title and a link.

The template has the keywords ``thing1`` (what) and ``time2`` (when). WeChat knows ``client_msg_id`` for ten minutes and
sends one message for it. https://developers.weixin.qq.com/doc/service/api/notify/template/
"""

import contextlib

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from .errors import RefusedError
from .http import post

name = "wechat"
LONGEST_THING = 20  # characters of a keyword
TOKEN = "wechat-access-token"  # noqa: S105 - the name it is kept under
# No such follower, no such template, a follower who has refused: trying again is no use.
FOR_GOOD = {40003, 40037, 43004, 43101, 43116, 47003}
TOKEN_IS_OLD = {40001, 40014, 42001}


def send(address: str, letters: list, number: str) -> str:
    """Hand one template message to WeChat; many letters are one, which leads to the inbox."""
    one = len(letters) == 1
    title = letters[0].title if one else _("您有 %(count)s 条消息") % {"count": len(letters)}
    link = letters[0].link if one else reverse("notices:messages")
    facts = {
        "touser": address,
        "template_id": settings.WECHAT_TEMPLATE,
        "url": f"{settings.SITE_URL}{link}" if link else "",
        "client_msg_id": number,
        "data": {
            "thing1": {"value": _end_of(title)},
            "time2": {"value": date_format(timezone.localtime(), "Y年n月j日 H:i")},
        },
    }
    answer = post(f"{settings.WECHAT_URL}/cgi-bin/message/template/send?access_token={_access_token()}", facts, {})
    _check(answer)
    return _("微信已接收 %(number)s") % {"number": answer.get("msgid", "")}


def _end_of(title: str) -> str:
    """The end of a title says what is asked; its beginning is mostly a number."""
    return title if len(title) <= LONGEST_THING else f"…{title[1 - LONGEST_THING :]}"


def _access_token() -> str:
    """The token of the hour; WeChat gives the same one again where the cache has lost it."""
    with contextlib.suppress(RedisError):
        if kept := cache.get(TOKEN):
            return kept
    facts = {"grant_type": "client_credential", "appid": settings.WECHAT_APP_ID, "secret": settings.WECHAT_SECRET}
    answer = post(f"{settings.WECHAT_URL}/cgi-bin/stable_token", facts, {})
    if "access_token" not in answer:
        raise ValueError(f"{answer.get('errcode')} {answer.get('errmsg')}")
    with contextlib.suppress(RedisError):
        cache.set(TOKEN, answer["access_token"], max(int(answer.get("expires_in", 0)) - 300, 1))
    return answer["access_token"]


def _check(answer: dict) -> None:
    code = answer.get("errcode")
    if code == 0:
        return
    if code in TOKEN_IS_OLD:
        with contextlib.suppress(RedisError):
            cache.delete(TOKEN)
    words = f"{code} {answer.get('errmsg', '')}"
    raise RefusedError(words) if code in FOR_GOOD else ValueError(words)
