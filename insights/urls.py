from django.urls import path

from insights.api import StatisticsView
from insights.ledger_api import LedgerViewSet
from insights.views import desk, duty, hot, ledgers, locks, public, quarter, stations

app_name = "insights"
urlpatterns = [
    path("statistics/", public.public_statistics, name="public_statistics"),
    path("statistics/<slug:kind>.csv", public.open_data, name="open_data"),
    path("desk/dashboard/", desk.dashboard, name="dashboard"),
    path("desk/wall/", desk.wall, name="wall"),
    path("desk/holders/", desk.holder_list, name="holders"),
    path("desk/hot/", hot.hot, name="hot"),
    path("desk/stations/", stations.stations, name="stations"),
    path("desk/duty-records/", duty.duty_records, name="duty_records"),
    path("desk/duty-records/<slug:code>/", duty.duty_record_page, name="duty_record"),
    path("desk/quarter/", quarter.quarter, name="quarter"),
    path("desk/quarter/<slug:code>/<slug:column>/", quarter.quarter_rows, name="quarter_rows"),
    path("desk/ledgers/", ledgers.ledger_list, name="ledgers"),
    path("desk/ledgers/taken/", ledgers.takings, name="ledger_takings"),
    path("desk/ledgers/months/", locks.month_locks, name="month_locks"),
    path("desk/ledgers/months/<int:pk>/", locks.month_lock, name="month_lock"),
    path("desk/ledgers/jobs/<int:pk>/", ledgers.job, name="ledger_job"),
    path("desk/ledgers/jobs/<int:pk>/file/", ledgers.job_file, name="ledger_job_file"),
    path("desk/ledgers/<slug:key>.<slug:kind>", ledgers.ledger, name="ledger"),
    path("api/v1/statistics/", StatisticsView.as_view(), name="api_statistics"),
    path("api/v1/desk/ledgers/", LedgerViewSet.as_view({"get": "list"}), name="api_ledgers"),
    path("api/v1/desk/ledgers/jobs/<int:pk>/", LedgerViewSet.as_view({"get": "job"}), name="api_ledger_job"),
    path("api/v1/desk/ledgers/jobs/<int:pk>/file/", LedgerViewSet.as_view({"get": "file"}), name="api_ledger_file"),
    path("api/v1/desk/ledgers/<slug:key>/", LedgerViewSet.as_view({"post": "order"}), name="api_ledger"),
]
