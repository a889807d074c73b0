"""Addresses of recommendations, of what organisations do about them, and of impact reviews."""

from django.urls import path

from reviews.views import impact, implications, plan_workbook, positions, promised, recommendations, themes

RECOMMENDATIONS = "reviews/<str:reference>/recommendations/"
ONE = f"{RECOMMENDATIONS}<str:recommendation>/"
PLAN = "reviews/<str:reference>/plan/"
IMPACT = "reviews/impact/<int:pk>/"
patterns = [
    path("reviews/actions/", promised.review_actions, name="review-actions"),
    path(IMPACT, impact.impact_record, name="impact-record"),
    path(f"{IMPACT}day/", impact.impact_day, name="impact-day"),
    path("reviews/themes/", themes.theme_list, name="theme-list"),
    path("reviews/implications/", implications.implication_list, name="implication-list"),
    path(f"{ONE}implication/", implications.implication_record, name="implication-record"),
    path(f"{ONE}criteria/", implications.recommendation_criteria, name="recommendation-criteria"),
    path("inquiries/", positions.position_list, name="position-list"),
    path("inquiries/<int:pk>/", positions.position_state, name="position-state"),
    path("reviews/<str:reference>/positions/", positions.position_table, name="position-table"),
    path("reviews/<str:reference>/positions/ask/", positions.position_ask, name="position-ask"),
    path(f"{PLAN}", plan_workbook.plan_workbook, name="plan-workbook"),
    path(f"{PLAN}file.xlsx", plan_workbook.plan_file, name="plan-file"),
    path(f"{PLAN}save/", plan_workbook.plan_accept, name="plan-accept"),
    path(f"{RECOMMENDATIONS}new/", recommendations.recommendation_new, name="recommendation-new"),
    path(ONE, recommendations.recommendation_detail, name="recommendation-detail"),
    path(f"{ONE}words/", recommendations.recommendation_edit, name="recommendation-edit"),
    path(f"{ONE}answer/", recommendations.recommendation_answer, name="recommendation-answer"),
    path(f"{ONE}superseded/", recommendations.recommendation_supersede, name="recommendation-supersede"),
    path(f"{ONE}organisations/", recommendations.recommendation_give, name="recommendation-give"),
    path(f"{ONE}plan/<int:part>/", recommendations.part_edit, name="part-edit"),
]
