"""Addresses of the standards."""

from django.urls import path

from framework.views import citing, drafts, editing, library, reading, workbook

app_name = "framework"
DRAFT = "standards/<slug:reference>/draft/"
CRITERION = DRAFT + "criteria/<str:ref>/"
STANDARD = DRAFT + "<int:number>/"

urlpatterns = [
    path("standards/", reading.version_list, name="version-list"),
    path("standards/references/", library.reference_list, name="reference-list"),
    path("standards/references/<slug:key>/", library.reference_detail, name="reference-detail"),
    path("standards/references/<slug:key>/change/", library.reference_edit, name="reference-edit"),
    path("standards/grades/", library.scheme_list, name="scheme-list"),
    path("standards/copy/", drafts.version_copy, name="version-copy"),
    path("standards/<slug:reference>/", reading.version_detail, name="version-detail"),
    path("standards/<slug:reference>/changes/", reading.version_changes, name="version-changes"),
    path("standards/<slug:reference>/workbook/", workbook.version_workbook, name="version-workbook"),
    path(DRAFT + "workbook/", workbook.draft_workbook, name="draft-workbook"),
    path(DRAFT + "workbook/<slug:upload>/", workbook.draft_workbook_difference, name="draft-workbook-difference"),
    path(DRAFT + "workbook/<slug:upload>/put-aside/", workbook.draft_workbook_discard, name="draft-workbook-discard"),
    path(DRAFT, drafts.draft_detail, name="draft-detail"),
    path(DRAFT + "propose/", drafts.draft_propose, name="draft-propose"),
    path(DRAFT + "publish/", drafts.draft_publish, name="draft-publish"),
    path(DRAFT + "take-back/", drafts.draft_take_back, name="draft-take-back"),
    path(DRAFT + "discard/", drafts.draft_discard, name="draft-discard"),
    path(DRAFT + "add/", editing.standard_add, name="standard-add"),
    path(STANDARD, editing.standard_detail, name="standard-detail"),
    path(STANDARD + "change/", editing.standard_edit, name="standard-edit"),
    path(STANDARD + "remove/", editing.standard_remove, name="standard-remove"),
    path(STANDARD + "move/<slug:way>/", editing.standard_move, name="standard-move"),
    path(STANDARD + "add/", editing.criterion_add, name="criterion-add"),
    path(CRITERION, editing.criterion_edit, name="criterion-edit"),
    path(CRITERION + "words/<slug:tier>/", editing.words_edit, name="words-edit"),
    path(CRITERION + "references/", citing.criterion_references, name="criterion-references"),
    path(CRITERION + "references/add/", citing.reference_add, name="reference-add"),
    path(CRITERION + "remove/", editing.criterion_remove, name="criterion-remove"),
    path(CRITERION + "move/<slug:way>/", editing.criterion_move, name="criterion-move"),
]
