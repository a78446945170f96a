from django.urls import path

from portal.views import desk, own_data, privacy, privacy_notice, public, settings

app_name = "portal"
urlpatterns = [
    path("", public.home, name="home"),
    path("stations/", public.stations, name="stations"),
    path("stations/<slug:code>/", public.station, name="station"),
    path("deputies/<slug:code>/", public.deputy, name="deputy"),
    path("results/", public.results, name="results"),
    path("results/<str:number>/", public.result, name="result"),
    path("privacy/", privacy_notice.privacy_notice, name="privacy_notice"),
    path("privacy/<int:version>/", privacy_notice.privacy_notice, name="privacy_notice_version"),
    path("my-data/", own_data.own, name="all_own_data"),
    path("my-data/erase/", own_data.erase, name="erase_all_own_data"),
    path("my-data/file.<slug:kind>", own_data.own_file, name="all_own_data_file"),
    path("my-data/<str:number>/", own_data.own, name="own_data"),
    path("my-data/<str:number>/erase/", own_data.erase, name="erase_own_data"),
    path("my-data/<str:number>/file.<slug:kind>", own_data.own_file, name="own_data_file"),
    path("type-size/", public.type_size, name="type_size"),
    path("desk/", desk.desk, name="desk"),
    path("desk/privacy/", privacy.looks, name="privacy_looks"),
    path("desk/privacy/exports/", privacy.exports, name="privacy_exports"),
    path("desk/privacy/removals/", privacy.removals, name="privacy_removals"),
    path("desk/privacy/erasures/", privacy.erasures, name="privacy_erasures"),
    path("desk/settings/", settings.settings, name="settings"),
    path("desk/settings/changes/", settings.rule_changes, name="rule_changes"),
    path("desk/mailbox/", desk.mailbox, name="mailbox"),
]
