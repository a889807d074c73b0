"""Addresses of people and access. allauth's routes are named one by one, so there is no way to sign up."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.views import entrance, links, own_account

# Names that allauth itself looks up.
sign_in: list[URLPattern | URLResolver] = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/second-step/", entrance.second_step, name="mfa_authenticate"),
    path("sign-in/this-device/", entrance.trust_device, name="mfa_trust"),
    path("sign-in/passkey/", entrance.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("forgotten-password/", links.password_forgotten, name="account_reset_password"),
    path("account/confirm/password/", entrance.confirm_password, name="account_reauthenticate"),
    path("account/confirm/", entrance.confirm_code, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", entrance.confirm_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/password/", entrance.change_password, name="account_change_password"),
    path("account/second-step/", own_account.second_factor, name="mfa_index"),
    path("account/second-step/", own_account.second_factor, name="mfa_list_webauthn"),
    path("account/second-step/app/", entrance.start_app, name="mfa_activate_totp"),
    path("account/second-step/app/remove/", entrance.stop_app, name="mfa_deactivate_totp"),
    path("account/second-step/passkeys/add/", entrance.add_passkey, name="mfa_add_webauthn"),
    path("account/second-step/passkeys/<int:pk>/", entrance.rename_passkey, name="mfa_edit_webauthn"),
    path("account/second-step/passkeys/<int:pk>/remove/", entrance.remove_passkey, name="mfa_remove_webauthn"),
    path("account/second-step/codes/", entrance.show_codes, name="mfa_view_recovery_codes"),
    path("account/second-step/codes/download/", entrance.download_codes, name="mfa_download_recovery_codes"),
    path("account/second-step/codes/new/", entrance.new_codes, name="mfa_generate_recovery_codes"),
]

ours: list[URLPattern | URLResolver] = [
    path("forgotten-password/sent/", links.password_link_sent, name="password-link-sent"),
    path("forgotten-password/<str:token>/", links.password_reset, name="password-reset"),
    path("asleep/", links.asleep, name="asleep"),
    path("wake-up/<str:token>/", links.account_wake, name="account-wake"),
    path("account/", own_account.own_account, name="own-account"),
    path("account/second-step/", own_account.second_factor, name="second-factor"),
]

urlpatterns: list[URLPattern | URLResolver] = [*sign_in, path("", include((ours, "accounts")))]
