"""The texts of oversight from which something identifiable can be removed. A provider reaches none of them."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.text import Truncator

from accounts.capabilities import Can
from privacy.texts import Copy, Keeper, Text, place_of, register, register_keepers

BEGINS = 60  # letters of a text by which it is known again
# Code, words, model, its fields, the page with the reference of which thing, who reads it.
ROWS: tuple[tuple[str, str, str, dict[str, str], tuple[str, str], Can], ...] = (
    (
        "visit",
        "Visit",
        "Visit",
        {"scope": "What is looked at"},
        ("visit", ""),
        Can.SEE_VISIT_WORK,
    ),
    (
        "finding",
        "Line of a visit",
        "VisitFinding",
        {"asked": "What was looked at", "text": "What was found"},
        ("visit", "visit"),
        Can.SEE_VISIT_WORK,
    ),
    (
        "visit_step",
        "What happened to a visit",
        "VisitStep",
        {"words": "The words"},
        ("visit", "visit"),
        Can.SEE_VISIT_WORK,
    ),
    (
        "contact",
        "Entry of the contact log",
        "ContactEntry",
        {
            "with_whom": "With whom",
            "forum": "Which meeting",
            "papers": "Papers",
            "points": "Key points",
            "challenge": "Challenge made",
            "settled_words": "How it was answered",
            "corrected_because": "Why it was corrected",
            "withdrawn_because": "Why it was withdrawn",
        },
        ("contact-detail", ""),
        Can.SEE_CONTACT_LOG,
    ),
    (
        "intelligence",
        "Soft intelligence",
        "IntelligenceItem",
        {
            "summary": "What was heard",
            "source_detail": "More about the source",
            "action_taken": "What was done about it",
            "outcome": "Why it is closed",
            "corrected_because": "Why it was corrected",
            "withdrawn_because": "Why it was withdrawn",
        },
        ("intelligence-detail", ""),
        Can.SEE_INTELLIGENCE,
    ),
    (
        "concern",
        "Concern",
        "Concern",
        {"title": "What it is", "outcome": "Outcome"},
        ("concern-detail", ""),
        Can.SEE_INTELLIGENCE,
    ),
    (
        "weighing",
        "Weighing of a concern",
        "Weighing",
        {"reasons": "Reasons"},
        ("concern-detail", "concern"),
        Can.SEE_INTELLIGENCE,
    ),
    (
        "incident",
        "Serious incident",
        "SeriousIncident",
        {"corrected_because": "Why it was corrected", "withdrawn_because": "Why it was withdrawn"},
        ("incident-detail", ""),
        Can.SEE_INCIDENTS,
    ),
    (
        "indicator",
        "Indicator",
        "Indicator",
        {"source": "Source", "because": "Why it was corrected"},
        ("indicator-detail", ""),
        Can.SEE_INCIDENTS,
    ),
    (
        "escalation",
        "Step of the escalation route",
        "Escalation",
        {"reason": "Why", "answer": "Plan or answer", "outcome_words": "Outcome"},
        ("escalation-detail", ""),
        Can.SEE_SURVEILLANCE,
    ),
    (
        "ground",
        "Ground of a step",
        "EscalationGround",
        {"words": "The words"},
        ("escalation-detail", "escalation"),
        Can.SEE_SURVEILLANCE,
    ),
    (
        "entry",
        "Entry about a step",
        "EscalationEntry",
        {"words": "The words"},
        ("escalation-detail", "escalation"),
        Can.SEE_SURVEILLANCE,
    ),
    (
        "paper",
        "Paper of a step",
        "EscalationPaper",
        {"text": "The text"},
        ("escalation-detail", "escalation"),
        Can.SEE_SURVEILLANCE,
    ),
    (
        "notice",
        "Contract notice",
        "ContractNotice",
        {"words": "What it says", "plan": "Plan", "closing_words": "How it was closed"},
        ("notice-detail", ""),
        Can.SEE_NOTICES,
    ),
    (
        "milestone",
        "Milestone of a notice",
        "NoticeMilestone",
        {"text": "What is promised"},
        ("notice-detail", "notice"),
        Can.SEE_NOTICES,
    ),
    (
        "suspension",
        "Suspension of placements",
        "PlacementSuspension",
        {"reason": "Why", "lift_reason": "Why it was lifted"},
        ("escalation-provider", "organisation"),
        Can.SEE_NOTICES,
    ),
    (
        "surveillance",
        "Surveillance level",
        "SurveillanceLevel",
        {"reason": "Why"},
        ("escalation-provider", "organisation"),
        Can.SEE_SURVEILLANCE,
    ),
    (
        "mobilisation",
        "New service",
        "Mobilisation",
        {
            "service": "The service",
            "question": "Safeguarding question",
            "conditions": "Conditions",
            "impact_answer": "What the impact assessment says",
            "signed_words": "What the signatory said",
        },
        ("mobilisation", ""),
        Can.SEE_OVERVIEW,
    ),
    (
        "programme",
        "“Not now” and pins of the visit programme",
        "ProgrammeMark",
        {"reason": "Why", "ended_reason": "Why it ended"},
        ("profile", "organisation"),
        Can.SEE_VISIT_WORK,
    ),
    (
        "authority",
        "What a local authority is concerned about",
        "AuthorityConcern",
        {"source": "Source"},
        ("profile", "organisation"),
        Can.SEE_OVERVIEW,
    ),
    (
        "mobilising",
        "Step of a new service",
        "MobilisationStep",
        {"note": "The note"},
        ("mobilisation", "mobilisation"),
        Can.SEE_OVERVIEW,
    ),
    (
        "line",
        "Line of a visit’s pack",
        "VisitLine",
        {"text": "The line", "why": "Why"},
        ("visit", "visit"),
        Can.SEE_VISIT_WORK,
    ),
    ("part", "Part of a write-up", "VisitPart", {"value": "What was written"}, ("visit", "visit"), Can.SEE_VISIT_WORK),
    (
        "comment",
        "Comment on a draft report",
        "ReportComment",
        {
            "heading": "Heading",
            "text": "The comment",
            "answer_text": "The answer",
            "dispute": "The dispute",
            "decision_text": "The decision",
        },
        ("visit", "visit"),
        Can.SEE_VISIT_WORK,
    ),
    (
        "told",
        "Who was told of an immediate concern",
        "ConcernTold",
        {"who": "Who", "agreed": "What was agreed"},
        ("visit", "finding__visit"),
        Can.SEE_VISIT_WORK,
    ),
    (
        "visit_letter",
        "Letter after a visit",
        "VisitLetter",
        {"text": "The letter", "to_name": "To whom"},
        ("visit", "visit"),
        Can.SEE_VISIT_WORK,
    ),
    (
        "share",
        "With whom a report was shared",
        "ReportShare",
        {"shared_with": "With whom", "why": "Why"},
        ("visit", "visit"),
        Can.SEE_VISIT_WORK,
    ),
)


def _page(route: str, about: str) -> Callable[[Any], str]:
    def address(row: Any) -> str:
        thing = attrgetter(about.replace("__", "."))(row) if about else row
        return reverse(f"oversight:{route}", args=[thing.reference])

    return address


def _visit_of(row: Any) -> int | None:
    """The visit that a row hangs on, if it does."""
    finding = getattr(row, "finding", None)
    found: int | None = getattr(row if finding is None else finding, "visit_id", None)
    return found


def _of_the_visit(row: Any) -> Iterable[Copy]:
    """What was written once about a visit stands in its findings and in each of its reports."""
    if (visit := _visit_of(row)) is not None:
        for label, names in (("VisitFinding", ("text", "asked")), ("VisitReport", ("document",))):
            rows = apps.get_model(f"oversight.{label}")._default_manager.filter(visit=visit)
            for pk in rows.values_list("pk", flat=True):
                yield from (Copy(*place_of(f"oversight.{label}", name), pk) for name in names)


# What hangs on a thing and has texts of its own: the words before each, its code, and where it hangs.
PARTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "visit": (
        ("Finding", "finding", "findings"),
        ("Part of the write-up", "part", "parts"),
        ("Line of the pack", "line", "lines"),
        ("Letter", "visit_letter", "letters"),
        ("Comment on the draft", "comment", "comments"),
        ("With whom it was shared", "share", "shares"),
        ("What happened", "visit_step", "steps"),
    ),
    "concern": (("Weighing", "weighing", "weighings"),),
    "escalation": (
        ("Why", "ground", "grounds"),
        ("Paper", "paper", "papers"),
        ("What happened", "entry", "entries"),
    ),
    "notice": (("Milestone", "milestone", "milestones"),),
    "mobilisation": (("Stage", "mobilising", "steps"),),
}


def _in_words(value: Any) -> str:
    """A text, or those of a part of a write-up."""
    return " ".join(each for each in value.values() if isinstance(each, str)) if isinstance(value, dict) else value


def _parts(code: str) -> Callable[[Any], Iterable[tuple[str, str, int]]]:
    """Those that hold words, known by where they are and by how they begin."""

    def found(thing: Any) -> Iterable[tuple[str, str, int]]:
        for where, of, hangs in PARTS.get(code, ()):
            fields = next(tuple(row[3]) for row in ROWS if row[0] == of)
            for each in getattr(thing, hangs).order_by("pk"):
                said = next((words for name in fields if (words := _in_words(getattr(each, name)))), "")
                if said:
                    yield f"{where}: {Truncator(said).chars(BEGINS)}", f"oversight.{of}", each.pk

    return found


def register_texts() -> None:
    """Called when the app is ready."""
    register(
        *(
            Text(
                f"oversight.{code}",
                words,
                f"oversight.{model}",
                fields,
                _page(*page),
                can,
                theirs=False,
                also=_of_the_visit,
                parts=_parts(code),
            )
            for code, words, model, fields, page, can in ROWS
        )
    )
    register_keepers(
        Keeper("oversight.Import", ("lines", "left_out", "file_name")), Keeper("oversight.VisitReport", ("document",))
    )
