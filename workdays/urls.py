from django.urls import path

from .views import desk

app_name = "workdays"
urlpatterns = [
    path("desk/calendar/", desk.calendar, name="calendar"),
]
