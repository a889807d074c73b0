"""The texts of figures from which something identifiable can be removed.

A submitted return is frozen, and so is the document of its submission: the words go from both, and the document keeps
the digest of what was submitted (docs/decisions/0025).
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accounts.capabilities import Can
from privacy.texts import Copy, Keeper, Text, place_of, register, register_keepers
from training.models import FigureSubmission


def _return_of(row: Any) -> Any:
    asked = getattr(row, "asked", row)
    return getattr(asked, "figure_return", asked)


def _return(row: Any) -> str:
    return reverse("training:return-detail", args=[_return_of(row).reference])


def _query(row: Any) -> str:
    return reverse("training:query-detail", args=[row.reference])


def _documents(row: Any) -> Iterable[Copy]:
    """The submissions that hold the words as well."""
    table, column = place_of("training.FigureSubmission", "document")
    held = FigureSubmission.objects.filter(figure_return=_return_of(row))
    yield from (Copy(table, column, pk) for pk in held.values_list("pk", flat=True))


def _parts(figure_return: Any) -> Iterable[tuple[str, str, int]]:
    """Its lines, explanations and corrections that hold words."""
    lines = figure_return.lines.exclude(narrative="", answer_reason="").select_related("line")
    for asked in lines:
        yield f"What was written about {asked.line.name}", "training.line", asked.pk
    for asked in figure_return.lines.select_related("line").prefetch_related("explanations"):
        for said in asked.explanations.all():
            yield f"Explanation for {asked.line.name}", "training.explanation", said.pk
    for submission in figure_return.submissions.exclude(reason=""):
        yield f"Why version {submission.number} was corrected", "training.submission", submission.pk


KEEPERS = (
    Keeper("training.FigureSubmission", ("document",)),
    Keeper("training.FigureWorkbook", ("rows", "notes", "outcomes", "file_name")),
    Keeper("training.StaffListMapping", ("choices",), whose="organisation__arrangements__commissioner"),
)


def _plans(row: Any) -> str:
    return reverse("training:recovery-list")


def _measured(row: Any) -> str:
    return f"{reverse('training:measured-line')}?which={row.code}"


TEXTS = (
    Text(
        "training.return", "Figures return", "training.FigureReturn",
        {
            "why_issued": "Why it was issued", "correcting_because": "Why it is being corrected",
            "withdrawn_reason": "Why it was withdrawn",
        },
        _return, Can.READ_FIGURES, also=_documents, parts=_parts, listing="figures-returns",
    ),
    Text(
        "training.line", "Line of a figures return", "training.AskedLine",
        {
            "narrative": "What was written about it", "answer_reason": "Why there is nothing, or it does not apply",
            "threshold_reason": "Why the threshold differs",
        },
        _return, Can.READ_FIGURES, also=_documents,
    ),
    Text(
        "training.explanation", "Explanation of a figure", "training.Explanation",
        {"words": "The explanation", "question": "The question"}, _return, Can.READ_FIGURES, also=_documents,
    ),
    Text(
        "training.submission", "Submitted figures", "training.FigureSubmission",
        {"reason": "Why they were corrected"}, _return, Can.READ_FIGURES, also=_documents,
    ),
    Text(
        "training.query", "Question about figures", "training.FigureQuery",
        {"question": "The question", "answer": "The answer", "resolution": "How it was settled"}, _query,
        Can.READ_FIGURES,
    ),
    Text(
        "training.trajectory", "Recovery plan", "training.Trajectory",
        {
            "why_below": "Why it is below", "what_is_done": "What is done about it",
            "why_not_reached": "Why the threshold is not reached",
        },
        _plans, Can.READ_FIGURES,
    ),
    Text(
        "training.threshold", "Reason of a threshold", "training.Threshold", {"reason": "Why it differs"},
        _measured, Can.SEE_STEPS, theirs=False,
    ),
)  # fmt: skip


def register_texts() -> None:
    """Called when the app is ready."""
    register(*TEXTS)
    register_keepers(*KEEPERS)
