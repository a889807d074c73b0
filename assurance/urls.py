"""Addresses of rounds and returns. They read as sentences; references never say whose they are."""

from django.urls import path

from assurance.views import overview, provider_home, return_form, returns, rounds

app_name = "assurance"

urlpatterns = [
    path("overview/", overview.overview_page, name="overview"),
    path("overview/providers/", overview.overview_list, name="overview-list"),
    path("returns/<str:reference>/standards/<int:number>/", overview.standard_detail, name="standard-detail"),
    path("your-returns/", provider_home.provider_home, name="provider-home"),
    path("rounds/", rounds.round_list, name="round-list"),
    path("rounds/add/", rounds.round_add, name="round-add"),
    path("rounds/<str:reference>/", rounds.round_detail, name="round-detail"),
    path("rounds/<str:reference>/edit/", rounds.round_edit, name="round-edit"),
    path("rounds/<str:reference>/preview/", rounds.round_preview, name="round-preview"),
    path("rounds/<str:reference>/add-a-return/", rounds.round_addition, name="round-addition"),
    path("rounds/<str:reference>/close/", rounds.round_close, name="round-close"),
    path("returns/", returns.assessment_list, name="assessment-list"),
    path("returns/<str:reference>/", returns.assessment_detail, name="assessment-detail"),
    path("returns/<str:reference>/answers/", returns.return_answers, name="return-answers"),
    path("returns/<str:reference>/receipts/<int:number>.pdf", returns.return_receipt, name="return-receipt"),
    path("returns/<str:reference>/extend/", returns.return_extend, name="return-extend"),
    path("returns/<str:reference>/withdraw/", returns.return_withdraw, name="return-withdraw"),
    path("returns/<str:reference>/receive/", returns.return_receive, name="return-receive"),
    path("returns/<str:reference>/correct/", returns.return_correct, name="return-correct"),
    *return_form.routes(return_form.PROVIDER),
    *return_form.routes(return_form.COMMISSIONER),
]
