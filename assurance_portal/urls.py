"""Every address of the portal. Routes of allauth are listed one by one: there is no sign-up."""

from django.urls import include, path

from assurance_portal import home

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("accounts.urls")),
]

handler400 = "assurance_portal.errors.bad_request"
handler404 = "assurance_portal.errors.not_found"
handler500 = "assurance_portal.errors.server_error"
