"""The return as one canonical document: what was asked, what was answered, who signed, and its digest.

The document is what was submitted; everything printed about a submission is made from it and from nothing else.
Canonical means: keys sorted, no spaces, UTF-8. So anybody can make the digest again from the stored document.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from assurance.models.answers import AnswerEvidence
from assurance.models.questions import Question

if TYPE_CHECKING:
    from assurance.models.assessments import SelfAssessment

FORMAT = 1


def document_of(assessment: "SelfAssessment", questions: Sequence[Question]) -> dict[str, Any]:
    """The answers in reading order with the words that were on the screen. No query."""
    round_ = assessment.round
    return {
        "format": FORMAT,
        "return": assessment.reference,
        "commissioner": assessment.commissioner.name,
        "organisation": {"name": assessment.organisation.name, "code": assessment.organisation.code},
        "round": {"name": round_.name, "year": round_.year, "framework": round_.framework_version.label},
        "tier": assessment.get_tier_display(),
        "due_on": assessment.due_on.isoformat(),
        "original_due_on": assessment.original_due_on.isoformat(),
        "answers": [_answer(question) for question in questions],
    }


def digest(document: dict[str, Any]) -> str:
    """sha256 of the canonical form, as 64 hexadecimal digits."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


def _answer(question: Question) -> dict[str, Any]:
    answer, grade = question.answer, question.grade
    return {
        "criterion": str(question.criterion.criterion_id),
        "ref": question.criterion.ref,
        "standard": question.criterion.standard.number,
        "standard_title": question.criterion.standard.title,
        "text": question.wording.text,
        "critical": question.criterion.critical,
        "grade": grade.code if grade else None,
        "grade_label": grade.label if grade else "",
        "narrative": answer.narrative,
        "not_applicable_reason": answer.not_applicable_reason,
        "still_true_since_last_year": answer.is_confirmed,
        "evidence": [_evidence(use) for use in question.evidence],
    }


def _evidence(use: AnswerEvidence) -> dict[str, Any]:
    item = use.item
    version = max(item.versions.all(), key=lambda each: each.number, default=None)
    return {
        "reference": item.reference,
        "kind": item.kind,
        "title": item.title,
        "address": item.address,
        "seen_where": item.seen_where,
        "version": version.number if version else None,
        "sha256": version.sha256 if version else "",
    }
