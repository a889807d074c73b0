"""The texts of returns from which something identifiable can be removed.

A submitted answer is frozen, and so is the document of its submission: the words go from both, the document keeps the
digest of what was submitted, and the receipt says so (docs/decisions/0025).
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accounts.capabilities import Can
from assurance.models import Answer, Submission
from privacy.texts import Copy, Keeper, Text, place_of, register, register_keepers


def _return(row: Any) -> str:
    return reverse("assurance:assessment-detail", args=[getattr(row, "self_assessment", row).reference])


def _answers(row: Any) -> str:
    return reverse("assurance:return-answers", args=[row.self_assessment.reference])


def _of_an_answer(answer: Answer) -> Iterable[Copy]:
    """The submissions that hold it, and the answers of later years that took it over."""
    table, column = place_of("assurance.Submission", "document")
    held = Submission.objects.filter(self_assessment=answer.self_assessment_id)
    yield from (Copy(table, column, pk) for pk in held.values_list("pk", flat=True))
    later = Answer.objects.filter(carried_from=answer)
    for one in later:
        for name in ("narrative", "not_applicable_reason"):
            yield Copy(*place_of("assurance.Answer", name), one.pk)
        yield from _of_an_answer(one)


def _parts(assessment: Any) -> Iterable[tuple[str, str, int]]:
    """Its answers that hold words, and what was asked for when it was sent back."""
    held = assessment.answers.exclude(narrative="", not_applicable_reason="").in_order()
    for answer in held.select_related("criterion_version"):
        yield f"Answer to {answer.criterion_version.ref}", "assurance.answer", answer.pk
    for back in assessment.send_backs.all():
        yield f"Sent back on {back.at:%-d %B %Y}", "assurance.sent_back", back.pk
    for rating in assessment.ratings.exclude(comment="").select_related("criterion_version").order_by("-at", "pk"):
        yield f"Comment on {rating.criterion_version.ref}", "assurance.comment", rating.pk


# What the commissioner writes about a return; a provider reads some of it and removes nothing of it.
OURS: tuple[tuple[str, str, str, dict[str, str], Can], ...] = (
    (
        "return", "Return", "SelfAssessment",
        {"why_issued": "Why it was issued by itself", "withdrawn_reason": "Why it was withdrawn"},
        Can.SEE_RETURN_STATUS,
    ),
    ("comment", "Comment of a validator", "Rating", {"comment": "The comment"}, Can.SEE_RESULT),
    ("level", "Reasons of a level", "LevelResult", {"override_reason": "Why it was changed"}, Can.SEE_RESULT),
    ("decision", "Decision about a level", "LevelDecision", {"reason": "Why"}, Can.SEE_RESULT),
    (
        "sent_back", "What was asked for when a return was sent back", "SendBack", {"notes": "The notes"},
        Can.READ_ASSESSMENT,
    ),
    ("review", "Validation of a strand", "StrandReview", {"level_reason": "Why the level was changed"}, Can.SEE_RESULT),
    (
        "in_question", "Grade in question", "InQuestion",
        {"reason": "Why it is in question", "settled_reason": "How it was settled"}, Can.SEE_RESULT,
    ),
    ("given_back", "Entry given back", "EntryGivenBack", {"reason": "Why"}, Can.RECORD_RECEIVED),
)  # fmt: skip


def register_texts() -> None:
    """Called when the app is ready."""
    register(
        Text(
            "assurance.answer", "Answer in a return", "assurance.Answer",
            {"narrative": "The answer", "not_applicable_reason": "Why it does not apply"}, _answers,
            Can.READ_ASSESSMENT, also=_of_an_answer,
        ),
        *(
            Text(
                f"assurance.{code}", words, f"assurance.{model}", fields, _return, can, theirs=False,
                listing="returns" if code == "return" else "", parts=_parts if code == "return" else lambda row: (),
            )
            for code, words, model, fields, can in OURS
        ),
    )  # fmt: skip
    register_keepers(
        Keeper("assurance.Submission", ("document",)),
        Keeper("assurance.ReturnWorkbook", ("rows", "notes", "outcomes", "file_name")),
        Keeper("assurance.BatchRow", ("words",)),
        Keeper("assurance.Batch", ("terms",)),
        # The words of a finding as the report had them.
        Keeper("assurance.SeenAtSite", ("words",)),
    )
