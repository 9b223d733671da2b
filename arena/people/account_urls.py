"""Addresses of signing in and of one's account. Pages of allauth that are not here do not exist."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as provider
from django.urls import path
from django.views.generic import RedirectView

from arena.people import account_pages as views
from arena.people.provider import from_provider, to_provider

_ACCOUNT = RedirectView.as_view(pattern_name="account")
urlpatterns = [
    path("", views.account_page, name="account"),
    path("login/", account.login, name="account_login"),
    path("login/code/", account.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", account.confirm_login_code, name="account_confirm_login_code"),
    path("login/second/", second_factor.authenticate, name="mfa_authenticate"),
    path("logout/", views.SignOut.as_view(), name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    path("email/", views.ChangeAddress.as_view(), name="account_email"),
    path("password/", views.SetPassword.as_view(), name="account_set_password"),
    path("sessions/end/", views.end_sessions, name="account_end_sessions"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("again/code/", account.request_reauthentication_code, name="account_request_reauthentication_code"),
    path("again/code/confirm/", account.confirm_reauthentication_code, name="account_confirm_reauthentication_code"),
    path("again/second/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("second/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("second/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second/codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second/codes/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("provider/cancelled/", provider.login_cancelled, name="socialaccount_login_cancelled"),
    path("provider/error/", provider.login_error, name="socialaccount_login_error"),
    path("provider/signup/", provider.signup, name="socialaccount_signup"),
    path("oidc/<slug:provider_id>/", to_provider, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/callback/", from_provider, name="openid_connect_callback"),
    # What allauth goes back to stands on the page of the account.
    path("second/", _ACCOUNT, name="mfa_index"),
    path("provider/", _ACCOUNT, name="socialaccount_connections"),
    path("password/change/", RedirectView.as_view(pattern_name="account_set_password"), name="account_change_password"),
]
