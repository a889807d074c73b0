"""Addresses of the register."""

from django.urls import path

from providers.views import arrangements, contacts, organisations, register

app_name = "providers"
urlpatterns = [
    path("organisations/", register.organisation_list, name="organisation-list"),
    path("organisations/add/", organisations.organisation_add, name="organisation-add"),
    path("organisations/<str:reference>/", register.organisation, name="organisation"),
    path("organisations/<str:reference>/history/", register.history, name="history"),
    path("organisations/<str:reference>/edit/", organisations.organisation_edit, name="organisation-edit"),
    path("organisations/<str:reference>/close/", organisations.organisation_close, name="organisation-close"),
    path("organisations/<str:reference>/reopen/", organisations.organisation_reopen, name="organisation-reopen"),
    path("organisations/<str:reference>/succession/", organisations.succession_record, name="succession-record"),
    path("organisations/<str:reference>/services/", contacts.service_profile, name="service-profile"),
    path("organisations/<str:reference>/sites/add/", organisations.site_add, name="site-add"),
    path("organisations/<str:reference>/contracts/add/", arrangements.arrangement_add, name="arrangement-add"),
    path("organisations/<str:reference>/contacts/add/", contacts.contact_add, name="contact-add"),
    path("organisations/<str:reference>/links/add/", arrangements.partnership_add, name="partnership-add"),
    path("sites/<str:reference>/edit/", organisations.site_edit, name="site-edit"),
    path("sites/<str:reference>/close/", organisations.site_close, name="site-close"),
    path("contracts/<str:reference>/edit/", arrangements.arrangement_edit, name="arrangement-edit"),
    path("contracts/<str:reference>/end/", arrangements.arrangement_end, name="arrangement-end"),
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/<str:reference>/edit/", contacts.contact_edit, name="contact-edit"),
    path("contacts/<str:reference>/verify/", contacts.contact_verify, name="contact-verify"),
    path("contacts/<str:reference>/end/", contacts.contact_end, name="contact-end"),
    path("links/<str:reference>/end/", arrangements.partnership_end, name="partnership-end"),
]
