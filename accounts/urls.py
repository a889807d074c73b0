"""Addresses of people and access. allauth's routes are named one by one, so there is no way to sign up."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.views import circles, entrance, invitations, links, own_account, people, roles

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
    path("invitation/<str:token>/", invitations.invitation_accept, name="invitation-accept"),
    path("account/", own_account.own_account, name="own-account"),
    path("account/second-step/", own_account.second_factor, name="second-factor"),
    path("account/sessions/end/", own_account.sessions_end, name="sessions-end"),
    path("account/sessions/<int:pk>/end/", own_account.session_end, name="session-end"),
    path("account/extend/", own_account.extend, name="extend"),
    path("account/acting-for/", own_account.act_for, name="act-for"),
    path("account/cover/add/", own_account.cover_add, name="cover-add"),
    path("account/cover/<str:reference>/end/", own_account.cover_end, name="cover-end"),
    path("account/interests/add/", own_account.interest_add, name="interest-add"),
    path("people/", people.person_list, name="person-list"),
    path("people/roles/", people.role_list, name="role-list"),
    path("people/waiting/", roles.role_pending, name="role-pending"),
    path("people/waiting/<str:reference>/", roles.role_confirm, name="role-confirm"),
    path("people/invitations/", invitations.invitation_list, name="invitation-list"),
    path("people/invitations/new/", invitations.invitation_new, name="invitation-new"),
    path("people/invitations/<str:reference>/send-again/", invitations.invitation_again, name="invitation-again"),
    path("people/invitations/<str:reference>/withdraw/", invitations.invitation_withdraw, name="invitation-withdraw"),
    path("people/roles/<str:reference>/end/", roles.role_end, name="role-end"),
    path("people/roles/<str:reference>/strands/", roles.role_strands, name="role-strands"),
    path("people/cover/<str:reference>/end/", people.person_cover_end, name="person-cover-end"),
    path("people/interests/<str:reference>/end/", people.interest_end, name="interest-end"),
    path("people/<str:reference>/", people.person_page, name="person-page"),
    path("people/<str:reference>/role/", roles.role_give, name="role-give"),
    path("people/<str:reference>/cover/", people.person_cover, name="person-cover"),
    path("people/<str:reference>/interest/", people.person_interest, name="person-interest"),
    path("people/<str:reference>/sign-out/", people.person_sign_out, name="person-sign-out"),
    path("people/<str:reference>/end/", people.person_disable, name="person-disable"),
    path("access-lists/", circles.circle_list, name="circle-list"),
    path("access-lists/new/", circles.circle_new, name="circle-new"),
    path("access-lists/<str:reference>/", circles.circle_page, name="circle-page"),
    path("access-lists/<str:reference>/add/", circles.circle_add, name="circle-add"),
    path("access-lists/members/<int:pk>/remove/", circles.circle_remove, name="circle-remove"),
]

urlpatterns: list[URLPattern | URLResolver] = [*sign_in, path("", include((ours, "accounts")))]
