from django.urls import path

from . import views, views_tokens

app_name = "accounts"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("password/", views.Password.as_view(), name="password"),
    path("leave/", views.leave, name="leave"),
    path("leave/<int:pk>/back/", views.back, name="back"),
    path("tokens/", views_tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", views_tokens.revoke_token, name="revoke_token"),
]
