"""Is this paper genuine? Whoever holds one asks here with its check code; the page tells no word of the paper."""

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts import codes
from papers import verifying
from papers.forms import CodeForm

NOT_FOUND = 404

private = cache_control(private=True, no_store=True)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request):
    """Ask for the code; the answer has an address of its own, the one that the QR code on the paper leads to."""
    if request.method != "POST":
        return render(request, "papers/verify.html", {"form": CodeForm()})
    form = CodeForm(request.POST)
    plain = codes.plain(form.cleaned_data["code"]) if form.is_valid() else ""
    if plain:
        return redirect("papers:verified", plain)
    if form.is_valid():
        return _unknown(request, form.cleaned_data["code"])
    return render(request, "papers/verify.html", {"form": form}, status=422)


@private
@require_safe
def verified(request, code):
    """Genuine, with what stands at its head; or one sentence for everything else."""
    found = verifying.find(code=code, address=request.META["REMOTE_ADDR"])
    if found is None:
        return _unknown(request, code)
    return render(request, "papers/verified.html", {"paper": found})


def _unknown(request, code):
    form = CodeForm({"code": code[: verifying.LONGEST_TYPED]})
    if form.is_valid():
        form.add_error("code", _("没有查到这份公文。请核对查验码，过几分钟再试；仍查不到的，请向发文单位核实。"))
    return render(request, "papers/verify.html", {"form": form}, status=NOT_FOUND)
