"""Addresses of annual reports. Readers' come first; those under ``making/`` are for the people who make them."""

from django.urls import path

from governance.views import builder, papers, yearbooks

app_name = "governance"

urlpatterns = [
    path("", papers.report_list, name="report-list"),
    path("begin/", builder.report_add, name="report-add"),
    path("years/", yearbooks.year_list, name="year-list"),
    path("years/<str:reference>.xlsx", yearbooks.year_file, name="year-file"),
    path("<str:reference>/", papers.report_detail, name="report-detail"),
    path("<str:reference>/paper.pdf", papers.report_paper, name="report-paper"),
    path("<str:reference>/figures/", papers.report_figures, name="report-figures"),
    path("<str:reference>/figures/<str:key>/", papers.report_figure, name="report-figure"),
    path("<str:reference>/making/", builder.report_builder, name="report-builder"),
    path("<str:reference>/making/paper.pdf", papers.draft_paper, name="draft-paper"),
    path("<str:reference>/making/figures/", papers.draft_figures, name="draft-figures"),
    path("<str:reference>/making/figures/<str:key>/", papers.draft_figure, name="draft-figure"),
    path("<str:reference>/making/preview/", builder.report_preview, name="report-preview"),
    path("<str:reference>/making/build/", builder.report_build, name="report-build"),
    path("<str:reference>/making/words/<str:section>/", builder.report_words, name="report-words"),
    path("<str:reference>/making/words/<str:section>/save/", builder.report_words_save, name="report-words-save"),
    path("<str:reference>/making/approve/", builder.report_approve, name="report-approve"),
    path("<str:reference>/making/publish/", builder.report_publish, name="report-publish"),
    path("<str:reference>/making/next-version/", builder.report_next_version, name="report-next-version"),
]
