from django.urls import path

from .views import desk

app_name = "notices"
urlpatterns = [
    path("desk/messages/", desk.messages, name="messages"),
    path("desk/messages/parked/", desk.parked, name="parked"),
    path("desk/messages/parked/<int:pk>/", desk.settle_parked, name="settle_parked"),
    path("desk/messages/read/", desk.read_all, name="read_all"),
    path("desk/messages/<int:pk>/read/", desk.read, name="read"),
]
