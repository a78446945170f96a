from django.urls import path

from .views import desk

app_name = "supervision"
urlpatterns = [
    path("desk/ladder/", desk.ladder, name="ladder"),
    path("desk/ladder/<int:pk>/", desk.rung, name="rung"),
    path("desk/terms/", desk.terms, name="terms"),
    path("desk/terms/<int:pk>/", desk.term, name="term"),
]
