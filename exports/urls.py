"""Addresses of the exports."""

from django.urls import path

from exports import views

app_name = "exports"
urlpatterns = [
    path("", views.frozen_list, name="frozen-list"),
    path("log/", views.export_log, name="export-log"),
    path("list/<slug:listing>/freeze/", views.freeze, name="freeze"),
    path("list/<slug:listing>/file.<slug:ending>", views.export_file, name="export-file"),
    path("frozen/<str:reference>/", views.frozen_view, name="frozen-view"),
    path("frozen/<str:reference>/file.<slug:ending>", views.frozen_file, name="frozen-file"),
]
