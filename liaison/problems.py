"""Errors of the API as RFC 9457 has them (application/problem+json), with a sentence in Chinese and one in English."""

from http import HTTPStatus

from django.core.exceptions import ValidationError as NotValid
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
    429: "Too many requests; try again later.",
}
CHINESE = {404: gettext_lazy("没有找到，或者您无权查看。"), 415: gettext_lazy("请以JSON提交。")}


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
    response.data = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(CHINESE.get(status) or detail or _("提交的内容有误，请按提示修改。")),
        "detail_en": ENGLISH.get(status, HTTPStatus(status).phrase),
    }
    response.data |= getattr(error, "members", {})
    if faults:
        response.data["errors"] = faults if isinstance(faults, dict) else {"non_field_errors": faults}
    response.content_type = "application/problem+json"
    return response
