"""Bringing a case: where to, what, is it the same matter; the receipt, joining, and photos."""

import json

import segno
from django.conf import settings
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services import count_attempt
from deputies.models import Deputy
from petitions import services
from petitions.errors import ActionError
from petitions.forms.public import JoinForm, PetitionForm
from petitions.models import Petition, Photo, Proposer
from petitions.proof import make_challenge
from petitions.similar import similar_cases
from stations.models import Station
from stations.services import find_stations
from vault import opened, receipts

COMPARISONS = (60, 3600)  # default: sixty an hour from one address; later forms go without
PHOTOS = (200, 3600)  # default: two hundred an hour from one address
DRAFTS_KEPT = 5  # forms of one browser whose photos it may see
STAYS = ("add_photos", "remove_photo", "edit")  # buttons that bring the form back as it is

private = cache_control(private=True, no_store=True)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Choose a station, then tell it one matter."""
    station, deputy = _addressed(request)
    if station is None:
        return _choose(request, deputy)
    if request.method == "POST":
        return _send(request, station)
    return _show(request, PetitionForm(station=station, initial={"deputy": deputy}))


def _addressed(request):
    """The station and the deputy named in the address; a deputy of one station leads to it."""
    code = request.GET.get("deputy", "")
    deputy = Deputy.objects.in_office(timezone.localdate()).filter(code=code).first() if code else None
    code = request.GET.get("station", "")
    station = Station.objects.active().with_places().filter(code=code).first() if code else None
    if station is None and deputy is not None:
        own = _stations_of(deputy)
        station = own[0] if len(own) == 1 else None
    return station, deputy


def _choose(request, deputy):
    asked = request.GET
    words = asked.get("q", "").strip()[:40]
    context = {
        "deputy": deputy,
        "words": words,
        "unknown": deputy is None and ("station" in asked or "deputy" in asked),
    }
    if deputy is None:
        context["found"] = find_stations(words, region_code=asked.get("region", ""), after=asked.get("after", ""))
    else:
        context["own"] = _stations_of(deputy)
    return render(request, "petitions/public/choose.html", context)


def _stations_of(deputy):
    grouped = deputy.memberships.on(timezone.localdate()).values("station")
    return list(Station.objects.active().with_places().filter(pk__in=grouped))


def _show(request, form, *, status=200):
    photos = Photo.objects.filter(draft_key=form.cleaned_data.get("draft_key")) if form.is_bound else []
    context = {"form": form, "station": form.station, "photos": photos, "challenge": json.dumps(make_challenge())}
    return render(request, "petitions/public/new.html", context, status=status)


def _send(request, station):
    form = PetitionForm(request.POST, request.FILES, station=station)
    complete = form.is_valid()
    sent = Petition.objects.filter(submission_key=form.cleaned_data.get("submission_key")).first()
    if sent is not None:
        return _receive(request, sent, None)
    stays = any(button in request.POST for button in STAYS)
    if stays:
        form.errors.clear()
    tend_photos(request, form)
    if stays or not complete or form.errors:
        return _show(request, form, status=200 if stays and not form.errors else 422)
    alike = _alike(request, form) if "confirmed" not in request.POST else []
    if alike:
        return render(request, "petitions/public/similar.html", {"form": form, "alike": alike, "station": station})
    try:
        signs = services.admit(address=request.META["REMOTE_ADDR"], proof=form.cleaned_data["proof"])
    except ActionError as refusal:
        form.add_error(None, str(refusal))
        return _show(request, form, status=429)
    petition, code = services.submit(**form.facts(), signs=signs)
    return _receive(request, petition, code)


def _count(request, what, most):
    key = f"{what}:from:{request.META['REMOTE_ADDR']}"
    return count_attempt(key, limit=most[0], window_seconds=most[1])


def _alike(request, form):
    if not _count(request, "compare", COMPARISONS):
        return []
    facts = form.facts()
    told = {name: facts[name] for name in ("region", "title", "body", "category")}
    return similar_cases(Petition.objects.open().trusted(), **told)


def tend_photos(request, form):
    """Keep the photos just sent for the draft, or drop the one that is not wanted; what is wrong stands at the field."""
    draft_key = form.cleaned_data.get("draft_key")
    if draft_key is None:
        return
    dropped = request.POST.get("remove_photo", "")
    if dropped.isdecimal():
        services.drop_photo(draft_key=draft_key, pk=int(dropped))
    for file in form.cleaned_data.get("photos") or []:
        try:
            if not _count(request, "photo", PHOTOS):
                raise ActionError(_("上传得太多了，请过一会儿再上传照片。"))
            services.keep_photo(file=file, draft_key=draft_key)
        except ActionError as refusal:
            form.add_error("photos", str(refusal))
        else:
            _remember_draft(request.session, str(draft_key))


def _remember_draft(session, key):
    drafts = [known for known in session.get("drafts", []) if known != key]
    session["drafts"] = [*drafts, key][-DRAFTS_KEPT:]


def _receive(request, petition, code, submission_key=None):
    key = submission_key or petition.submission_key
    receipts.keep_code(request.session, number=petition.number, submission_key=key, code=code)
    return redirect("petitions:receipt", petition.number)


@private
@require_safe
def receipt(request, number):
    """The number and the query code, once, with what happens next."""
    try:
        code = receipts.code_of(request.session, number)
    except KeyError:
        raise Http404 from None
    petition = get_object_or_404(Petition.objects.select_related("station", "stage_clock"), number=number)
    context = {
        "petition": petition,
        "code": code,
        "qr": code_image(number, code) if code else "",
        "track_address": f"{settings.SITE_URL}{reverse('petitions:track')}",
    }
    return render(request, "petitions/public/receipt.html", context)


def code_image(number, code):
    """The code stands in the fragment, which no server, proxy or log ever sees."""
    address = f"{settings.SITE_URL}{reverse('petitions:track')}?number={number}#{code}"
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def join(request, number):
    """Join somebody else's case (附议) and get a query code of one's own."""
    petition = get_object_or_404(Petition.objects.open().select_related("region", "category"), number=number)
    if request.method != "POST" or "start" in request.POST:
        typed = {name: request.POST.get(name, "") for name in ("name", "phone", "address", "email")}
        form = JoinForm(initial=typed | {"note": request.POST.get("body", "")})
        return render(request, "petitions/public/join.html", {"form": form, "petition": petition})
    form = JoinForm(request.POST)
    if form.is_valid():
        try:
            if not services.may_submit(address=request.META["REMOTE_ADDR"]):
                raise ActionError(_("这个网络一小时内提交的太多了，请过一会儿再提交。您填写的内容都还在。"))
            proposer, code = services.join(petition=petition, **form.facts())
        except ActionError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _receive(request, petition, code, submission_key=proposer.submission_key)
    return render(request, "petitions/public/join.html", {"form": form, "petition": petition}, status=422)


@private
@require_safe
def photo(request, pk):
    """A picture, for the one who sent it and for staff who may see its case; nobody else learns that it exists."""
    found = get_object_or_404(Photo, pk=pk)
    if not (_is_own(request.session, found) or _is_for_staff(request.user, found)):
        raise Http404
    return FileResponse(found.file.open(), content_type="image/jpeg")


def _is_own(session, found):
    if found.petition_id is None:
        return str(found.draft_key) in session.get("drafts", [])
    own = opened.keys(session, "proposers").values()
    return Proposer.objects.filter(pk__in=own, petition=found.petition_id, is_first=True).exists()


def _is_for_staff(user, found):
    return user.is_authenticated and Petition.objects.visible_to(user).filter(pk=found.petition_id).exists()
