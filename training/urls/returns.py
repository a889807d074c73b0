"""Addresses of periods and figures returns."""

from django.urls import path

from training.views import periods, returns

period, one = "figures/periods/<str:reference>/", "figures/returns/<str:reference>/"
patterns = [
    path("figures/periods/", periods.period_list, name="period-list"),
    path("figures/periods/add/", periods.period_add, name="period-add"),
    path(period, periods.period_detail, name="period-detail"),
    path(f"{period}edit/", periods.period_edit, name="period-edit"),
    path(f"{period}preview/", periods.period_preview, name="period-preview"),
    path(f"{period}add-a-return/", periods.period_addition, name="period-addition"),
    path(f"{period}close/", periods.period_close, name="period-close"),
    path("figures/returns/", returns.return_list, name="return-list"),
    path(one, returns.return_detail, name="return-detail"),
    path(f"{one}versions/<int:number>/", returns.return_version, name="return-version"),
    path(f"{one}receipts/<int:number>.pdf", returns.return_receipt, name="return-receipt"),
    path(f"{one}extend/", returns.return_extend, name="return-extend"),
    path(f"{one}withdraw/", returns.return_withdraw, name="return-withdraw"),
    path(f"{one}receive/", returns.return_receive, name="return-receive"),
    path(f"{one}give-back/", returns.return_give_back, name="return-give-back"),
]
