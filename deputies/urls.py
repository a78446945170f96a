from django.urls import path

from deputies import views

app_name = "deputies"
urlpatterns = [path("receptions/", views.receptions, name="receptions")]
