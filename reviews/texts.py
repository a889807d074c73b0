"""The texts of reviews from which something identifiable can be removed. A provider reaches its own report only."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.text import Truncator

from accounts.capabilities import Can
from privacy.texts import Text, register
from reviews.models import ClockMove, ImpactReview, Implication, Position, RecommendationAction

BEGINS = 60  # letters of a text by which it is known again

# Code, words, model, its fields, the way from its row to its review.
ROWS: tuple[tuple[str, str, str, dict[str, str], str], ...] = (
    (
        "review",
        "Review",
        "Review",
        {"not_published_because": "Why it is not published", "closed_because": "Why it was closed"},
        "",
    ),
    (
        "implication",
        "Implication for commissioning",
        "Implication",
        {"decision": "What was decided", "change_made": "What was changed"},
        "recommendation.review",
    ),
    ("milestone", "What happened in a review", "Milestone", {"note": "The note"}, "review"),
    ("stage", "Stage of a review", "StageMove", {"reason": "Why"}, "review"),
    ("kind", "Kind of a review", "KindChange", {"reason": "Why"}, "review"),
    ("clock", "Move of a clock of a review", "ClockMove", {"reason": "Why"}, "clock.review"),
    ("emergency", "Emergency access to a review", "EmergencyAccess", {"reason": "Why"}, "review"),
    (
        "recommendation",
        "Recommendation of a review",
        "Recommendation",
        {
            "text": "What is recommended",
            "answer_reason": "Why it is not accepted, or in part",
            "implication": "What it means for commissioning",
            "superseded_because": "Why it was superseded",
        },
        "review",
    ),
    (
        "part",
        "Action for a recommendation",
        "RecommendationAction",
        {"milestones": "Key milestones", "outcome": "What came of it"},
        "recommendation.review",
    ),
    (
        "impact",
        "Impact review",
        "ImpactReview",
        {"what_changed": "What has changed", "ended_because": "Why it is not asked for any more"},
        "part.recommendation.review",
    ),
    ("position", "Position on a recommendation", "Position", {"statement": "The statement"}, "recommendation.review"),
)


def _page(way: str) -> Callable[[Any], str]:
    def address(row: Any) -> str:
        review = attrgetter(way)(row) if way else row
        return reverse("reviews:review-detail", args=[review.reference])

    return address


def _parts(review: Any) -> Iterable[tuple[str, str, int]]:
    """What was said about a review, known by how it begins."""

    def said_of(model: Any, way: str, first: str, second: str = "") -> Any:
        rows = model.objects.filter(**{f"{way}__review": review}).order_by("pk")
        words = Coalesce(NullIf(first, Value("")), second) if second else F(first)
        return rows.annotate(said=words).exclude(said="").values_list("said", "pk")

    said = (
        ("What happened", "milestone", review.milestones.exclude(note="").values_list("note", "pk")),
        ("Stage", "stage", review.stage_moves.exclude(reason="").values_list("reason", "pk")),
        ("Kind", "kind", review.kind_changes.values_list("reason", "pk")),
        ("Clock", "clock", ClockMove.objects.filter(clock__review=review).order_by("pk").values_list("reason", "pk")),
        ("Emergency access", "emergency", review.emergencies.values_list("reason", "pk")),
        ("Recommendation", "recommendation", review.recommendations.values_list("text", "pk")),
        ("Action", "part", said_of(RecommendationAction, "recommendation", "milestones", "outcome")),
        ("Impact review", "impact", said_of(ImpactReview, "part__recommendation", "what_changed", "ended_because")),
        ("Implication", "implication", said_of(Implication, "recommendation", "decision", "change_made")),
        ("Position", "position", said_of(Position, "recommendation", "statement")),
    )
    for where, code, rows in said:
        yield from ((f"{where}: {Truncator(words).chars(BEGINS)}", f"reviews.{code}", pk) for words, pk in rows)


def _report(row: Any) -> str:
    return reverse("reviews:contribution-detail", args=[getattr(row, "contribution", row).reference])


def _notes(contribution: Any) -> Iterable[tuple[str, str, int]]:
    """What was said about a report, known by how it begins."""
    rows = contribution.notes.exclude(words="").values_list("words", "pk")
    yield from ((f"Said: {Truncator(words).chars(BEGINS)}", "reviews.report_note", pk) for words, pk in rows)


# What an organisation reads as well: its people may remove from it.
REPORTS = (
    Text(
        "reviews.report", "Report asked for in a review", "reviews.Contribution",
        {
            "author_name": "Author", "signed_name": "Signed by", "signed_role": "As what",
            "same_person_because": "Why author and signatory are the same", "held_in": "Where the paper is kept",
            "withdrawn_because": "Why it is withdrawn",
        },
        _report, Can.SEE_CONTRIBUTION, parts=_notes,
    ),
    Text(
        "reviews.report_note", "What was said of a report", "reviews.ContributionNote", {"words": "What was said"},
        _report, Can.SEE_CONTRIBUTION,
    ),
)  # fmt: skip


def register_texts() -> None:
    """Called when the app is ready."""
    register(*REPORTS)
    for code, label, model, fields, way in ROWS:
        parts: Any = {"parts": _parts} if code == "review" else {}
        address = _page(way)
        names = (f"reviews.{code}", label, f"reviews.{model}")
        register(Text(*names, fields, address, Can.SEE_REVIEW, theirs=False, **parts))
