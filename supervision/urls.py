from django.urls import path

from .views import desk, links

app_name = "supervision"
urlpatterns = [
    path("desk/clocks/<int:pk>/links/", links.duty_links, name="links"),
    path("desk/ladder/", desk.ladder, name="ladder"),
    path("desk/ladder/<int:pk>/", desk.rung, name="rung"),
    path("desk/ladder/<int:pk>/remove/", desk.remove_rung, name="remove_rung"),
    path("desk/ladders/<int:pk>/", desk.ladder, name="ladder_of"),
    path("desk/ladders/<int:pk>/add/", desk.add_rung, name="add_rung"),
    path("desk/ladders/<int:pk>/remove/", desk.remove_ladder, name="remove_ladder"),
    path("desk/terms/", desk.terms, name="terms"),
    path("desk/terms/<int:pk>/", desk.term, name="term"),
]
