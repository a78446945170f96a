"""Posters: one of a station or a deputy at once, those of a whole place by a worker."""

import io

from django.contrib import messages
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import requires_role
from accounts.services import has_role
from deputies import posters as works
from deputies.errors import ReceptionError
from deputies.forms.posters import PostersForm
from deputies.models import PosterJob
from deputies.permissions import (
    STATION_SIDE,
    kept_deputies,
    managed_stations,
    poster_places,
    visible_poster_jobs,
)

FOUND, JOBS_SHOWN = 20, 8
NOT_UNDERSTOOD = 422


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*STATION_SIDE)
def posters(request):
    """Order all posters of a place; find the station or the deputy of whom one is wanted."""
    heads = has_role(request.user, Role.HEAD, Role.COMMITTEE)
    form = PostersForm(request.POST or None, places=poster_places(request.user)) if heads else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            return redirect(works.order(actor=request.user, **form.cleaned_data))
        except ReceptionError as error:
            form.add_error("region", str(error))
    jobs = visible_poster_jobs(request.user).select_related("region", "made_by").defer("codes")[:JOBS_SHOWN]
    context = {
        "form": form,
        "jobs": jobs if heads else [],
        "sizes": PosterJob.Size,
        **_found(request, is_officer=not heads),
    }
    return render(
        request, "deputies/desk/posters.html", context, status=NOT_UNDERSTOOD if form and form.errors else 200
    )


def _found(request, *, is_officer):
    """The first stations and deputies that fit ``q``; without words, deputies only of an officer's one station."""
    words = request.GET.get("q", "").strip()[:40]
    stations = managed_stations(request.user).order_by("region_id", "tier", "code")
    deputies = kept_deputies(request.user).in_office(timezone.localdate())
    return {
        "words": words,
        "stations": (stations.search(words) if words else stations).with_places()[:FOUND],
        "deputies": deputies.search(words).order_by("code")[:FOUND] if words or is_officer else [],
        "limit": FOUND,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.HEAD, Role.COMMITTEE)
def poster_job(request, pk):
    """How far a job is, and its file; POST tries a failed one again."""
    job = get_object_or_404(visible_poster_jobs(request.user).select_related("region__parent__parent__parent"), pk=pk)
    if request.method == "POST":
        try:
            works.retry(job=job)
        except ReceptionError as error:
            messages.info(request, str(error))
        return redirect(job)
    return render(request, "deputies/desk/poster_job.html", {"job": job})


@require_safe
@requires_role(Role.HEAD, Role.COMMITTEE)
def poster_progress(request, pk):
    """How far a job is, for the page that waits."""
    job = get_object_or_404(visible_poster_jobs(request.user), pk=pk)
    return JsonResponse({"done": job.done, "total": job.total, "waits": job.waits})


@require_safe
@requires_role(Role.HEAD, Role.COMMITTEE)
def poster_file(request, pk):
    """The finished file."""
    job = get_object_or_404(visible_poster_jobs(request.user).exclude(file=""), pk=pk)
    name = _("%(place)s海报%(size)s.pdf") % {"place": job.region, "size": job.get_size_display()}
    try:
        file = job.file.open()
    except FileNotFoundError:
        # Old files are removed a moment before their jobs.
        raise Http404 from None
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")


@require_safe
@requires_role(*STATION_SIDE)
def station_poster(request, code):
    """The poster of one station; ``size`` is a4 (default) or a3."""
    station = get_object_or_404(managed_stations(request.user), code=code)
    return _sheet(works.station_poster(station, size=_size(request)), station)


@require_safe
@requires_role(*STATION_SIDE)
def deputy_poster(request, code):
    """The poster of one deputy in office; ``size`` is a4 (default) or a3."""
    deputy = get_object_or_404(kept_deputies(request.user).in_office(timezone.localdate()), code=code)
    return _sheet(works.deputy_poster(deputy, size=_size(request)), deputy)


def _size(request):
    size = request.GET.get("size", PosterJob.Size.A4)
    if size not in PosterJob.Size.values:
        raise Http404
    return size


def _sheet(pdf, owner):
    name = _("%(name)s海报.pdf") % {"name": owner.name}
    return FileResponse(io.BytesIO(pdf), filename=name, content_type="application/pdf")
