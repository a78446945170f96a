"""Everybody's statistics for programs: the figures of the public page, with the same bound of five."""

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from insights import open_figures
from insights.period_form import StatisticsForm, areas_to_choose
from insights.tallied import told_from_to


class LineSerializer(serializers.Serializer):
    """A place, a topic or a month; ``rates`` are per cent, and null where fewer than five are counted.

    ``code`` is that of the region or the month, and of a topic its path.
    """

    name = serializers.CharField()
    code = serializers.CharField()
    period = serializers.CharField(source="period.code")
    figures = serializers.DictField(child=serializers.IntegerField())
    rates = serializers.DictField(child=serializers.FloatField(allow_null=True))
    median_days = serializers.IntegerField(source="days.median", allow_null=True)


class StatisticsSerializer(serializers.Serializer):
    counted_at = serializers.DateTimeField(allow_null=True)
    period = serializers.CharField()
    area = serializers.CharField()
    whole = LineSerializer()
    areas = LineSerializer(many=True)
    topics = LineSerializer(many=True)
    months = LineSerializer(many=True)


class StatisticsQuery(serializers.Serializer):
    """A period such as 2026, and the code of a county or township; without them this year and everywhere."""

    period = serializers.CharField(required=False)
    area = serializers.CharField(required=False)


class StatisticsView(APIView):
    """What was received, answered in time, solved and thought well of: by place, topic and month."""

    authentication_classes = []
    permission_classes = [AllowAny]
    serializer_class = StatisticsSerializer
    query_serializer = StatisticsQuery

    def get(self, request):
        areas = areas_to_choose(request.GET.get("area", ""))
        first_day, at = told_from_to()
        form = StatisticsForm(request.GET, today=timezone.localdate(), first_day=first_day, areas=areas)
        if not form.is_valid():
            raise ValidationError(form.errors)
        period, area = form.chosen
        told = {
            "counted_at": at,
            "period": period.code,
            "area": area,
            **open_figures.tables(area, period),
        }
        return Response(StatisticsSerializer(told).data)
