"""Addresses of soft intelligence and of concerns."""

from django.urls import path

from oversight.views import concerns, intelligence

patterns = [
    path("intelligence/", intelligence.intelligence_list_page, name="intelligence-list"),
    path("intelligence/new/", intelligence.intelligence_new, name="intelligence-new"),
    path("intelligence/<str:reference>/", intelligence.intelligence_detail, name="intelligence-detail"),
    path("intelligence/<str:reference>/correct/", intelligence.intelligence_correct, name="intelligence-correct"),
    path("intelligence/<str:reference>/withdraw/", intelligence.intelligence_withdraw, name="intelligence-withdraw"),
    path("intelligence/<str:reference>/close/", intelligence.intelligence_close, name="intelligence-close"),
    path("concerns/", concerns.concern_list, name="concern-list"),
    path("concerns/new/", concerns.concern_new, name="concern-new"),
    path("concerns/<str:reference>/", concerns.concern_detail, name="concern-detail"),
    path("concerns/<str:reference>/weigh/", concerns.concern_weigh, name="concern-weigh"),
    path("concerns/<str:reference>/take-in/", concerns.concern_take_in, name="concern-take-in"),
    path("concerns/<str:reference>/close/", concerns.concern_close, name="concern-close"),
]
