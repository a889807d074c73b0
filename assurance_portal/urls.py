"""Every address of the portal. Routes of allauth are listed one by one: there is no sign-up."""

from django.urls import include, path

from assurance_portal import demonstration, health, home, mail_page

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("demonstration/accounts/", demonstration.demonstration_accounts, name="demonstration-accounts"),
    path("demonstration/mail/", mail_page.mail_list, name="mail"),
    path("demonstration/mail/<str:key>/", mail_page.mail_detail, name="mail-detail"),
    path("demonstration/mail/<str:key>/html/", mail_page.mail_html, name="mail-html"),
    path("", include("accounts.urls")),
    path("", include("assurance.urls")),
    path("", include("providers.urls")),
    path("actions/", include("actions.urls")),
    path("evidence/", include("evidence.urls")),
    path("reminders/", include("chasing.urls")),
    path("", include("framework.urls")),
    path("", include("oversight.urls")),
    path("", include("reviews.urls")),
    path("", include("training.urls")),
    path("annual-reports/", include("governance.urls")),
    path("exports/", include("exports.urls")),
    path("identifiable-data/", include("privacy.urls")),
]

handler400 = "assurance_portal.errors.bad_request"
handler404 = "assurance_portal.errors.not_found"
handler500 = "assurance_portal.errors.server_error"
