from django.urls import path

from insights.views import desk, duty, quarter, stations

app_name = "insights"
urlpatterns = [
    path("desk/dashboard/", desk.dashboard, name="dashboard"),
    path("desk/stations/", stations.stations, name="stations"),
    path("desk/duty-records/", duty.duty_records, name="duty_records"),
    path("desk/duty-records.xlsx", duty.duty_records_xlsx, name="duty_records_xlsx"),
    path("desk/duty-records/<slug:code>/", duty.duty_record_page, name="duty_record"),
    path("desk/duty-records/<slug:code>.xlsx", duty.duty_record_xlsx, name="duty_record_xlsx"),
    path("desk/duty-records/<slug:code>.pdf", duty.duty_record_pdf, name="duty_record_pdf"),
    path("desk/quarter/", quarter.quarter, name="quarter"),
    path("desk/quarter.xlsx", quarter.quarter_xlsx, name="quarter_xlsx"),
    path("desk/quarter.pdf", quarter.quarter_pdf, name="quarter_pdf"),
    path("desk/quarter/<slug:code>/<slug:column>/", quarter.quarter_rows, name="quarter_rows"),
]
