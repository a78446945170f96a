"""Deputies and reception days for programs: what the public pages tell of them."""

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from deputies.announcing import announced, with_all_told
from deputies.models import Deputy, Mandate, Membership, Reception
from stations.public_api import PublicViewSet


class MandateSerializer(serializers.ModelSerializer):
    level_label = serializers.CharField(source="get_level_display", read_only=True)

    class Meta:
        model = Mandate
        fields = ["level", "level_label", "constituency", "term", "starts_on", "ends_on"]


class DeputySerializer(serializers.ModelSerializer):
    """Basic and duty facts, which are public (Deputies Law 2025, art. 58); no telephone."""

    mandates = MandateSerializer(source="seats", many=True, read_only=True)
    stations = serializers.SerializerMethodField()

    class Meta:
        model = Deputy
        fields = ["code", "name", "gender", "bio", "mandates", "stations"]

    def get_stations(self, deputy) -> list[str]:
        return [membership.station.code for membership in deputy.grouped]


class DeputyQuery(serializers.Serializer):
    """Which deputies: those who are grouped in a station, by its code."""

    station = serializers.CharField(max_length=20, required=False)


class DeputyViewSet(PublicViewSet):
    """Deputies in office, by code."""

    listed_by = ("code",)
    serializer_class = DeputySerializer
    query_serializer = DeputyQuery
    queryset = Deputy.objects.none()

    def get_queryset(self):
        today = timezone.localdate()
        grouped = Membership.objects.on(today).filter(station__active=True).select_related("station").order_by("pk")
        return Deputy.objects.in_office(today).prefetch_related(
            Prefetch("mandates", Mandate.objects.in_force(today), to_attr="seats"),
            Prefetch("memberships", grouped, to_attr="grouped"),
        )

    def narrowed(self, rows, facts):
        if "station" not in facts:
            return rows
        grouped = Membership.objects.on(timezone.localdate()).filter(station__code=facts["station"])
        return rows.filter(pk__in=grouped.values("deputy"))


@extend_schema_field({"type": "string", "example": "09:00:00"})
class OnTheClockField(serializers.TimeField):
    """A time of day in Beijing; OpenAPI's own format would demand an offset."""


class ReceptionSerializer(serializers.ModelSerializer):
    """A published day; ``free`` slots may be booked, ``instead`` says what to do where there is none."""

    station = serializers.SlugRelatedField("code", read_only=True)
    deputies = serializers.SlugRelatedField("code", many=True, read_only=True)
    organs = serializers.SlugRelatedField("name", many=True, read_only=True)
    starts = OnTheClockField(read_only=True)
    ends = OnTheClockField(read_only=True)
    state = serializers.ChoiceField(Reception.State.choices, read_only=True)
    free = serializers.IntegerField(read_only=True)
    instead = serializers.CharField(read_only=True)

    class Meta:
        model = Reception
        fields = [
            "id", "station", "date", "starts", "ends", "place", "scope", "state", "deputies", "organs", "slot_minutes",
            "free", "instead", "moved_why", "cancelled_why",
        ]  # fmt: skip


class ReceptionQuery(serializers.Serializer):
    """Which days: those of a station or of a deputy, by code."""

    station = serializers.CharField(max_length=20, required=False)
    deputy = serializers.CharField(max_length=20, required=False)


class ReceptionViewSet(PublicViewSet):
    """Published reception days from today on (Beijing), by date."""

    listed_by = ("date", "pk")
    lookup_field = "pk"
    serializer_class = ReceptionSerializer
    query_serializer = ReceptionQuery
    queryset = Reception.objects.none()

    def get_queryset(self):
        return with_all_told(Reception.objects.upcoming(timezone.localdate()))

    def narrowed(self, rows, facts):
        if "station" in facts:
            rows = rows.filter(station__code=facts["station"])
        return rows.filter(turns__deputy__code=facts["deputy"]).distinct() if "deputy" in facts else rows

    def paginate_queryset(self, days):
        return announced(super().paginate_queryset(days))

    def retrieve(self, request, *args, **kwargs):
        (day,) = announced([self.get_object()])
        return Response(self.get_serializer(day).data)
