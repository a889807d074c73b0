"""Addresses of the reminder pages."""

from django.urls import path

from chasing.views import lists, sending, steps, things

app_name = "chasing"

urlpatterns = [
    path("", lists.reminder_list, name="reminder-list"),
    path("coming/", lists.reminder_preview, name="reminder-preview"),
    path("proposals/", lists.proposal_list, name="proposal-list"),
    path("given-up/", lists.given_up_list, name="given-up-list"),
    path("letters/<str:reference>/retry/", sending.letter_retry, name="letter-retry"),
    path("sending/<str:reference>/hold/", sending.sending_hold, name="sending-hold"),
    path("sending/<str:reference>/go/", sending.sending_go, name="sending-go"),
    path("steps/", steps.step_list, name="step-list"),
    path("steps/<str:reference>/<slug:kind>/", steps.step_edit, name="step-edit"),
    path("organisations/<str:reference>/", lists.organisation_history, name="organisation-history"),
    path("of/<slug:kind>/<str:reference>/", things.thing_reminders, name="thing-reminders"),
    path("of/<slug:kind>/<str:reference>/pause/", things.thing_pause, name="thing-pause"),
    path("of/<slug:kind>/<str:reference>/lift/", things.thing_lift, name="thing-lift"),
    path("of/<slug:kind>/<str:reference>/decide/", things.thing_decide, name="thing-decide"),
]
