from django.urls import path

from .views import desk

app_name = "papers"
urlpatterns = [path("desk/papers/<int:pk>/", desk.paper, name="paper")]
