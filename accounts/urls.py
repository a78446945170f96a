from django.urls import path

from .views import leave, own, signing_in, single_sign_on, tokens

app_name = "accounts"
urlpatterns = [
    path("login/", signing_in.SignIn.as_view(), name="login"),
    path("login/code/", signing_in.SecondStep.as_view(), name="second_step"),
    path("logout/", signing_in.SignOut.as_view(), name="logout"),
    path("sso/", single_sign_on.send_out, name="sso"),
    path("sso/back/", single_sign_on.come_back, name="sso_back"),
    path("sso/bind/", single_sign_on.bind, name="sso_bind"),
    path("password/", own.Password.as_view(), name="password"),
    path("second-factor/", own.own_second_factor, name="second_factor"),
    path("sessions/", own.own_sign_ins, name="sign_ins"),
    path("sessions/end/", own.end_sign_in, name="end_other_sign_ins"),
    path("sessions/<int:pk>/end/", own.end_sign_in, name="end_sign_in"),
    path("leave/", leave.leave, name="leave"),
    path("leave/<int:pk>/back/", leave.back, name="back"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke_token, name="revoke_token"),
]
