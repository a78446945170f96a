"""Entering a case for a resident who tells it in person or by telephone (代录), or told it at the reception desk."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import requires_role
from accounts.services import has_role
from deputies.models import Note
from petitions import services
from petitions.errors import ActionError
from petitions.forms.entry import EntryForm
from petitions.models import Petition, Photo
from petitions.permissions import ENTERING, STATION_SIDE, may_enter_for
from petitions.views.public import STAYS, code_image, tend_photos
from supervision.errors import SupervisionError
from vault import receipts


@require_http_methods(["GET", "POST"])
@requires_role(*ENTERING)
def enter(request):
    """Choose the station where there are several, then write down one matter."""
    stations = may_enter_for(request.user).select_related("region").order_by("region_id", "name")
    if "station" in request.GET:
        station = get_object_or_404(stations, code=request.GET["station"])
    elif len(stations) == 1:
        station = stations[0]
    else:
        return render(request, "petitions/desk/enter_where.html", {"stations": stations})
    if request.method == "POST":
        return _take(request, station)
    own = getattr(request.user, "deputy", None)
    return _show(request, EntryForm(station=station, initial={"deputy": own}))


def _take(request, station):
    form = EntryForm(request.POST, request.FILES, station=station)
    complete = form.is_valid()
    stays = any(button in request.POST for button in STAYS)
    if stays:
        form.errors.clear()
    tend_photos(request, form)
    if stays or not complete or form.errors:
        return _show(request, form, status=200 if stays and not form.errors else 422)
    by_deputy = not has_role(request.user, *STATION_SIDE)
    channel = Petition.Channel.DEPUTY if by_deputy else Petition.Channel.OFFICER
    petition, code = services.submit(**form.facts() | {"actor": request.user, "channel": channel})
    receipts.keep_code(request.session, number=petition.number, submission_key=petition.submission_key, code=code)
    return redirect("petitions:entered", petition.number)


def _show(request, form, *, status=200):
    photos = Photo.objects.filter(draft_key=form.cleaned_data.get("draft_key")) if form.is_bound else []
    context = {"form": form, "station": form.station, "photos": photos}
    return render(request, "petitions/desk/enter.html", context, status=status)


@require_POST
@requires_role(*ENTERING)
def from_note(request, pk):
    """Make a reception note a case; what stands in the way is said on the note's page."""
    note = get_object_or_404(Note.objects.visible_to(request.user), pk=pk)
    try:
        petition, code = services.petition_of(note=note, actor=request.user)
    except (ActionError, SupervisionError) as refusal:
        messages.error(request, str(refusal))
        return redirect(note)
    receipts.keep_code(request.session, number=petition.number, submission_key=petition.submission_key, code=code)
    return redirect("petitions:entered", petition.number)


@require_safe
@requires_role(*ENTERING)
def entered(request, number):
    """Number and query code, once, to be handed over on paper."""
    try:
        code = receipts.code_of(request.session, number)
    except KeyError:
        raise Http404 from None
    petition = get_object_or_404(Petition.objects.select_related("station", "note"), number=number)
    return render(
        request,
        "petitions/desk/entered.html",
        {"petition": petition, "code": code, "qr": code_image(number, code) if code else ""},
    )
