"""Addresses of visits. Words come before the reference of one visit, so this file stands last."""

from django.urls import path

from oversight.views import visits

patterns = [
    path("visits/", visits.visit_list, name="visit-list"),
    path("visits/plan/<str:reference>/", visits.visit_plan, name="visit-plan"),
    path("visits/<str:reference>/", visits.visit, name="visit"),
    path("visits/<str:reference>/move/", visits.visit_replan, name="visit-replan"),
    path("visits/<str:reference>/cancel/", visits.visit_cancel, name="visit-cancel"),
]
