"""Addresses of recovery plans."""

from django.urls import path

from training.views import recovery

LINE = "<str:reference>/<slug:code>/"
patterns = [
    path("figures/recovery/", recovery.recovery_list, name="recovery-list"),
    path(f"figures/recovery/{LINE}", recovery.recovery_detail, name="recovery-detail"),
    path(f"figures/recovery/{LINE}enter/", recovery.recovery_enter, name="recovery-enter"),
    path(f"figures/own/recovery/{LINE}", recovery.recovery_write, name="recovery-write"),
]
