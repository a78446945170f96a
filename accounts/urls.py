from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("password/", views.Password.as_view(), name="password"),
    path("leave/", views.leave, name="leave"),
    path("leave/<int:pk>/back/", views.back, name="back"),
]
