"""Who opens and changes which station, asked by permission names: roles are known only on the floor above."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from stations.models import Station

VIEW, CHANGE = "stations.view_station", "stations.change_station"


def station_opened(station: Station, user, perm: str = VIEW) -> Station:
    """Return the station where the user holds ``perm`` for it.

    Raises Http404 where they may not even see it, and PermissionDenied where they may see but not change it.
    """
    if not user.has_perm(VIEW, station):
        raise Http404
    if not user.has_perm(perm, station):
        raise PermissionDenied(_("这个联络站只由本站联络员、站长（主席团）和代工委修改，您可以查看。"))
    return station


def holders_of(perm: str, sentence: str) -> Callable:
    """Let only those in who hold ``perm`` anywhere; the others read ``sentence``, anonymous visitors sign in first."""

    def decorate(view):
        @wraps(view)
        @login_required
        def checked(request, *args, **kwargs):
            if not request.user.has_perm(perm):
                raise PermissionDenied(sentence)
            return view(request, *args, **kwargs)

        return checked

    return decorate
