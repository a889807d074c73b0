"""Addresses of oversight."""

from django.urls import path

from oversight.views import bringing, profile

app_name = "oversight"
urlpatterns = [
    path("providers/<str:reference>/", profile.profile, name="profile"),
    path("bring-in/organisations/", bringing.organisations_start, name="organisations-start"),
    path("bring-in/organisations/workbook/", bringing.organisations_template, name="organisations-template"),
    path("bring-in/organisations/<str:reference>/", bringing.organisations_import, name="organisations-import"),
    path(
        "bring-in/organisations/<str:reference>/discard/", bringing.organisations_discard, name="organisations-discard"
    ),
    path("bring-in/organisations/<str:reference>/undo/", bringing.organisations_undo, name="organisations-undo"),
]
