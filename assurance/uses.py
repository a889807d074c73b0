"""Tells the evidence library which answers of which returns its items support."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.capabilities import Can
from assurance.models import AnswerEvidence
from evidence.uses import Use, Uses, register

if TYPE_CHECKING:
    from accounts.models import User

TONES = {
    AnswerEvidence.Verdict.NOT_REVIEWED: "quiet",
    AnswerEvidence.Verdict.SUPPORTS: "good",
    AnswerEvidence.Verdict.NOT_ENOUGH: "bad",
    AnswerEvidence.Verdict.OUT_OF_DATE: "partly",
}


def _rows(user: "User") -> QuerySet[Any]:
    return AnswerEvidence.objects.permitted(user, Can.READ_ASSESSMENT)


def _lines(rows: QuerySet[Any]) -> Iterable[Use]:
    for use in rows.select_related("answer__self_assessment__round", "answer__criterion_version"):
        assessment = use.answer.self_assessment
        url = reverse("assurance:assessment-detail", args=[assessment.reference])
        words = f"{use.answer.criterion_version.ref} in {assessment.round}"
        yield Use(words, url, use.get_verdict_display(), TONES[use.verdict])


def register_uses() -> None:
    """Called when the app is ready."""
    register(Uses("answer", "answer", "answers", rows=_rows, lines=_lines))
