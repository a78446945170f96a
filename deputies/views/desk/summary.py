"""The summary (小结) of a reception day: its figures, its closing, and the sheet that is signed."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import requires_role
from deputies import services
from deputies.errors import ReceptionError
from deputies.forms.session import SummaryForm
from deputies.models import Note, Reception
from deputies.permissions import may_manage, receivable_receptions
from deputies.views.desk.session import NOT_UNDERSTOOD
from papers.typesetting import typeset


@require_http_methods(["GET", "POST"])
@requires_role()
def summary(request, pk):
    """The day's figures; the station's side closes it here."""
    reception = _seen(request, pk)
    form = SummaryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_session(reception=reception, actor=request.user, **form.cleaned_data)
        except ReceptionError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已形成小结，可以打印签字。"))
            return redirect("deputies:summary", pk)
    figures = services.summary(reception)
    context = {
        "reception": reception,
        "summary": figures,
        "counts": counts_of(figures),
        "notes": _notes(request, reception).annotate(photo_count=Count("photos")),
        "form": form,
        "may_receive": receivable_receptions(request.user).filter(pk=pk).exists(),
        "may_close": reception.state == Reception.State.OPEN and may_manage(request.user, reception.station),
    }
    return render(request, "deputies/desk/summary.html", context, status=NOT_UNDERSTOOD if form.errors else 200)


@require_safe
@requires_role()
def summary_pdf(request, pk):
    """The summary on A4, to be signed and sealed; it names no visitor."""
    reception = _seen(request, pk)
    sheet = typeset("deputies/typst/summary.typ", _sheet(request, reception))
    response = HttpResponse(sheet, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="summary-{reception.date:%Y%m%d}-{reception.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _seen(request, pk):
    days = Reception.objects.visible_to(request.user).select_related("station__region", "closed_by", "summary_clock")
    return get_object_or_404(days, pk=pk)


def _notes(request, reception):
    """The notes that the reader may see; a deputy who was not on duty sees the figures only."""
    rows = Note.objects.visible_to(request.user).filter(reception=reception)
    return rows.select_related("organ", "petition", "deputy")


def _sheet(request, reception):
    """The data of the printed sheet: plain text and numbers."""
    figures = services.summary(reception)
    notes = [
        {
            "number": str(note.number),
            "topic": note.topic,
            "visitors": str(note.visitors),
            "deputy": note.deputy.name if note.deputy else "",
            "outcome": _outcome(note),
        }
        for note in _notes(request, reception)
    ]
    return {
        "station": reception.station.name,
        "day": date_format(reception.date, "Y年n月j日 l"),
        "hours": f"{reception.starts:%H:%M}–{reception.ends:%H:%M}",
        "place": reception.place,
        "planned": str(figures.planned),
        "present": _names(figures.present),
        "absent": _names(figures.absent),
        "unplanned": _names(figures.unplanned),
        "counts": [[label, str(count)] for label, count in counts_of(figures)],
        "organs": _("、").join(_("%(name)s %(n)d件") % {"name": name, "n": n} for name, n in figures.organs),
        "notes": notes,
        "remarks": reception.remarks,
        "closed": date_format(timezone.localtime(reception.closed_at), "Y年n月j日 H:i") if reception.closed_at else "",
    }


def counts_of(figures):
    """The figures of a summary with their words, in the order in which they are read."""
    return [
        (_("来访人数"), figures.visitors),
        (_("反映事项"), figures.matters),
        (_("当场答复"), figures.answered),
        (_("需要办理"), figures.handled),
        (_("只作了解"), figures.heard),
        (_("转为群众意见"), figures.transferred),
        (_("预约"), figures.booked),
        (_("预约到访"), figures.came),
    ]


def _names(deputies):
    return _("、").join(deputy.name for deputy in deputies)


def _outcome(note):
    said = note.get_outcome_display()
    if note.organ:
        said = _("%(organ)s现场受理") % {"organ": note.organ.name}
    if hasattr(note, "petition"):
        said = _("%(said)s；群众意见%(number)s") % {"said": said, "number": note.petition.number}
    return said
