"""Who a session belongs to, found by a prepared statement: every page of somebody signed in asks for it."""

from django.contrib.auth.backends import BaseBackend

from accounts.models import User
from accounts.prepared import Prepared

_OF_KEY = Prepared(lambda pk: User.objects.filter(pk=pk))


class SignedIn(BaseBackend):
    """Keeps people signed in; nobody signs in by it, which is for Django's own backend to check."""

    def get_user(self, user_id):
        return next((user for user in _OF_KEY.rows(user_id) if user.is_active), None)
