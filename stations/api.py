"""Regions and stations for programs: what the public pages tell of them."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny

from stations.keyset import Keyset
from stations.models import Region, Station

CODE = r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})\Z"


class CodeField(serializers.RegexField):
    """The code of a region: 2, 4, 6, 9 or 12 digits."""

    def __init__(self, **options):
        message = {"invalid": _("区划代码应为2、4、6、9或12位数字。")}
        super().__init__(CODE, required=False, error_messages=message, **options)


class ByCode(Keyset):
    ordering = "code"


class RegionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Region
        fields = ["code", "name", "level", "parent"]


class RegionQuery(serializers.Serializer):
    """Which regions: those directly below one, or all of a level."""

    parent = CodeField()
    level = serializers.ChoiceField(Region.Level.choices, required=False)


class RegionViewSet(viewsets.ReadOnlyModelViewSet):
    """Regions of the National Bureau of Statistics' list, by code."""

    authentication_classes = []
    permission_classes = [AllowAny]
    pagination_class = ByCode
    serializer_class = RegionSerializer
    query_serializer = RegionQuery
    lookup_field = "code"
    queryset = Region.objects.all()

    def filter_queryset(self, regions):
        return regions.filter(**asked(self)) if self.action == "list" else regions


class StationSerializer(serializers.ModelSerializer):
    region_name = serializers.CharField(source="region.full_name", read_only=True)

    class Meta:
        model = Station
        fields = ["code", "name", "tier", "region", "region_name", "address", "phone", "hours", "intro", "rules"]


class StationQuery(serializers.Serializer):
    """Which stations: those of a region and everything below it, or those that some words fit."""

    region = CodeField()
    q = serializers.CharField(max_length=40, required=False)


class StationViewSet(viewsets.ReadOnlyModelViewSet):
    """Stations in use, by code."""

    authentication_classes = []
    permission_classes = [AllowAny]
    pagination_class = ByCode
    serializer_class = StationSerializer
    query_serializer = StationQuery
    lookup_field = "code"
    queryset = Station.objects.active().with_places()

    def filter_queryset(self, stations):
        facts = asked(self) if self.action == "list" else {}
        if "region" in facts:
            stations = stations.filter(region__code__startswith=facts["region"])
        return stations.search(facts["q"]) if "q" in facts else stations


def asked(view):
    """What the address of a view asks for, checked by its ``query_serializer``. Raises ValidationError by field."""
    query = view.query_serializer(data=view.request.query_params.dict())
    query.is_valid(raise_exception=True)
    return query.validated_data
