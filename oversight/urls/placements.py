"""Addresses of care homes for placements, and of the contract meeting sheet."""

from django.urls import path

from oversight.views import meeting_sheet, placements

patterns = [
    path("providers/<str:reference>/meeting-sheet/", meeting_sheet.meeting_sheet, name="meeting-sheet"),
    path("placements/", placements.placement_list, name="placement-list"),
    path("placements/<str:reference>/", placements.placement, name="placement"),
    path("placements/<str:reference>/status/", placements.authority_concern, name="authority-concern"),
]
