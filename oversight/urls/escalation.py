"""Addresses of surveillance, of the escalation route, of contract notices and of suspensions."""

from django.urls import path

from oversight.views import escalation, escalation_report, escalation_rules, notices, papers, surveillance

patterns = [
    path("surveillance/", surveillance.surveillance_list, name="surveillance-list"),
    path("surveillance/<str:reference>/", surveillance.surveillance_set, name="surveillance-set"),
    path("suspensions/new/<str:reference>/", surveillance.suspension_new, name="suspension-new"),
    path("suspensions/<str:reference>/lift/", surveillance.suspension_lift, name="suspension-lift"),
    path("escalation/", escalation.escalation_list, name="escalation-list"),
    path("escalation/route/", escalation_rules.route, name="escalation-route"),
    path("escalation/route/change/", escalation_rules.rule_change, name="escalation-rule-change"),
    path("escalation/report/", escalation_report.report, name="escalation-report"),
    path("escalation/report/paper/", escalation_report.report_pdf, name="escalation-report-pdf"),
    path("escalation/report/workbook/", escalation_report.report_book, name="escalation-report-book"),
    path("escalation/providers/<str:reference>/", escalation.provider_history, name="escalation-provider"),
    path("escalation/providers/<str:reference>/propose/", escalation.propose, name="escalation-propose"),
    path("escalation/<str:reference>/", escalation.escalation_detail, name="escalation-detail"),
    path("escalation/<str:reference>/take/", escalation.escalation_take, name="escalation-take"),
    path("escalation/<str:reference>/decline/", escalation.escalation_decline, name="escalation-decline"),
    path("escalation/<str:reference>/answer/", escalation.escalation_answer, name="escalation-answer"),
    path("escalation/<str:reference>/close/", escalation.escalation_close, name="escalation-close"),
    path("escalation/<str:reference>/withdraw/", escalation.escalation_withdraw, name="escalation-withdraw"),
    path("escalation/<str:reference>/undo/", escalation.escalation_undo, name="escalation-undo"),
    path("escalation/<str:reference>/text/", papers.paper_edit, name="paper-edit"),
    path("escalation/<str:reference>/text/paper/", papers.paper_pdf, name="paper-pdf"),
    path("escalation/<str:reference>/send/", papers.paper_send, name="paper-send"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/new/<str:reference>/", notices.notice_new, name="notice-new"),
    path("notices/<str:reference>/", notices.notice_detail, name="notice-detail"),
    path("notices/<str:reference>/meeting/", notices.notice_meeting, name="notice-meeting"),
    path("notices/<str:reference>/outcome/", notices.notice_outcome, name="notice-outcome"),
    path("notices/<str:reference>/milestone/", notices.notice_milestone, name="notice-milestone"),
    path("notices/<str:reference>/met/", notices.notice_met, name="notice-met"),
    path("notices/<str:reference>/close/", notices.notice_close, name="notice-close"),
    path("notices/<str:reference>/file/add/", notices.notice_file_add, name="notice-file-add"),
    path("notices/<str:reference>/file/", notices.notice_file, name="notice-file"),
]
