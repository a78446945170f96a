from django.urls import path

from deputies.views import public

app_name = "deputies"
urlpatterns = [
    path("receptions/", public.receptions, name="receptions"),
]
