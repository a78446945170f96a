"""Open311 GeoReport v2 over HTTP: JSON and XML by the address's ending; nothing here needs a session."""

from functools import wraps

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.throttles import count_read, seconds_left
from petitions import georeport
from petitions import services as actions
from petitions.errors import ActionError
from petitions.forms.georeport import filled_form
from stations.models import Station

XML = "text/xml; charset=utf-8"


def _answer(kind, root, value, status=200, *, own=False):
    """``own``: what only one resident may read, so that pages of other sites do not."""
    headers = {"Cache-Control": "no-store"} | ({} if own else {"Access-Control-Allow-Origin": "*"})
    if kind == "xml":
        return HttpResponse(georeport.as_xml(root, value), content_type=XML, status=status, headers=headers)
    options = {"json_dumps_params": {"ensure_ascii": False}, "headers": headers}
    return JsonResponse(value, safe=False, status=status, **options)


def _refusal(kind, status, *sentences):
    return _answer(kind, "errors", [{"code": status, "description": text} for text in sentences], status)


def counted(view):
    """Count reads together with those of the API; what is sent is counted by the services."""

    @wraps(view)
    def checked(request, *, kind, **named):
        if request.method != "POST" and not count_read(f"from:{request.META['REMOTE_ADDR']}"):
            refusal = _refusal(kind, 429, _("请求太频繁，请稍后再试。"))
            refusal.headers["Retry-After"] = seconds_left()
            return refusal
        return view(request, kind=kind, **named)

    return checked


@require_safe
@counted
def discovery(request, kind):
    """Where clients find the service."""
    return _answer(kind, "discovery", georeport.discovery())


@require_safe
@counted
def services(request, kind):
    """What may be reported."""
    return _answer(kind, "services", georeport.services())


@require_safe
@counted
def service(request, code, kind):
    """What one service asks for."""
    found = georeport.definition(code)
    if found is None:
        return _refusal(kind, 404, _("没有这类服务。"))
    return _answer(kind, "service_definition", found)


@csrf_exempt  # no session is asked for, so none can be abused
@require_http_methods(["GET", "HEAD", "POST"])
@counted
def requests(request, kind):
    """Published cases by filter; or report one."""
    if request.method == "POST":
        return _report(request, kind)
    try:
        found = georeport.requests(request.GET.dict())
    except georeport.QueryError as refusal:
        return _refusal(kind, 400, str(refusal))
    return _answer(kind, "service_requests", found)


@require_safe
@counted
def service_request(request, number, kind):
    """One published case; or one's own, with its code in the header ``X-Query-Code``."""
    code, found = request.headers.get("X-Query-Code", ""), None
    if code:
        proposer = actions.find(number=number[:40], code=code[:40], address=request.META["REMOTE_ADDR"])
        found = proposer and georeport.own(proposer)
    else:
        found = georeport.published(number)
    if found is None:
        return _refusal(kind, 404, _("没有找到，或者没有公开。"))
    return _answer(kind, "service_requests", [found], own=bool(code))


def _report(request, kind):
    """Take in a case by the public form; the notice gives the query code, once."""
    typed = request.POST
    code = typed.get("attribute[station]") or typed.get("address_id", "")
    station = Station.objects.active().select_related("region__parent").filter(code=code.replace("\x00", "")).first()
    if station is None:
        return _refusal(kind, 400, _("请在attribute[station]里写明联络站编号。"))
    form = filled_form(typed, station)
    if form is None:
        return _refusal(kind, 400, _("没有这类服务，请核对service_code。"))
    if not form.is_valid():
        return _refusal(kind, 400, *(str(text) for texts in form.errors.values() for text in texts))
    try:
        signs = actions.admit(address=request.META["REMOTE_ADDR"])
    except ActionError as refusal:
        return _refusal(kind, 429, str(refusal))
    petition, query_code = actions.submit(**form.facts() | {"draft_key": None, "signs": signs})
    notice = _("查询码：%(code)s。请记好，只显示这一次。") % {"code": query_code}
    told = {"service_request_id": petition.number, "service_notice": notice, "account_id": None}
    return _answer(kind, "service_requests", [told], 201, own=True)
