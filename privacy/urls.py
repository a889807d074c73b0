"""Addresses of the guard and of removals."""

from django.urls import path

from privacy.views import guard, removals

app_name = "privacy"

urlpatterns = [
    path("", guard.guard, name="guard"),
    path("rules/", guard.rule_list, name="rule-list"),
    path("rules/<slug:code>/add/", guard.rule_add, name="rule-add"),
    path("removals/", removals.removal_list, name="removal-list"),
    path("removals/own/", removals.removal_own, name="removal-own"),
    path("removals/<str:reference>/", removals.removal_detail, name="removal-detail"),
    path("remove/<str:code>/<int:thing>/", removals.removal_add, name="removal-add"),
]
