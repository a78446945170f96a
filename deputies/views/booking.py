"""Booking a visit to a reception day, its receipt, and giving it up again."""

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

from deputies import services
from deputies.announcing import announced, with_all_told
from deputies.errors import ReceptionError
from deputies.forms.booking import BookingForm, FindForm
from deputies.models import Appointment, Reception
from vault import opened, receipts

OTHER_DAYS = 3

private = cache_control(private=True, no_store=True)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def book(request, pk):
    """One published day, and the form that books a slot of it while there is one."""
    reception = _day(pk)
    if request.method == "POST":
        return _send(request, reception)
    return _show(request, reception, BookingForm(reception=reception, free=services.free_slots(reception)))


def _day(pk):
    return get_object_or_404(with_all_told(Reception.objects), pk=pk)


def _show(request, reception, form, *, status=200):
    closed = services.closed_why(reception)
    can_book = not closed and bool(form.fields["slot"].choices)
    coming = reception.station.receptions.standing().upcoming(timezone.localdate()).exclude(pk=reception.pk)
    context = {
        "form": form,
        "reception": reception,
        "closed": closed,
        "can_book": can_book,
        "other_days": [] if can_book else announced(with_all_told(coming)[:OTHER_DAYS]),
    }
    return render(request, "deputies/book.html", context, status=status)


def _send(request, reception):
    form = BookingForm(request.POST, reception=reception, free=services.free_slots(reception))
    complete = form.is_valid()
    sent = Appointment.objects.filter(submission_key=form.cleaned_data.get("submission_key")).first()
    if sent is not None:
        return _receive(request, sent, None)
    if not complete:
        return _show(request, reception, form, status=422)
    if not services.may_book(address=request.META["REMOTE_ADDR"]):
        form.add_error(
            None, _("这个网络一小时内预约的太多了，请过一会儿再预约，也可以到时直接来。您填写的内容都还在。")
        )
        return _show(request, reception, form, status=429)
    try:
        appointment, code = services.book(reception=reception, **form.facts())
    except ReceptionError as refusal:
        form.add_error("slot", str(refusal))
        reception = _day(reception.pk)
        form.offer(services.free_slots(reception))
        return _show(request, reception, form, status=422)
    return _receive(request, appointment, code)


def _receive(request, appointment, code):
    key = appointment.submission_key
    receipts.keep_code(request.session, number=appointment.number, submission_key=key, code=code)
    return redirect("deputies:booked", appointment.number)


@private
@require_safe
def booked(request, number):
    """The number and the query code of a new booking, once, with when and where to come."""
    try:
        code = receipts.code_of(request.session, number)
    except KeyError:
        raise Http404 from None
    appointment = get_object_or_404(_appointments(), number=number)
    find_address = f"{settings.SITE_URL}{reverse('deputies:appointment_find')}"
    context = {
        "appointment": appointment,
        "reception": appointment.reception,
        "code": code,
        "qr": _qr(f"{find_address}?number={number}#{code}") if code else "",
        "find_address": find_address,
    }
    return render(request, "deputies/booked.html", context)


def _appointments():
    return Appointment.objects.select_related("reception__station").prefetch_related("reception__deputies")


def _qr(address):
    """The code stands in the fragment, which no server, proxy or log ever sees."""
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)


@private
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def appointment_find(request):
    """Open a booking with its number and query code. Whatever is wrong, the answer is the same."""
    if request.method != "POST":
        form = FindForm(initial={"number": request.GET.get("number", "")[:40]})
        return render(request, "deputies/appointment_find.html", {"form": form})
    form = FindForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        found = services.find(number=typed["number"][:40], code=typed["code"][:40], address=request.META["REMOTE_ADDR"])
        if found is not None:
            opened.remember(request.session, "appointments", number=found.number, pk=found.pk)
            return redirect("deputies:appointment", found.number)
        form.add_error(None, _("没有找到，或者查询码不对。请核对编号和查询码，过几分钟再试。"))
    return render(request, "deputies/appointment_find.html", {"form": form}, status=422)


def _opened(request, number):
    """The booking that this browser has opened, or None."""
    pk = opened.keys(request.session, "appointments").get(number)
    return _appointments().filter(pk=pk).first()


def _ask_for_code(number):
    return redirect(f"{reverse('deputies:appointment_find')}?{urlencode({'number': number})}")


@private
@require_safe
def appointment(request, number):
    """When and where to come, as things stand now; whoever has not opened it is asked for the code."""
    found = _opened(request, number)
    return _ask_for_code(number) if found is None else _page(request, found)


def _page(request, found, **facts):
    may_cancel = found.state == Appointment.State.BOOKED and timezone.now() < found.reception.ends_at
    context = {"appointment": found, "reception": found.reception, "may_cancel": may_cancel} | facts
    return render(request, "deputies/appointment.html", context, status=409 if "refusal" in facts else 200)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def appointment_cancel(request, number):
    """Ask once more, then give the slot back."""
    found = _opened(request, number)
    if found is None:
        return _ask_for_code(number)
    if request.method != "POST":
        context = {"appointment": found, "reception": found.reception}
        return render(request, "deputies/appointment_cancel.html", context)
    try:
        services.cancel_appointment(appointment=found)
    except ReceptionError as refusal:
        return _page(request, _opened(request, number), refusal=str(refusal))
    return redirect("deputies:appointment", number)


@require_POST
def appointment_leave(request):
    """Close every booking that is open in this browser."""
    opened.forget(request.session, "appointments", "receipts")
    return redirect("deputies:appointment_find")
