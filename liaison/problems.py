"""Errors of the API as RFC 9457 has them (application/problem+json), with a sentence in Chinese and one in English."""

from http import HTTPStatus

from django.core.exceptions import ValidationError as NotValid
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from rest_framework import exceptions
from rest_framework.views import exception_handler

ENGLISH = {
    400: "What was sent has faults; see errors.",
    401: "Sign in first.",
    403: "You may not do this.",
    404: "There is nothing here that you may see.",
    405: "This address does not take that method.",
    409: "The action cannot be taken now.",
    415: "Send JSON.",
    422: "This Idempotency-Key was used for another request.",
    500: "The portal has a fault; it is on record.",
    429: "Too many requests; try again later.",
}
MEDIA_TYPE = "application/problem+json"
API = "/api/"
CHINESE = {
    404: gettext_lazy("没有找到，或者您无权查看。"),
    415: gettext_lazy("请以JSON提交。"),
    500: gettext_lazy("系统出错了，已经记录，请稍后再试。"),
}


def problem(error, context):
    """The answer to an error: type, title and detail_en in English, detail in Chinese, ``errors`` by field where known.

    An error with ``members`` of its own (a dict) tells them as well.
    """
    if isinstance(error, NotValid):
        error = exceptions.ValidationError(error.messages)
    response = exception_handler(error, context)
    if response is None:
        return None
    status, said = response.status_code, response.data
    faults = said if isinstance(error, exceptions.ValidationError) else None
    detail = "" if faults else str(said.get("detail", ""))
    response.data = _facts(status, detail) | getattr(error, "members", {})
    if faults:
        response.data["errors"] = faults if isinstance(faults, dict) else {"non_field_errors": faults}
    response.content_type = MEDIA_TYPE
    return response


def _facts(status, detail=""):
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(CHINESE.get(status) or detail or _("提交的内容有误，请按提示修改。")),
        "detail_en": ENGLISH.get(status, HTTPStatus(status).phrase),
    }


def bad_request(request, exception):
    """An address or a request that no view was asked about: as a problem below /api/, else as a page."""
    return _problem(400) if request.path.startswith(API) else defaults.bad_request(request, exception)


def page_not_found(request, exception):
    """An address that leads nowhere: as a problem below /api/, else as a page."""
    return _problem(404) if request.path.startswith(API) else defaults.page_not_found(request, exception)


def server_error(request):
    """A fault of the portal: as a problem below /api/, else as a page."""
    return _problem(500) if request.path.startswith(API) else defaults.server_error(request)


def _problem(status):
    return JsonResponse(_facts(status), status=status, content_type=MEDIA_TYPE)
