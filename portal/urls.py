from django.urls import path

from portal.views import desk, public, settings

app_name = "portal"
urlpatterns = [
    path("", public.home, name="home"),
    path("stations/", public.stations, name="stations"),
    path("stations/<slug:code>/", public.station, name="station"),
    path("deputies/<slug:code>/", public.deputy, name="deputy"),
    path("results/", public.results, name="results"),
    path("results/<str:number>/", public.result, name="result"),
    path("type-size/", public.type_size, name="type_size"),
    path("desk/", desk.desk, name="desk"),
    path("desk/settings/", settings.settings, name="settings"),
    path("desk/settings/changes/", settings.rule_changes, name="rule_changes"),
    path("desk/mailbox/", desk.mailbox, name="mailbox"),
]
