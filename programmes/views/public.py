"""Activities as residents find them: the list, an activity with its materials and result, signing up and giving it up."""

from urllib.parse import urlencode

import segno
from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.paging import read_leaf
from programmes.agenda import LEAF
from programmes.errors import ProgrammeError
from programmes.forms.guests import FindForm, SignUpForm
from programmes.models import Activity, Document, Guest
from programmes.services import guests
from vault import opened, receipts

private = cache_control(private=True, no_store=True)


def _announced():
    return Activity.objects.announced().select_related("region", "station")


@require_safe
def public_activities(request):
    """Activities to come, soonest first, or those that were, latest first."""
    is_past, now = "past" in request.GET, timezone.now()
    found = _announced().filter(ends_at__lte=now) if is_past else _announced().filter(ends_at__gt=now)
    by = "-starts_at" if is_past else "starts_at"
    rows, older = read_leaf(found, request.GET.get("after", ""), by=by, size=LEAF)
    context = {"rows": rows, "older": older, "is_past": is_past}
    return render(request, "programmes/public_activities.html", context)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def public_activity(request, pk):
    """One announced activity, and the form to sign up while there is a place."""
    activity = get_object_or_404(_announced(), pk=pk)
    if request.method == "POST":
        return _send(request, activity)
    return _show(request, activity, SignUpForm())


def _show(request, activity, form, *, status=200):
    documents = activity.documents.filter(public=True)
    closed = guests.closed_why(activity)
    left = 0 if closed else guests.places_left(activity)
    context = {
        "activity": activity,
        "form": form,
        "closed": closed,
        "left": left,
        "can_sign_up": bool(left),
        "materials": [each for each in documents if each.kind != Document.Kind.PHOTO],
        "photos": [each for each in documents if each.kind == Document.Kind.PHOTO],
    }
    return render(request, "programmes/public_activity.html", context, status=status)


def _send(request, activity):
    form = SignUpForm(request.POST)
    complete = form.is_valid()
    sent = Guest.objects.filter(submission_key=form.cleaned_data.get("submission_key"), activity=activity).first()
    if sent is not None:
        return _receive(request, sent, None)
    if not complete:
        return _show(request, activity, form, status=422)
    if not guests.may_sign_up(address=request.META["REMOTE_ADDR"]):
        form.add_error(None, _("这个网络一小时内报名的太多了，请过一会儿再报。您填写的内容都还在。"))
        return _show(request, activity, form, status=429)
    try:
        guest, code = guests.sign_up(activity=activity, **form.facts())
    except ProgrammeError as refusal:
        form.add_error(None, str(refusal))
        return _show(request, get_object_or_404(_announced(), pk=activity.pk), form, status=409)
    return _receive(request, guest, code)


def _receive(request, guest, code):
    number = guests.number_of(guest)
    receipts.keep_code(request.session, number=number, submission_key=guest.submission_key, code=code)
    opened.remember(request.session, "guests", number=number, pk=guest.pk)
    return redirect("programmes:signed_up", number)


def _opened(request, number):
    """The sign-up that this browser made or has opened, or None."""
    pk = opened.keys(request.session, "guests").get(number)
    return Guest.objects.select_related("activity__region", "activity__station").filter(pk=pk).first()


@private
@require_safe
def signed_up(request, number):
    """The number and the query code of a new sign-up, once."""
    guest = _opened(request, number)
    try:
        code = receipts.code_of(request.session, number)
    except KeyError:
        raise Http404 from None
    if guest is None:
        raise Http404
    find_address = f"{settings.SITE_URL}{reverse('programmes:sign_up_find')}"
    # The code stands in the fragment, which no server, proxy or log ever sees.
    address = f"{find_address}?number={number}#{code}"
    context = {
        "activity": guest.activity,
        "number": number,
        "code": code,
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2) if code else "",
        "find_address": find_address,
    }
    return render(request, "programmes/signed_up.html", context)


@private
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_find(request):
    """Open a sign-up with its number and query code. Whatever is wrong, the answer is the same."""
    if request.method != "POST":
        form = FindForm(initial={"number": request.GET.get("number", "")[:40]})
        return render(request, "programmes/sign_up_find.html", {"form": form})
    form = FindForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        found = guests.find(number=typed["number"][:40], code=typed["code"][:40], address=request.META["REMOTE_ADDR"])
        if found is not None:
            opened.remember(request.session, "guests", number=guests.number_of(found), pk=found.pk)
            return redirect("programmes:sign_up", guests.number_of(found))
        form.add_error(None, _("没有找到，或者查询码不对。请核对编号和查询码，过几分钟再试。"))
    return render(request, "programmes/sign_up_find.html", {"form": form}, status=422)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request, number):
    """When and where, as things stand now; by POST the place is given up."""
    guest = _opened(request, number)
    if guest is None:
        return redirect(f"{reverse('programmes:sign_up_find')}?{urlencode({'number': number})}")
    refusal = ""
    if request.method == "POST":
        try:
            guests.cancel_sign_up(guest=guest)
            return redirect("programmes:sign_up", number)
        except ProgrammeError as error:
            refusal, guest = str(error), _opened(request, number)
    may_cancel = guest.cancelled_at is None and not guests.closed_why(guest.activity)
    context = {
        "guest": guest,
        "activity": guest.activity,
        "number": number,
        "may_cancel": may_cancel,
        "refusal": refusal,
    }
    return render(request, "programmes/sign_up.html", context, status=409 if refusal else 200)


@require_POST
def sign_up_leave(request):
    """Close every sign-up that is open in this browser."""
    opened.forget(request.session, "guests", "receipts")
    return redirect("programmes:sign_up_find")
