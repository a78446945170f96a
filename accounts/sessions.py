"""Django's sessions in the database, found by a prepared statement: every page of somebody's visit asks for theirs."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.prepared import Prepared

_OF_KEY = Prepared(lambda key: Session.objects.filter(session_key=key))


class SessionStore(db.SessionStore):
    """Keeps the name of Django's own class, which goes into what a session holds as its seal: each opens the other's."""

    def _get_session_from_db(self):
        found = next(iter(_OF_KEY.rows(self.session_key)), None)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
