"""Who can see one case, and why."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import requires_role
from accounts.services import has_role
from petitions.models import Petition
from portal.who_sees import may_ask, who_sees


@require_safe
@requires_role()
def page(request, number):
    """For those who received the case, and for the data-protection officer, who reads the number and nothing of the case."""
    cases = Petition.objects.select_related("station__region", "deputy").filter(number=number)
    seen = cases.visible_to(request.user).first()
    petition = seen or (cases.first() if has_role(request.user, Role.PRIVACY) else None)
    if petition is None:
        raise Http404
    if not may_ask(petition, request.user):
        raise PermissionDenied(_("谁能看到这件意见，由联络站、主席团和代工委查看。"))
    context = {"petition": petition, "title": petition.title if seen else "", "sight": who_sees(petition)}
    response = render(request, "portal/desk/who_sees.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
