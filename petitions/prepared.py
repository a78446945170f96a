"""Prepared queries that depend on who asks."""

from functools import partial

from django.utils import timezone

from accounts.prepared import Prepared
from accounts.services import grants_of
from petitions.permissions import without_known_stations

ASKERS = 200  # users whose queries a process keeps; then it begins anew


class PreparedFor:
    """A query that is asked again and again by the same people: ``Prepared`` for each user's rights.

    ``build`` is a function from a user and keys to a queryset. Of the user it may read the key and the grants in force;
    a grant that comes, goes or ends, and a new day, make another query.
    """

    def __init__(self, build):
        self._build = build
        self._made = {}

    def rows(self, user, *keys):
        """Return the rows for these keys that this user gets, as a list; one query, once the statement is prepared."""
        grants = [(grant.role, grant.region_id, grant.station_id, grant.organ_id) for grant in grants_of(user)]
        rights = user.pk, timezone.localdate(), *grants
        if rights not in self._made:
            if len(self._made) >= ASKERS:
                self._made.clear()
            self._made[rights] = Prepared(partial(self._build, without_known_stations(user)))
        return self._made[rights].rows(*keys)
