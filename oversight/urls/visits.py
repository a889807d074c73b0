"""Addresses of visits. Words come before the reference of one visit, so this file stands last."""

from django.urls import path

from oversight.views import visit_told, visit_writing, visits

patterns = [
    path("visits/", visits.visit_list, name="visit-list"),
    path("visits/plan/<str:reference>/", visits.visit_plan, name="visit-plan"),
    path("visits/<str:reference>/", visits.visit, name="visit"),
    path("visits/<str:reference>/move/", visits.visit_replan, name="visit-replan"),
    path("visits/<str:reference>/cancel/", visits.visit_cancel, name="visit-cancel"),
    path("visits/<str:reference>/write-up/", visit_writing.write_up, name="visit-write-up"),
    path("visits/<str:reference>/line/", visit_writing.line_save, name="visit-line-save"),
    path("visits/<str:reference>/part/", visit_writing.part_save, name="visit-part-save"),
    path("visits/<str:reference>/done/", visit_writing.visit_done, name="visit-done"),
    path("visits/<str:reference>/told/", visit_told.told, name="visit-told"),
    path("visits/<str:reference>/letter/", visit_told.letter, name="visit-letter"),
]
