from django.urls import path

from deputies.views import booking, feeds, public

app_name = "deputies"
urlpatterns = [
    path("receptions/", public.receptions, name="receptions"),
    path("receptions/<int:pk>/book/", booking.book, name="book"),
    path("receptions/<int:pk>/calendar.ics", feeds.reception_file, name="reception_file"),
    path("appointments/", booking.appointment_find, name="appointment_find"),
    path("appointments/leave/", booking.appointment_leave, name="appointment_leave"),
    path("appointments/<str:number>/", booking.appointment, name="appointment"),
    path("appointments/<str:number>/receipt/", booking.booked, name="booked"),
    path("appointments/<str:number>/cancel/", booking.appointment_cancel, name="appointment_cancel"),
    path("stations/<slug:code>/calendar.ics", feeds.station_feed, name="station_feed"),
    path("deputies/<slug:code>/calendar.ics", feeds.deputy_feed, name="deputy_feed"),
]
