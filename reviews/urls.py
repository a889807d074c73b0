"""Addresses of reviews. Fixed words stand before references."""

from django.urls import path

from reviews import urls_learning, urls_plan
from reviews.views import access, clocks, committee, contributions, pictures, register, review, rules, workload

app_name = "reviews"
ONE = "reviews/<str:reference>/"
REPORT = "agency-reports/<str:reference>/"
urlpatterns = [
    path("reviews/", register.review_list, name="review-list"),
    path("reviews/new/", register.review_new, name="review-new"),
    path("reviews/clocks/", clocks.clock_list, name="clock-list"),
    path("reviews/committee/", committee.committee, name="committee"),
    path("reviews/committee/part-1/", committee.committee_public, name="committee-public"),
    path("reviews/committee/part-2/", committee.committee_private, name="committee-private"),
    path("reviews/pictures/", pictures.review_pictures, name="review-pictures"),
    path("reviews/emergency/", access.emergency, name="emergency"),
    path("reviews/workload/", workload.workload, name="workload"),
    path("reviews/rules/", rules.rule_list, name="rule-list"),
    path("reviews/rules/clock/", rules.rule_clock, name="rule-clock"),
    path("reviews/rules/impact/", rules.rule_impact, name="rule-impact"),
    path("reviews/rules/theme/", rules.rule_theme, name="rule-theme"),
    path("reviews/read-log/", access.read_log, name="read-log"),
    *urls_learning.patterns,
    *urls_plan.patterns,
    path(ONE, review.review_detail, name="review-detail"),
    path(f"{ONE}details/", review.review_edit, name="review-edit"),
    path(f"{ONE}happened/", review.review_happened, name="review-happened"),
    path(f"{ONE}stage/", review.review_stage, name="review-stage"),
    path(f"{ONE}kind/", review.review_convert, name="review-convert"),
    path(f"{ONE}close/", review.review_close, name="review-close"),
    path(f"{ONE}reports/ask/", contributions.contribution_ask, name="contribution-ask"),
    path(REPORT, contributions.contribution_detail, name="contribution-detail"),
    path(f"{REPORT}draft/", contributions.contribution_draft, name="contribution-draft"),
    path(f"{REPORT}quality/", contributions.contribution_assure, name="contribution-assure"),
    path(f"{REPORT}signature/", contributions.contribution_sign, name="contribution-sign"),
    path(f"{REPORT}submitted/", contributions.contribution_submit, name="contribution-submit"),
    path(f"{REPORT}author/", contributions.contribution_author, name="contribution-author"),
    path(f"{REPORT}later/", contributions.contribution_later, name="contribution-later"),
    path(f"{REPORT}withdraw/", contributions.contribution_withdraw, name="contribution-withdraw"),
    path(f"{REPORT}say/", contributions.contribution_say, name="contribution-say"),
    path(f"{ONE}clocks/<int:clock>/later/", clocks.clock_extend, name="clock-extend"),
    path(f"{ONE}clocks/<int:clock>/pause/", clocks.clock_pause, name="clock-pause"),
    path(f"{ONE}clocks/<int:clock>/resume/", clocks.clock_resume, name="clock-resume"),
]
