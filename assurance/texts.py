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


def register_texts() -> None:
    """Called when the app is ready."""
    register(
        Text(
            "assurance.answer", "Answer in a return", "assurance.Answer",
            {"narrative": "The answer", "not_applicable_reason": "Why it does not apply"}, _answers,
            Can.READ_ASSESSMENT, also=_of_an_answer,
        ),
        Text(
            "assurance.return", "Return", "assurance.SelfAssessment",
            {"why_issued": "Why it was issued by itself", "withdrawn_reason": "Why it was withdrawn"}, _return,
            Can.SEE_RETURN_STATUS, listing="returns", theirs=False,
        ),
        Text(
            "assurance.comment", "Comment of a validator", "assurance.Rating", {"comment": "The comment"}, _return,
            Can.SEE_RESULT, theirs=False,
        ),
        Text(
            "assurance.level", "Reasons of a level", "assurance.LevelResult", {"override_reason": "Why it was changed"},
            _return, Can.SEE_RESULT, theirs=False,
        ),
        Text(
            "assurance.decision", "Decision about a level", "assurance.LevelDecision", {"reason": "Why"}, _return,
            Can.SEE_RESULT, theirs=False,
        ),
        Text(
            "assurance.sent_back", "What was asked for when a return was sent back", "assurance.SendBack",
            {"notes": "The notes"}, _return, Can.READ_ASSESSMENT, theirs=False,
        ),
        Text(
            "assurance.review", "Validation of a strand", "assurance.StrandReview",
            {"level_reason": "Why the level was changed"}, _return, Can.SEE_RESULT, theirs=False,
        ),
        Text(
            "assurance.in_question", "Grade in question", "assurance.InQuestion",
            {"reason": "Why it is in question", "settled_reason": "How it was settled"}, _return, Can.SEE_RESULT,
            theirs=False,
        ),
        Text(
            "assurance.given_back", "Entry given back", "assurance.EntryGivenBack", {"reason": "Why"}, _return,
            Can.RECORD_RECEIVED, theirs=False,
        ),
    )  # fmt: skip
    register_keepers(
        Keeper("assurance.Submission", ("document",)),
        Keeper("assurance.ReturnWorkbook", ("rows", "notes", "outcomes", "file_name")),
        Keeper("assurance.BatchRow", ("words",)),
        Keeper("assurance.Batch", ("terms",)),
    )
