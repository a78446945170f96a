import datetime as dt

from django.urls import path, register_converter

from .views import desk


class IsoDate:
    """A date in an address, 2027-02-05."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, text):
        return dt.date.fromisoformat(text)

    def to_url(self, date):
        return date.isoformat()


register_converter(IsoDate, "date")

app_name = "workdays"
urlpatterns = [
    path("desk/calendar/", desk.calendar, name="calendar"),
    path("desk/calendar/day/", desk.set_day, name="set_day"),
    path("desk/calendar/day/<date:day>/remove/", desk.remove_day, name="remove_day"),
    path("desk/calendar/year/", desk.record_year, name="record_year"),
    path("desk/calendar/year/<int:year>/load/", desk.load_year, name="load_year"),
    path("desk/calendar/hours/", desk.set_hours, name="set_hours"),
]
