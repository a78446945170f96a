"""What every page that is opened by an organ's one-time link has in common."""

from functools import wraps

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from supervision.links import open_link

HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def by_link(view):
    """Give ``view`` the ``OrganLink`` of the token in the address; without a good one, and where the view returns None,
    there is one page for every reason, which says what to do.

    No cookie is needed: whoever knows the token may act, and another site, which might misuse a cookie, does not know it.
    """

    @wraps(view)
    def checked(request, token, **kwargs):
        link = open_link(token, address=request.META["REMOTE_ADDR"])
        response = view(request, link, **kwargs) if link else None
        if response is None:
            response = render(request, "supervision/link_gone.html", status=404)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(checked))
