from django.urls import path

from insights.views import desk

app_name = "insights"
urlpatterns = [path("desk/dashboard/", desk.dashboard, name="dashboard")]
