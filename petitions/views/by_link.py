"""An organ without an account at its one duty: opened by a one-time link, done by POST, no sign-in and no cookie."""

from django.http import FileResponse
from django.shortcuts import redirect, render

from petitions import services
from petitions.errors import ActionError
from petitions.lifecycle import TABLE
from petitions.linked import LAST, duty_of
from petitions.offers import Offer
from supervision.views.by_link import by_link

NOT_UNDERSTOOD, MOVED_ON = 422, 409


@by_link
def duty(request, link):
    """The matter and what the organ may do with it now. Looking changes nothing: previews of messages look, too."""
    found = duty_of(link)
    if found is None:
        return None
    if request.method != "POST":
        return _page(request, found, done=TABLE.get(request.GET.get("done", "")))
    return _act(request, found)


def _act(request, found):
    action = request.POST.get("action", "")
    target = found.target(action, request.POST.get("target", ""))
    if target is None:
        return None
    row = TABLE[action]
    form = found.form(action, target, request.POST, request.FILES)
    refused = Offer(row, target, form)
    if not form.is_valid():
        return _page(request, found, refused, status=NOT_UNDERSTOOD)
    try:
        getattr(services, action)(petition=found.petition, by_link=found.link, **{row.per: target}, **form.facts())
    except ActionError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, duty_of(found.link) or found, refused, status=MOVED_ON)
    if action in LAST:
        return render(request, "supervision/link_done.html", {"title": found.petition, "done": row})
    return redirect(f"{request.path}?done={action}")


def _page(request, found, refused=None, *, done=None, status=200):
    context = {
        "duty": found,
        "petition": found.petition,
        "photos": found.photos,
        "form": refused and refused.form,
        "offers": found.offers(refused),
        "done": done,
    }
    return render(request, "petitions/public/by_link.html", context, status=status)


@by_link
def photo(request, link, pk):
    """A picture of the link's own case, the resident's or the organ's own."""
    found = duty_of(link)
    picture = next((photo for photo in found.photos if photo.pk == pk), None) if found else None
    return FileResponse(picture.file.open(), content_type="image/jpeg") if picture else None
