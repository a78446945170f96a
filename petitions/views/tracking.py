"""Following one's own case with number and query code: where it stands, what was answered, what one may do now."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from papers.models import Paper
from papers.printing import as_file, as_pdf
from petitions import lifecycle, services, telling
from petitions.errors import ActionError
from petitions.forms.public import ObjectionForm, RateForm, SupplementForm, TrackForm, WithdrawConsentForm, WithdrawForm
from petitions.services import by_phone
from petitions.trackfile import track_file
from petitions.views.public import tend_photos
from vault import opened

FORMS = {
    "supplement": (SupplementForm, services.supplement, gettext_lazy("提交补充情况")),
    "rate": (RateForm, services.rate, gettext_lazy("提交评价")),
    "object_to": (ObjectionForm, services.object_to, gettext_lazy("提交异议")),
    "withdraw": (WithdrawForm, services.withdraw, gettext_lazy("撤回")),
    "withdraw_consent": (WithdrawConsentForm, services.withdraw_consent, gettext_lazy("不再同意公开")),
}

private = cache_control(private=True, no_store=True)


@private
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def track(request):
    """Open a case with its number and query code. Whatever is wrong, the answer is the same."""
    context = {"by_phone": by_phone.is_offered()}
    if request.method != "POST":
        form = TrackForm(initial={"number": request.GET.get("number", "")[:40]})
        return render(request, "petitions/public/track.html", context | {"form": form})
    form = TrackForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        found = services.find(number=typed["number"][:40], code=typed["code"][:40], address=request.META["REMOTE_ADDR"])
        if found is not None:
            opened.remember(request.session, "proposers", number=found.petition.number, pk=found.pk)
            return redirect(found.petition.tracking_url)
        form.add_error(None, _("没有找到，或者查询码不对。请核对编号和查询码，过几分钟再试。"))
    return render(request, "petitions/public/track.html", context | {"form": form})


@require_POST
def leave(request):
    """Close every case that is open in this browser."""
    opened.forget(request.session, "proposers", "receipts", "drafts", opened.PHONE)
    return redirect("petitions:track")


def _opened_by_phone(request, number):
    """Open a case of the phone that was proved in this browser, as its query code would; None where it is another's."""
    found = by_phone.cases_of(opened.phone_of(request.session)).filter(petition__number=number).first()
    if found is None:
        return None
    opened.remember(request.session, "proposers", number=number, pk=found.pk)
    return found.pk


def _file(request, number):
    """The case that this browser has opened, as its proposer reads it; a number that was not opened does not exist."""
    pk = opened.keys(request.session, "proposers").get(number) or _opened_by_phone(request, number)
    file = pk and track_file(pk)
    if not file:
        raise Http404
    return file


@private
@require_safe
def tracked(request, number):
    """Where the case stands, what comes next, what happened."""
    return _page(request, _file(request, number))


@private
@require_safe
def tracked_letter(request, number, pk):
    """One of the case's letters as a PDF."""
    told = [letter.pk for letter in _file(request, number).letters]
    letter = get_object_or_404(Paper.objects.select_related("office"), pk=pk, pk__in=told)
    return as_file(as_pdf(letter), name=f"{letter.number}.pdf", kind="application/pdf")


@private
@require_http_methods(["GET", "HEAD", "POST"])
def tracked_action(request, number, action):
    """Do one of the things that the case's first proposer may do now; a reload leads back to the case."""
    file = _file(request, number)
    proposer = file.proposer
    if action not in FORMS:
        raise Http404
    if request.method != "POST":
        return redirect(proposer.petition.tracking_url)
    form_class, service, _button = FORMS[action]
    form = form_class(request.POST, request.FILES)
    form.is_valid()
    if isinstance(form, SupplementForm):
        tend_photos(request, form)
    if form.is_valid():
        try:
            service(petition=proposer.petition, proposer=proposer, **form.facts())
        except ActionError as refusal:
            form.add_error(None, str(refusal))
            return _page(request, _file(request, number), form=form, action=action, status=409)
        return redirect(proposer.petition.tracking_url)
    return _page(request, file, form=form, action=action, status=422)


def _page(request, file, *, form=None, action="", status=200):
    """The case's page; ``form`` is the filled one of ``action``, when it comes back with a sentence."""
    petition, own = file.proposer.petition, file.proposer.is_first
    where, then = telling.WHERE[petition.status]
    context = {
        "file": file,
        "proposer": file.proposer,
        "petition": petition,
        "headline": telling.headline(petition, own=own),
        "where": where,
        "then": then,
        "why": telling.explained(petition.status, file.story),
        "reason_is_told": telling.reason_is_told(petition, own=own),
        "offers": _offers(petition, file.proposer, form, action),
    }
    return render(request, "petitions/public/tracked.html", context, status=status)


@dataclass
class Offer:
    """Something that may be done now, with its form; ``waited_for``: the case stands still until it is done."""

    action: str
    label: str
    button: str
    form: object
    waited_for: bool


def _offers(petition, proposer, filled, done):
    """What may be done now; an action that is no longer allowed keeps what was typed, with the sentence."""
    rows = [row for row in telling.may_do(petition, proposer) if row.action in FORMS]
    labels = {row.action: row.label for row in rows} | ({done: lifecycle.TABLE[done].label} if done else {})
    return [
        Offer(
            action=action,
            label=label,
            button=FORMS[action][2],
            form=filled if action == done else FORMS[action][0](),
            waited_for=action in ("rate", "supplement"),
        )
        for action, label in labels.items()
    ]
