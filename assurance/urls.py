"""Addresses of rounds and returns. They read as sentences; references never say whose they are."""

from django.urls import path

from assurance.views import (
    across,
    colleagues,
    contract_schedule,
    levels,
    link_evidence,
    link_form,
    links,
    overview,
    papers,
    policy,
    provider_home,
    results,
    return_form,
    returns,
    rounds,
    sign_off,
    together,
    validation,
)

app_name = "assurance"

strand = "validation/<str:reference>/<slug:strand>"
result = "returns/<str:reference>/result"

validating = [
    path("validation/", validation.validation_queue, name="validation-queue"),
    path("validation/across/", across.validation_across, name="validation-across"),
    path("validation/to-sign-off/", sign_off.sign_off_list, name="validation-sign-offs"),
    path("validation/numbers/", policy.policy_list, name="policy-list"),
    path("validation/numbers/add/", policy.policy_add, name="policy-add"),
    path(f"{strand}/", validation.validation_strand, name="validation-strand"),
    path(f"{strand}/assign/", validation.validation_assign, name="validation-assign"),
    path(f"{strand}/begin/", validation.validation_begin, name="validation-begin"),
    path(f"{strand}/criteria/<str:ref>/", validation.validation_criterion, name="validation-criterion"),
    path(f"{strand}/evidence/<int:use>/", validation.validation_evidence, name="validation-evidence"),
    path(f"{strand}/accept-the-rest/", validation.validation_accept, name="validation-accept"),
    path(f"{strand}/open-the-rest/", validation.validation_undo_accept, name="validation-undo-accept"),
    path(f"{strand}/send-back/", validation.validation_send_back, name="validation-send-back"),
    path(f"{strand}/sign-off/", sign_off.validation_sign_off, name="validation-sign-off"),
    path(f"{result}/", results.result, name="result"),
    path(f"{result}.pdf", papers.result_file, name="result-file"),
    path(f"{result}/as-a-pdf/", papers.result_paper, name="result-paper"),
    path(f"{result}/levels/<slug:strand>/", levels.result_level, name="result-level"),
    path(f"{result}/<str:ref>/", results.result_criterion, name="result-criterion"),
    path(f"{result}/<str:ref>/re-grade/", results.result_regrade, name="result-regrade"),
    path(f"{result}/<str:ref>/in-question/", results.result_question, name="result-question"),
]

by_link = link_form.by_link
here = "link/return/<str:reference>/"
linked = [
    path("link/<str:token>/", link_form.link_open, name="link-open"),
    path(here, by_link(link_form.start, writes=False, methods=("GET",)), name="link-start"),
    path(f"{here}standards/<int:number>/", by_link(link_form.standard), name="link-standard"),
    path(f"{here}standards/<int:number>/ask/", by_link(link_form.ask, whole=True), name="link-ask"),
    path(
        f"{here}asked/<str:asked>/take-back",
        by_link(link_form.take_back, whole=True, methods=("POST",)),
        name="link-asked-take-back",
    ),
    path(f"{here}answers/<int:answer>/save", by_link(link_form.save, methods=("POST",)), name="link-save"),
    path(f"{here}answers/<int:answer>/evidence/", by_link(link_evidence.evidence), name="link-evidence"),
    path(
        f"{here}answers/<int:answer>/evidence/<int:use>/remove",
        by_link(link_evidence.remove),
        name="link-evidence-remove",
    ),
    path(f"{here}check/", by_link(link_form.check, whole=True, methods=("GET",)), name="link-check"),
    path(f"{here}sign/", by_link(link_form.sign, whole=True), name="link-sign"),
    path(
        f"{here}receipt.pdf",
        by_link(link_form.receipt, whole=True, writes=False, methods=("GET",)),
        name="link-receipt",
    ),
    path("returns/<str:reference>/send-a-link/", links.link_send, name="link-send"),
    path("returns/<str:reference>/go-on-in-your-account", links.link_adopt, name="link-adopt"),
    path("return-links/<str:reference>/send-again", links.link_again, name="link-again"),
    path("return-links/<str:reference>/take-back", links.link_take_back, name="link-take-back"),
]

urlpatterns = [
    path("standards/<slug:reference>/schedule/", contract_schedule.contract_schedule, name="contract-schedule"),
    path(
        "standards/<slug:reference>/schedule/pdf/",
        contract_schedule.contract_schedule_pdf,
        name="contract-schedule-pdf",
    ),
    path(
        "standards/<slug:reference>/schedule/word/",
        contract_schedule.contract_schedule_word,
        name="contract-schedule-word",
    ),
    *validating,
    *linked,
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
    path("returns/together/", together.returns_together, name="returns-together"),
    path("returns/together/<str:reference>/", together.batch_page, name="batch"),
    path("returns/<str:reference>/", returns.assessment_detail, name="assessment-detail"),
    path("returns/<str:reference>/answers/", returns.return_answers, name="return-answers"),
    path("returns/<str:reference>/receipts/<int:number>.pdf", returns.return_receipt, name="return-receipt"),
    path("returns/<str:reference>/extend/", returns.return_extend, name="return-extend"),
    path("returns/<str:reference>/withdraw/", returns.return_withdraw, name="return-withdraw"),
    path("returns/<str:reference>/receive/", returns.return_receive, name="return-receive"),
    path("returns/<str:reference>/give-back/", returns.return_give_back, name="return-give-back"),
    path("returns/<str:reference>/correct/", returns.return_correct, name="return-correct"),
    path("returns/<str:reference>/write/standards/<int:number>/ask/", colleagues.colleague_ask, name="colleague-ask"),
    path(
        "returns/<str:reference>/write/asked/<str:ask>/take-back",
        colleagues.colleague_take_back,
        name="colleague-take-back",
    ),
    *return_form.routes(return_form.PROVIDER),
    *return_form.routes(return_form.COMMISSIONER),
]
