"""Addresses of the exception report."""

from django.urls import path

from training.views import exceptions

patterns = [
    path("figures/exception-report/", exceptions.exception_report, name="exception-report"),
    path("figures/exception-report/paper/", exceptions.exception_pdf, name="exception-paper"),
    path("figures/exception-report/workbook/", exceptions.exception_workbook, name="exception-workbook"),
]
