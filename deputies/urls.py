from django.urls import path

from deputies.views import booking, feeds, public
from deputies.views.desk import notes, session, summary

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
    path("desk/receptions/<int:pk>/session/", session.session, name="session"),
    path("desk/receptions/<int:pk>/session/open/", session.session_open, name="session_open"),
    path("desk/receptions/<int:pk>/presence/", session.presence, name="presence"),
    path("desk/receptions/<int:pk>/notes/", session.note_new, name="note_new"),
    path("desk/receptions/<int:pk>/summary/", summary.summary, name="summary"),
    path("desk/receptions/<int:pk>/summary.pdf", summary.summary_pdf, name="summary_pdf"),
    path("desk/notes/<int:pk>/", notes.note, name="note"),
    path("desk/notes/<int:pk>/amend/", notes.note_amend, name="note_amend"),
    path("desk/notes/<int:pk>/reveal/", notes.note_reveal, name="note_reveal"),
    path("desk/note-photos/<int:pk>/", notes.note_photo, name="note_photo"),
]
