"""Addresses of reviews. Fixed words stand before references."""

from django.urls import path

from reviews.views import access, clocks, register, review

app_name = "reviews"
ONE = "reviews/<str:reference>/"
urlpatterns = [
    path("reviews/", register.review_list, name="review-list"),
    path("reviews/new/", register.review_new, name="review-new"),
    path("reviews/clocks/", clocks.clock_list, name="clock-list"),
    path("reviews/emergency/", access.emergency, name="emergency"),
    path("reviews/read-log/", access.read_log, name="read-log"),
    path(ONE, review.review_detail, name="review-detail"),
    path(f"{ONE}details/", review.review_edit, name="review-edit"),
    path(f"{ONE}happened/", review.review_happened, name="review-happened"),
    path(f"{ONE}stage/", review.review_stage, name="review-stage"),
    path(f"{ONE}kind/", review.review_convert, name="review-convert"),
    path(f"{ONE}close/", review.review_close, name="review-close"),
    path(f"{ONE}clocks/<int:clock>/later/", clocks.clock_extend, name="clock-extend"),
    path(f"{ONE}clocks/<int:clock>/pause/", clocks.clock_pause, name="clock-pause"),
    path(f"{ONE}clocks/<int:clock>/resume/", clocks.clock_resume, name="clock-resume"),
]
