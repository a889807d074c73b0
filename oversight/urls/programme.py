"""Addresses of the visit programme, its rules and weights, and of the visit pack."""

from django.urls import path

from oversight.views import pack, programme, visit_rules

patterns = [
    path("visits/programme/", programme.programme, name="programme"),
    path("visits/programme/<str:reference>/pin/", programme.pin, name="programme-pin"),
    path("visits/programme/<str:reference>/not-now/", programme.not_now, name="programme-not-now"),
    path("visits/programme/marks/<str:reference>/take-back/", programme.take_back, name="programme-take-back"),
    path("visits/<str:reference>/lines/", pack.visit_lines, name="visit-lines"),
    path("visits/<str:reference>/pack.pdf", pack.visit_pack, name="visit-pack"),
    path("visits/rules/", visit_rules.rules, name="visit-rules"),
    path("visits/rules/add/", visit_rules.rule_add, name="visit-rule-add"),
    path("visits/rules/weights/", visit_rules.weights_set, name="visit-weights"),
    path("visits/rules/questions/", visit_rules.questions_set, name="staff-questions"),
]
