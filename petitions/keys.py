"""Cases that are found by their keys first: few among a million, where PostgreSQL would walk all of them until a leaf is full."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q, QuerySet


class IsAnyOf(Func):
    """Whether something is an element of an array."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


def with_keys(keys: QuerySet) -> Q:
    """The condition of the cases with some keys (``values`` of one field), which are gathered before any case is looked at.

    ``pk__in`` leaves the order to PostgreSQL, which takes what is rare at a list's end for as frequent as anywhere.
    """
    return Q(IsAnyOf(F("pk"), ArraySubquery(keys.order_by())))
