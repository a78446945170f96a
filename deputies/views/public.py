"""When and where deputies receive residents."""

from django.db.models import Q
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import LONGEST_KEY
from deputies.announcing import announced, with_all_told
from deputies.models import Reception
from stations.models import Station

A_PAGE = 20


@require_safe
def receptions(request):
    """Published reception days from today on, by date, cancelled ones, too; ``q`` narrows them to a place or a station."""
    words = request.GET.get("q", "").strip()[:40]
    coming = with_all_told(Reception.objects.upcoming(timezone.localdate()))
    if words:
        coming = coming.filter(station__in=Station.objects.active().search(words))
    page = _behind(coming, request.GET.get("after", ""))
    page = announced(page.order_by("date", "starts", "pk")[: A_PAGE + 1])
    older = page[A_PAGE - 1].pk if len(page) > A_PAGE else ""
    return render(request, "deputies/receptions.html", {"receptions": page[:A_PAGE], "words": words, "older": older})


def _behind(coming, pk):
    last = Reception.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) <= LONGEST_KEY else None
    if last is None:
        return coming
    same_day = Q(date=last.date, starts__gt=last.starts) | Q(date=last.date, starts=last.starts, pk__gt=last.pk)
    return coming.filter(Q(date__gt=last.date) | same_day)
