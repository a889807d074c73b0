"""Addresses of setting up and of bringing in."""

from django.urls import path

from oversight.views import bringing, setting_up

patterns = [
    path("setting-up/hide/", setting_up.hide, name="setting-up-hide"),
    path("bring-in/organisations/", bringing.organisations_start, name="organisations-start"),
    path("bring-in/organisations/workbook/", bringing.organisations_template, name="organisations-template"),
    path("bring-in/organisations/<str:reference>/", bringing.organisations_import, name="organisations-import"),
    path(
        "bring-in/organisations/<str:reference>/discard/", bringing.organisations_discard, name="organisations-discard"
    ),
    path("bring-in/grades/", bringing.records_start, {"kind": "grades"}, name="grades-start"),
    path("bring-in/grades/workbook/", bringing.records_template, {"kind": "grades"}, name="grades-template"),
    path("bring-in/actions/", bringing.records_start, {"kind": "actions"}, name="actions-start"),
    path("bring-in/actions/workbook/", bringing.records_template, {"kind": "actions"}, name="actions-template"),
    path("bring-in/figures/", bringing.records_start, {"kind": "figures"}, name="figures-start"),
    path("bring-in/figures/workbook/", bringing.records_template, {"kind": "figures"}, name="figures-template"),
    path("bring-in/ratings/", bringing.records_start, {"kind": "ratings"}, name="ratings-start"),
    path("bring-in/reviews/", bringing.reviews_start, name="reviews-start"),
    path("bring-in/reviews/workbook/", bringing.reviews_template, name="reviews-template"),
    path("bring-in/reviews/<str:reference>/", bringing.reviews_import, name="reviews-import"),
    path("bring-in/reviews/<str:reference>/discard/", bringing.reviews_discard, name="reviews-discard"),
    path("bring-in/reviews/<str:reference>/undo/", bringing.reviews_undo, name="reviews-undo"),
    path("bring-in/records/<str:reference>/", bringing.records_import, name="records-import"),
    path("bring-in/records/<str:reference>/discard/", bringing.records_discard, name="records-discard"),
    path("bring-in/records/<str:reference>/undo/", bringing.records_undo, name="records-undo"),
    path("bring-in/organisations/<str:reference>/undo/", bringing.organisations_undo, name="organisations-undo"),
]
