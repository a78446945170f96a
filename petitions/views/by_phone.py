"""A resident who proves to hold a phone sees all that was brought under it."""

from django import forms
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from notices.tasks import ring
from petitions import telling
from petitions.forms.by_phone import CodeForm, PhoneForm
from petitions.services import by_phone
from vault import opened, phone_codes

ASKED = "phone_asked"
SHOWN = 100  # cases of one phone; default
SEND = "petitions.tasks.send_codes"

private = cache_control(private=True, no_store=True)


def _only_where_offered():
    if not by_phone.is_offered():
        raise Http404


@private
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request):
    """All cases of the phone that was proved in this browser; whoever proved none asks for a code."""
    _only_where_offered()
    phone_index = opened.phone_of(request.session)
    if phone_index and request.method != "POST":
        return _list(request, phone_index)
    form = PhoneForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form)
    with transaction.atomic():
        key = phone_codes.ask(phone=form.cleaned_data["phone"], address=request.META["REMOTE_ADDR"])
        transaction.on_commit(lambda: ring(SEND), robust=True)
    if key is None:
        form.add_error(None, _("索取得太多了。一分钟以后再试；还不行的，请明天再试，或用编号和查询码查询。"))
        return _show(request, form, status=429)
    request.session[ASKED] = key
    return redirect("petitions:phone_code")


@private
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request):
    """Type the code that came by SMS. Wrong, old and tried too often are one answer."""
    _only_where_offered()
    if ASKED not in request.session:
        return redirect("petitions:mine")
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, asked=True)
    typed, address = form.cleaned_data["code"], request.META["REMOTE_ADDR"]
    phone_index = phone_codes.prove(pk=request.session[ASKED], code=typed, address=address)
    if not phone_index:
        form.add_error("code", _("验证码不对，或者已经失效。请核对，或重新索取。"))
        return _show(request, form, asked=True)
    del request.session[ASKED]
    opened.prove_phone(request.session, phone_index)
    return redirect("petitions:mine")


def _show(request, form: forms.Form, *, asked=False, status=200):
    if form.errors and status == 200:
        status = 422
    return render(request, "petitions/public/by_phone.html", {"form": form, "asked": asked}, status=status)


def _list(request, phone_index):
    proposers = list(by_phone.cases_of(phone_index)[:SHOWN])
    for proposer in proposers:
        proposer.headline = telling.headline(proposer.petition, own=proposer.is_first)
    return render(request, "petitions/public/mine.html", {"proposers": proposers})
