"""Addresses of the evidence library."""

from django.urls import path

from evidence import views

app_name = "evidence"

urlpatterns = [
    path("", views.item_list, name="item-list"),
    path("add/<slug:kind>/", views.item_add, name="item-add"),
    path("file/<str:reference>/", views.version_download, name="version-download"),
    path("scanner/", views.scan_list, name="scan-list"),
    path("<str:reference>/", views.item_detail, name="item-detail"),
    path("<str:reference>/new-version/", views.version_add, name="version-add"),
    path("<str:reference>/holds-until/", views.item_hold_until, name="item-hold-until"),
    path("<str:reference>/withdraw/", views.item_withdraw, name="item-withdraw"),
]
