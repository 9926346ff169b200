"""Addresses of the account pages."""

from accounts import views

from fastjango.contrib.auth import views as auth_views
from fastjango.urls import path

app_name = "accounts"
urlpatterns = [
    path("login/", auth_views.LoginView.as_view(template_name="accounts/login.html"), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("sign-up/", views.SignUpView.as_view(), name="sign-up"),
    path("profile/", views.ProfileView.as_view(), name="profile"),
]
