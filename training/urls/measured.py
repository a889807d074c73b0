"""Addresses of what is measured."""

from django.urls import path

from training.views import measured, measured_own

patterns = [
    path("figures/measured/", measured.measured_list, name="measured-list"),
    path("figures/measured/line/", measured.measured_line, name="measured-line"),
    path("figures/measured/line/change/", measured.line_change, name="line-change"),
    path("figures/measured/threshold/", measured.threshold_change, name="threshold-change"),
    path("figures/measured/groups/", measured.split_list, name="split-list"),
    path("figures/measured/set/", measured.set_change, name="set-change"),
    path("figures/measured/subject/", measured.subject_change, name="subject-change"),
    path("figures/measured/grouping/", measured.grouping_change, name="grouping-change"),
    path("figures/measured/group/", measured.group_change, name="group-change"),
    path("figures/measured/split/", measured.split_change, name="split-change"),
    path("figures/measured/collecting/", measured.collecting_change, name="collecting-change"),
    path("figures/own/measured/", measured_own.measured_own, name="measured-own"),
]
