"""Who is signed in, as the pages are told; and when a session was last used."""

from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from . import entering, sign_ins

# Where those go who have not done all that is asked of them.
ON_THE_WAY = ("accounts:login", "accounts:logout", "accounts:password", "accounts:second_factor")


def hold_until_complete(get_response):
    """Whoever still owes a password of their own or a second factor is nobody, but on the pages for just that.

    Nothing is listed that they may not see: every page, the admin site and the API meet a visitor who has not signed in.
    The user is looked at only where a page asks for one, so that public pages cost no query.
    """
    on_the_way = SimpleLazyObject(lambda: {reverse(name) for name in ON_THE_WAY})

    def complete(request):
        user = get_user(request)
        return AnonymousUser() if entering.owed(request, user) else user

    def middleware(request):
        if request.path not in on_the_way:
            request.user = SimpleLazyObject(lambda: complete(request))
        return get_response(request)

    return middleware


def note_use(get_response):
    """A session that a page has read anyway is noted as in use, at most every five minutes."""

    def middleware(request):
        response = get_response(request)
        if request.session.accessed and sign_ins.SEEN in request.session:
            sign_ins.note_use(request.session)
        return response

    return middleware
