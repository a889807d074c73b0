"""Addresses of questions about figures."""

from django.urls import path

from training.views import queries

ONE = "figures/queries/<str:reference>/"
patterns = [
    path("figures/queries/", queries.query_list, name="query-list"),
    path("figures/queries/ask/<str:reference>/<slug:code>/", queries.query_ask, name="query-ask"),
    path(ONE, queries.query_detail, name="query-detail"),
    path(f"{ONE}answer/", queries.query_answer, name="query-answer"),
    path(f"{ONE}resolve/", queries.query_resolve, name="query-resolve"),
    path(f"{ONE}take-back/", queries.query_take_back, name="query-take-back"),
]
