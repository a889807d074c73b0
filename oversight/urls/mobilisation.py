"""Addresses of new services."""

from django.urls import path

from oversight.views import mobilisation

patterns = [
    path("new-services/", mobilisation.mobilisation_list, name="mobilisation-list"),
    path("new-services/add/", mobilisation.mobilisation_add, name="mobilisation-add"),
    path("new-services/<str:reference>/", mobilisation.mobilisation, name="mobilisation"),
    path("new-services/<str:reference>/change/", mobilisation.mobilisation_change, name="mobilisation-change"),
    path("new-services/<str:reference>/stage/", mobilisation.mobilisation_move, name="mobilisation-move"),
    path("new-services/<str:reference>/sign-off/", mobilisation.mobilisation_sign, name="mobilisation-sign"),
]
