"""Addresses of visits. Words come before the reference of one visit, so this file stands last."""

from django.urls import path

from oversight.views import visit_after, visit_answers, visit_reports, visit_told, visit_writing, visits

patterns = [
    path("visits/", visits.visit_list, name="visit-list"),
    path("visits/plan/<str:reference>/", visits.visit_plan, name="visit-plan"),
    path("visits/reports/", visit_answers.report_list, name="report-list"),
    path("visits/clocks/", visit_after.clocks, name="visit-clocks"),
    path("visits/seen/<str:reference>/", visit_answers.seen, name="visit-seen"),
    path("visits/letters/<str:reference>/", visit_answers.letter_read, name="visit-letter-read"),
    path("visits/plans/<str:reference>/", visit_after.action_plan, name="action-plan"),
    path("visits/plans/<str:reference>/promise/", visit_after.action_promise, name="action-promise"),
    path("visits/plans/<str:reference>/set/", visit_after.action_set, name="action-set"),
    path("visits/<str:reference>/", visits.visit, name="visit"),
    path("visits/<str:reference>/move/", visits.visit_replan, name="visit-replan"),
    path("visits/<str:reference>/change/", visits.visit_change, name="visit-change"),
    path("visits/<str:reference>/cancel/", visits.visit_cancel, name="visit-cancel"),
    path("visits/<str:reference>/write-up/", visit_writing.write_up, name="visit-write-up"),
    path("visits/<str:reference>/line/", visit_writing.line_save, name="visit-line-save"),
    path("visits/<str:reference>/line/remove/", visit_writing.line_remove, name="visit-line-remove"),
    path("visits/<str:reference>/part/", visit_writing.part_save, name="visit-part-save"),
    path("visits/<str:reference>/done/", visit_writing.visit_done, name="visit-done"),
    path("visits/<str:reference>/told/", visit_told.told, name="visit-told"),
    path("visits/<str:reference>/letter/", visit_told.letter, name="visit-letter"),
    path("visits/<str:reference>/drafting/", visit_reports.drafting, name="visit-drafting"),
    path("visits/<str:reference>/drafting/file/", visit_reports.drafting_pdf, name="visit-drafting-file"),
    path("visits/<str:reference>/send/", visit_reports.send, name="visit-send"),
    path("visits/<str:reference>/comments/", visit_reports.comments, name="visit-comments"),
    path("visits/<str:reference>/comments/answer/", visit_reports.comment_answer, name="comment-answer"),
    path("visits/<str:reference>/more-time/", visit_reports.more_time, name="visit-more-time"),
    path("visits/<str:reference>/sign/", visit_reports.sign, name="visit-sign"),
    path("visits/<str:reference>/share/", visit_after.visit_share, name="visit-share"),
    path("visits/<str:reference>/follow-up/", visit_after.visit_follow_up, name="visit-follow-up"),
    path("visits/<str:reference>/report/", visit_answers.report, name="report"),
    path("visits/<str:reference>/report/file/", visit_answers.report_file, name="report-file"),
    path("visits/<str:reference>/draft/", visit_answers.draft, name="report-draft"),
    path("visits/<str:reference>/draft/file/", visit_answers.draft_file, name="report-draft-file"),
    path("visits/<str:reference>/draft/closed/", visit_answers.draft_closed, name="report-draft-closed"),
    path("visits/<str:reference>/draft/dispute/", visit_answers.dispute, name="report-dispute"),
]
