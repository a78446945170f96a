"""Requests of programs that are sent again: done once, and answered as the first time.

As draft-ietf-httpapi-idempotency-key-header-07 has it: the same ``Idempotency-Key`` with the same content is answered from
what was kept, with other content it is refused (422), and while the first one is under way it has to wait (409). Refusals
are not kept: nothing was done, so the request may be mended and sent under the same key.
"""

import hmac
import json
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from accounts.codes import keyed_hash

from .models import KeptAnswer
from .sealing import seal, unseal

HEADER = "Idempotency-Key"
LONGEST_KEY = 128
REPEATED = OpenApiParameter(HEADER, location="header", description="Sent again, it is answered as the first time.")
KEPT = timedelta(hours=24)  # default
# A request that has not ended by then was killed: no statement may take longer than 15 seconds.
UNDER_WAY = timedelta(minutes=2)


class KeyReused(APIException):
    """The key was used for something else."""

    status_code = 422


class StillRunning(APIException):
    """The first request of this key is under way."""

    status_code = 409


def once(request, work: Callable[[], tuple[dict, int]]) -> Response:
    """Answer with what ``work`` returns (a JSON object and a status), done once for the request's key, where it has one.

    What ``work`` changes and the answer that is kept are one transaction. Raises ValidationError for a key that is none,
    KeyReused, StillRunning, and whatever ``work`` raises.
    """
    if HEADER not in request.headers:
        answer, status = work()
        return Response(answer, status=status)
    key, fingerprint = _key_of(request), _fingerprint_of(request)
    if not _claim(key, fingerprint):
        return _kept(key, fingerprint)
    try:
        with transaction.atomic():
            answer, status = work()
            KeptAnswer.objects.filter(key=key).update(status=status, sealed=seal(json.loads(_written(answer))))
    except Exception:
        KeptAnswer.objects.filter(key=key, status=None).delete()
        raise
    return Response(answer, status=status)


def _key_of(request) -> str:
    """The key within what belongs to one caller: a user, or a network address."""
    written = request.headers[HEADER].strip()
    if not 0 < len(written) <= LONGEST_KEY or not written.isascii() or not written.isprintable():
        raise ValidationError({HEADER: [_("Idempotency-Key应为1至128个可见的ASCII字符。")]})
    caller = f"user:{request.user.pk}" if request.user.is_authenticated else f"from:{request.META['REMOTE_ADDR']}"
    return keyed_hash(f"{caller}\n{written}")


def _fingerprint_of(request) -> str:
    code = request.headers.get("X-Query-Code", "")
    # Under a key, as what was sent may hold a name and a phone that could be guessed.
    return keyed_hash("\n".join([request.method, request.get_full_path(), code, _written(request.data)]))


def _written(facts) -> str:
    return json.dumps(facts, cls=JSONEncoder, sort_keys=True)


def _claim(key: str, fingerprint: str) -> bool:
    """Take a key that is free, whose answer is a day old, or whose request was killed; one statement, so that one wins."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO vault_keptanswer AS kept (key, fingerprint, begun_at) VALUES (%s, %s, %s)
            ON CONFLICT (key) DO UPDATE SET
                fingerprint = excluded.fingerprint, begun_at = excluded.begun_at, status = NULL, sealed = NULL
            WHERE kept.begun_at < %s OR (kept.status IS NULL AND kept.begun_at < %s)
            RETURNING 1
            """,
            [key, fingerprint, now, now - KEPT, now - UNDER_WAY],
        )
        return cursor.fetchone() is not None


def _kept(key: str, fingerprint: str) -> Response:
    kept = KeptAnswer.objects.filter(key=key).first()
    if kept is not None and not hmac.compare_digest(kept.fingerprint, fingerprint):
        raise KeyReused(_("这个Idempotency-Key已用于另一次提交，请换一个。"))
    if kept is None or kept.status is None:
        raise StillRunning(_("同一个Idempotency-Key的请求正在办理，请稍后再试。"))
    return Response(unseal(kept.sealed), status=kept.status)


def purge_answers() -> int:
    """Remove what was kept for a day; return how many."""
    return KeptAnswer.objects.filter(begun_at__lt=timezone.now() - KEPT).delete()[0]
