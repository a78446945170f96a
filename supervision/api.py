"""Clocks for programs of staff: what one's own offices have to do, the most pressing first."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers, viewsets

from accounts.authentication import OnDesk
from accounts.models import Role, Scope
from accounts.services import grants_of
from stations.keyset import Keyset
from stations.public_api import asked
from supervision.clock import YELLOW_FROM
from supervision.models import Clock
from supervision.services import attach_readings
from workdays.services import load_calendar


class ClockSerializer(serializers.ModelSerializer):
    """A duty with its term; ``light`` is green, yellow or red, ``reading`` says it in words."""

    duty_label = serializers.CharField(source="get_duty_display", read_only=True)
    owner = serializers.SerializerMethodField()
    days_left = serializers.IntegerField(source="now.days_left", read_only=True)
    light = serializers.CharField(source="now.light", read_only=True)
    reading = serializers.CharField(source="now.text", read_only=True)

    class Meta:
        model = Clock
        fields = [
            "id", "duty", "duty_label", "owner", "title", "link", "started_at", "due_on", "paused_on", "stopped_at",
            "days_left", "light", "reading",
        ]  # fmt: skip

    def get_owner(self, clock) -> str:
        return str(clock.owner or "")


class ClockQuery(serializers.Serializer):
    """Which clocks: overdue ones, those due within three working days, or (without it) both."""

    due = serializers.ChoiceField([("overdue", _("已超期")), ("soon", _("快到期"))], required=False)


class OwnClocksViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The running clocks of one's own offices that are overdue or due soon, by due date."""

    permission_classes = [OnDesk]
    pagination_class = Keyset
    serializer_class = ClockSerializer
    query_serializer = ClockQuery
    listed_by = ("due_on", "pk")
    scope = Scope.READ
    queryset = Clock.objects.none()

    def get_queryset(self):
        today, due = timezone.localdate(), asked(self).get("due")
        later = load_calendar().add_workdays(today, YELLOW_FROM + 1)
        clocks = Clock.objects.running().filter(own_duties(self.request.user), paused_on=None, due_on__lt=later)
        if due:
            clocks = clocks.filter(due_on__lt=today) if due == "overdue" else clocks.filter(due_on__gte=today)
        return clocks.select_related("owner_organ", "owner_station", "owner_region", "owner_user")

    def paginate_queryset(self, queryset):
        clocks = super().paginate_queryset(queryset)
        attach_readings(clocks)
        return clocks


def own_duties(user) -> Q:
    """The condition of the clocks whose owner a user stands for today: their organ, station, region's office, themselves."""
    own = Q(owner_user=user)
    for grant in grants_of(user):
        if grant.role in (Role.CLERK, Role.LEADER):
            own |= Q(owner_organ=grant.organ_id)
        elif grant.role == Role.OFFICER:
            own |= Q(owner_station=grant.station_id)
        elif grant.role == Role.HEAD:
            own |= Q(owner_region=grant.region_id) | Q(owner_station__region__code__startswith=grant.region_id)
        elif grant.role == Role.COMMITTEE:
            own |= Q(owner_region=grant.region_id)
    return own
