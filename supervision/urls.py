import datetime as dt

from django.urls import path, register_converter

from .api import OwnClocksViewSet
from .views import calendar, desk, links, wording


class IsoDate:
    """A date in an address, 2027-02-05."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, text):
        return dt.date.fromisoformat(text)

    def to_url(self, date):
        return date.isoformat()


register_converter(IsoDate, "date")

app_name = "supervision"
urlpatterns = [
    path("desk/clocks/<int:pk>/links/", links.duty_links, name="links"),
    path("desk/ladder/", desk.ladder, name="ladder"),
    path("desk/ladder/<int:pk>/", desk.rung, name="rung"),
    path("desk/ladder/<int:pk>/remove/", desk.remove_rung, name="remove_rung"),
    path("desk/ladders/<int:pk>/", desk.ladder, name="ladder_of"),
    path("desk/ladders/<int:pk>/add/", desk.add_rung, name="add_rung"),
    path("desk/ladders/<int:pk>/remove/", desk.remove_ladder, name="remove_ladder"),
    path("desk/calendar/day/", calendar.set_day, name="set_day"),
    path("desk/calendar/day/<date:day>/remove/", calendar.remove_day, name="remove_day"),
    path("desk/calendar/year/", calendar.record_year, name="record_year"),
    path("desk/calendar/year/<int:year>/load/", calendar.load_year, name="load_year"),
    path("desk/calendar/hours/", calendar.set_hours, name="set_hours"),
    path("desk/message-words/", wording.wordings, name="wordings"),
    path("desk/message-words/<slug:name>/", wording.wording, name="wording"),
    path("desk/terms/", desk.terms, name="terms"),
    path("desk/terms/<int:pk>/", desk.term, name="term"),
    path("api/v1/desk/clocks/", OwnClocksViewSet.as_view({"get": "list"}), name="api_clocks"),
]
