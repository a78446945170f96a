from django.urls import path

from stations.api import RegionViewSet, StationViewSet
from stations.views import checklists, desk, organs

app_name = "stations"
urlpatterns = [
    path("desk/new-station/", desk.choose_place, name="choose_place"),
    path("desk/new-station/<slug:region>/", desk.new, name="new"),
    path("desk/stations/<slug:code>/", desk.station, name="desk_station"),
    path("desk/stations/<slug:code>/edit/", desk.edit, name="edit"),
    path("desk/stations/<slug:code>/inspect/<int:checklist>/", desk.inspect, name="inspect"),
    path("desk/inspections/<int:pk>/", desk.inspection, name="inspection"),
    path("desk/findings/<int:pk>/fix/", desk.fix, name="fix"),
    path("desk/organs/", organs.organs, name="organs"),
    path("desk/organs/<int:pk>/", organs.organ, name="organ"),
    path("desk/checklists/", checklists.checklists, name="checklists"),
    path("desk/checklists/new/", checklists.checklist, name="checklist_new"),
    path("desk/checklists/<int:pk>/", checklists.checklist, name="checklist"),
    path("api/v1/regions/", RegionViewSet.as_view({"get": "list"}), name="api_regions"),
    path("api/v1/regions/<str:code>/", RegionViewSet.as_view({"get": "retrieve"}), name="api_region"),
    path("api/v1/stations/", StationViewSet.as_view({"get": "list"}), name="api_stations"),
    path("api/v1/stations/<str:code>/", StationViewSet.as_view({"get": "retrieve"}), name="api_station"),
]
