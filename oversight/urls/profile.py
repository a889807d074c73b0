"""Addresses of the desk and of one provider."""

from django.urls import path

from oversight.views import desk, profile

patterns = [
    path("oversight/", desk.desk, name="desk"),
    path("providers/<str:reference>/", profile.profile, name="profile"),
]
