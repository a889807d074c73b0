"""Addresses of periods and figures returns."""

from django.urls import path

from training.views import returns

patterns = [
    path("figures/returns/<str:reference>/", returns.return_detail, name="return-detail"),
]
