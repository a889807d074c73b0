"""Addresses of questions about figures."""

from django.urls import path

from training.views import queries

patterns = [
    path("figures/queries/<str:reference>/", queries.query_detail, name="query-detail"),
]
