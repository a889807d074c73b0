"""Addresses of serious incidents and other indicators."""

from django.urls import path

from oversight.views import incidents, indicators

patterns = [
    path("incidents/", incidents.incident_list_page, name="incident-list"),
    path("incidents/report/", incidents.incident_new, name="incident-new"),
    path("incidents/themes/", incidents.incident_themes, name="incident-themes"),
    path("incidents/<str:reference>/", incidents.incident_detail, name="incident-detail"),
    path("incidents/<str:reference>/correct/", incidents.incident_correct, name="incident-correct"),
    path("incidents/<str:reference>/withdraw/", incidents.incident_withdraw, name="incident-withdraw"),
    path("incidents/<str:reference>/look/", incidents.incident_look, name="incident-look"),
    path("indicators/", indicators.indicator_list, name="indicator-list"),
    path("indicators/new/", indicators.indicator_new, name="indicator-new"),
    path("indicators/<str:reference>/", indicators.indicator_detail, name="indicator-detail"),
    path("indicators/<str:reference>/correct/", indicators.indicator_correct, name="indicator-correct"),
]
