"""Addresses of the action register."""

from django.urls import path

from actions import views

app_name = "actions"

urlpatterns = [
    path("", views.action_list, name="action-list"),
    path("<str:reference>/", views.action_detail, name="action-detail"),
    path("<str:reference>/progress/", views.action_report, name="action-report"),
    path("<str:reference>/evidence/add/", views.action_add_evidence, name="action-add-evidence"),
    path("<str:reference>/evidence/choose/", views.action_choose_evidence, name="action-choose-evidence"),
    path("<str:reference>/complete/", views.action_complete, name="action-complete"),
    path("<str:reference>/verify/", views.action_verify, name="action-verify"),
    path("<str:reference>/look-again/", views.action_look_again, name="action-look-again"),
    path("<str:reference>/send-back/", views.action_send_back, name="action-send-back"),
    path("<str:reference>/move-date/", views.action_move_date, name="action-move-date"),
    path("<str:reference>/owner/", views.action_reassign, name="action-reassign"),
    path("<str:reference>/close/", views.action_close, name="action-close"),
]
