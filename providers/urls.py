"""Addresses of the register."""

from django.urls import path

from providers.views import accountability, arrangements, contacts, organisations, post_rules, posts, public, register

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
    path("organisations/<str:reference>/posts/", posts.post_book, name="post-book"),
    path("organisations/<str:reference>/posts/add/", posts.post_add, name="post-add"),
    path("organisations/<str:reference>/accountability/", accountability.accountability, name="accountability"),
    path("organisations/<str:reference>/capacity/", accountability.capacity, name="capacity"),
    path("organisations/<str:reference>/capacity/state/", accountability.capacity_state, name="capacity-state"),
    path("posts/", posts.post_list, name="post-list"),
    path("posts/rules/", post_rules.post_rules, name="post-rules"),
    path("posts/rules/<slug:post_kind>/", post_rules.post_rule, name="post-rule"),
    path("posts/<str:reference>/edit/", posts.post_edit, name="post-edit"),
    path("posts/<str:reference>/fill/", posts.post_fill, name="post-fill"),
    path("posts/<str:reference>/cover/", posts.post_cover, name="post-cover"),
    path("posts/<str:reference>/close/", posts.post_close, name="post-close"),
    path("people-in-posts/<str:reference>/leave/", posts.holder_leave, name="holder-leave"),
    path("people-in-posts/<str:reference>/verify/", posts.holder_verify, name="holder-verify"),
    path("safeguarding-contacts/<str:reference>/<slug:slug>/", public.public_contacts, name="public-contacts"),
    path(
        "safeguarding-contacts/<str:reference>/<slug:slug>/accountability/",
        public.public_accountability,
        name="public-accountability",
    ),
    path("links/<str:reference>/end/", arrangements.partnership_end, name="partnership-end"),
]
