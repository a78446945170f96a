"""What every list that is for everybody has in common: no sign-in, leaves by key, and an address that is checked."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny

from stations.keyset import Keyset

CODE = r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})\Z"


class CodeField(serializers.RegexField):
    """The code of a region: 2, 4, 6, 9 or 12 digits."""

    def __init__(self, **options):
        message = {"invalid": _("区划代码应为2、4、6、9或12位数字。")}
        super().__init__(CODE, required=False, error_messages=message, **options)


class PublicViewSet(viewsets.ReadOnlyModelViewSet):
    """A list for everybody and its rows.

    Each says ``listed_by``, ``query_serializer``, and in ``narrowed(rows, facts)`` which rows an address asks for that says
    these facts, checked.
    """

    authentication_classes = []
    permission_classes = [AllowAny]
    pagination_class = Keyset
    lookup_field = "code"

    def filter_queryset(self, rows):
        return self.narrowed(rows, asked(self)) if self.action == "list" else rows


def asked(view):
    """What the address of a view asks for, checked by its ``query_serializer``. Raises ValidationError by field."""
    query = view.query_serializer(data=view.request.query_params.dict())
    query.is_valid(raise_exception=True)
    return query.validated_data
