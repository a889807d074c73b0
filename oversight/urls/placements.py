"""Addresses of care homes for placements."""

from django.urls import path

from oversight.views import placements

patterns = [
    path("placements/", placements.placement_list, name="placement-list"),
    path("placements/<str:reference>/", placements.placement, name="placement"),
    path("placements/<str:reference>/status/", placements.authority_concern, name="authority-concern"),
]
