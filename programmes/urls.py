"""Addresses of programmes, items, activities and meetings; each matter has its own list."""

from django.urls import path

from programmes.views import activities as activity_views
from programmes.views import activity_people, by_link, documents, items, public
from programmes.views import meetings as meeting_views
from programmes.views import programmes as programme_views

app_name = "programmes"

# Activities and documents.
activities = [
    path("activities/", public.public_activities, name="public_activities"),
    path("activities/<int:pk>/", public.public_activity, name="public_activity"),
    path("sign-ups/", public.sign_up_find, name="sign_up_find"),
    path("sign-ups/leave/", public.sign_up_leave, name="sign_up_leave"),
    path("sign-ups/<str:number>/", public.sign_up, name="sign_up"),
    path("sign-ups/<str:number>/receipt/", public.signed_up, name="signed_up"),
    path("desk/activities/", activity_views.activity_list, name="activities"),
    path("desk/activities/new/", activity_views.activity_new, name="activity_new"),
    path("desk/activities/<int:pk>/", activity_views.activity, name="activity"),
    path("desk/activities/<int:pk>/edit/", activity_views.activity_edit, name="activity_edit"),
    path("desk/activities/<int:pk>/act/<slug:action>/", activity_views.act, name="activity_act"),
    path("desk/activities/<int:pk>/guests/", activity_views.reveal, name="activity_reveal"),
    path("desk/activities/<int:pk>/invite/", activity_people.invite, name="activity_invite"),
    path("desk/activities/<int:pk>/attendance/", activity_people.attendance, name="activity_attendance"),
    path("desk/activities/<int:pk>/minutes/", activity_people.minutes, name="activity_minutes"),
    path("desk/activities/<int:pk>/items/", activity_people.items, name="activity_items"),
    path("desk/activities/<int:pk>/uninvite/<int:invitation>/", activity_views.uninvite, name="activity_uninvite"),
    path("desk/activities/<int:pk>/remove/<int:document>/", activity_views.take_away, name="activity_take_away"),
    path("documents/<int:pk>/", documents.document, name="document"),
]

# Meetings with organ heads.
meetings = [
    path("desk/meetings/", meeting_views.meeting_list, name="meetings"),
    path("desk/meetings/new/", meeting_views.ask_meeting, name="ask_meeting"),
    path("desk/meetings/<int:pk>/", meeting_views.meeting, name="meeting"),
    path("desk/meetings/<int:pk>/<slug:action>/", meeting_views.act_on_meeting, name="act_on_meeting"),
]

# Programmes and items.
programmes = [
    path("desk/programmes/", programme_views.programmes, name="programmes"),
    path("desk/programmes/new/", programme_views.programme_new, name="programme_new"),
    path("desk/programmes/templates/", programme_views.templates, name="templates"),
    path("desk/programmes/templates/new/", programme_views.template, name="template_new"),
    path("desk/programmes/templates/<int:pk>/", programme_views.template, name="template"),
    path("desk/programmes/<int:pk>/", programme_views.programme, name="programme"),
    path("desk/programmes/<int:pk>/edit/", programme_views.programme_edit, name="programme_edit"),
    path("desk/programmes/<int:pk>/items/", programme_views.programme_items, name="programme_items"),
    path("desk/programmes/<int:pk>/circular/", programme_views.programme_circular, name="programme_circular"),
    path("desk/programmes/<int:pk>/close/", programme_views.programme_close, name="programme_close"),
    path("desk/programmes/<int:pk>/report/", programme_views.programme_report, name="programme_report"),
    path("desk/items/", items.items, name="items"),
    path("desk/items/<int:pk>/", items.item, name="item"),
    path("i/<str:token>/", by_link.item, name="by_link"),
    path("desk/items/<int:pk>/<slug:action>/", items.act_on_item, name="act_on_item"),
]

urlpatterns = [*activities, *meetings, *programmes]
