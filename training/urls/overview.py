"""Addresses of the overview, of a line, of what stands behind a figure, and of a provider's own view."""

from django.urls import path

from training.views import lines, overview, own

patterns = [
    path("figures/", overview.overview_page, name="overview"),
    path("figures/paper/", overview.overview_paper, name="overview-paper"),
    path("figures/looked-after-children/", overview.looked_after, name="looked-after"),
    path("figures/lines/<slug:line>/", lines.line_page, name="line"),
    path("figures/lines/<slug:line>/changes/", lines.line_changes, name="line-changes"),
    path("figures/lines/<slug:line>/<str:reference>/", lines.behind, name="behind"),
    path("figures/own/", own.own_page, name="own"),
    path("figures/own/<str:reference>/paper/", own.own_paper, name="own-paper"),
]
