"""Addresses of learning. They stand before those of one review, whose reference could be any word."""

from django.urls import path

from reviews.views import learning, public

ONE = "reviews/learning/<str:reference>/"
patterns = [
    path("learning/", public.public_learning, name="public-learning"),
    path("learning/<str:reference>/", public.public_item, name="public-item"),
    path("learning/<str:reference>/briefing.pdf", public.public_briefing, name="public-briefing"),
    path("reviews/learning/", learning.learning_list, name="learning-list"),
    path("reviews/learning/new/", learning.learning_new, name="learning-new"),
    path("reviews/learning/asked/<str:reference>/", learning.learning_answer, name="learning-answer"),
    path(ONE, learning.learning_detail, name="learning-detail"),
    path(f"{ONE}briefing.pdf", learning.learning_briefing, name="learning-briefing"),
    path(f"{ONE}edit/", learning.learning_edit, name="learning-edit"),
    path(f"{ONE}publish/", learning.learning_publish, name="learning-publish"),
    path(f"{ONE}withdraw/", learning.learning_withdraw, name="learning-withdraw"),
    path(f"{ONE}passed-on/", learning.learning_pass_on, name="learning-pass-on"),
    path(f"{ONE}passed-on/<int:passed>/strike/", learning.learning_strike, name="learning-strike"),
]
