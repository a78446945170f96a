"""Regions and stations for programs: what the public pages tell of them."""

from rest_framework import serializers

from stations.models import Region, Station
from stations.public_api import CodeField, PublicViewSet


class RegionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Region
        fields = ["code", "name", "level", "parent"]


class RegionQuery(serializers.Serializer):
    """Which regions: those directly below one, or all of a level."""

    parent = CodeField()
    level = serializers.ChoiceField(Region.Level.choices, required=False)


class RegionViewSet(PublicViewSet):
    """Regions of the National Bureau of Statistics' list, by code."""

    listed_by = ("code",)
    serializer_class = RegionSerializer
    query_serializer = RegionQuery
    queryset = Region.objects.all()

    def narrowed(self, rows, facts):
        return rows.filter(**facts)


class StationSerializer(serializers.ModelSerializer):
    region_name = serializers.CharField(source="region.full_name", read_only=True)

    class Meta:
        model = Station
        fields = ["code", "name", "tier", "region", "region_name", "address", "phone", "hours", "intro", "rules"]


class StationQuery(serializers.Serializer):
    """Which stations: those of a region and everything below it, or those that some words fit."""

    region = CodeField()
    q = serializers.CharField(max_length=40, required=False)


class StationViewSet(PublicViewSet):
    """Stations in use, by code."""

    listed_by = ("code",)
    serializer_class = StationSerializer
    query_serializer = StationQuery
    queryset = Station.objects.active().with_places()

    def narrowed(self, rows, facts):
        if "region" in facts:
            rows = rows.filter(region__code__startswith=facts["region"])
        return rows.search(facts["q"]) if "q" in facts else rows
