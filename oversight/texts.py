"""The texts of oversight from which something identifiable can be removed. A provider reaches none of them."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from accounts.capabilities import Can
from privacy.texts import Keeper, Text, register, register_keepers

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
        ("contact-entry", ""),
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
        ("intelligence-item", ""),
        Can.SEE_INTELLIGENCE,
    ),
    (
        "concern",
        "Concern",
        "Concern",
        {"title": "What it is", "outcome": "Outcome"},
        ("concern", ""),
        Can.SEE_INTELLIGENCE,
    ),
    (
        "weighing",
        "Weighing of a concern",
        "Weighing",
        {"reasons": "Reasons"},
        ("concern", "concern"),
        Can.SEE_INTELLIGENCE,
    ),
    (
        "incident",
        "Serious incident",
        "SeriousIncident",
        {"corrected_because": "Why it was corrected", "withdrawn_because": "Why it was withdrawn"},
        ("incident", ""),
        Can.SEE_INCIDENTS,
    ),
    (
        "indicator",
        "Indicator",
        "Indicator",
        {"source": "Source", "because": "Why it was corrected"},
        ("indicator", ""),
        Can.SEE_INCIDENTS,
    ),
    (
        "escalation",
        "Step of the escalation route",
        "Escalation",
        {"reason": "Why", "answer": "Plan or answer", "outcome_words": "Outcome"},
        ("escalation", ""),
        Can.SEE_SURVEILLANCE,
    ),
    (
        "ground",
        "Ground of a step",
        "EscalationGround",
        {"words": "The words"},
        ("escalation", "escalation"),
        Can.SEE_SURVEILLANCE,
    ),
    (
        "entry",
        "Entry about a step",
        "EscalationEntry",
        {"words": "The words"},
        ("escalation", "escalation"),
        Can.SEE_SURVEILLANCE,
    ),
    (
        "paper",
        "Paper of a step",
        "EscalationPaper",
        {"text": "The text"},
        ("escalation", "escalation"),
        Can.SEE_SURVEILLANCE,
    ),
    (
        "notice",
        "Contract notice",
        "ContractNotice",
        {"words": "What it says", "plan": "Plan", "closing_words": "How it was closed"},
        ("notice", ""),
        Can.SEE_NOTICES,
    ),
    (
        "milestone",
        "Milestone of a notice",
        "NoticeMilestone",
        {"text": "What is promised"},
        ("notice", "notice"),
        Can.SEE_NOTICES,
    ),
    (
        "suspension",
        "Suspension of placements",
        "PlacementSuspension",
        {"reason": "Why", "lift_reason": "Why it was lifted"},
        ("suspension", ""),
        Can.SEE_NOTICES,
    ),
    (
        "surveillance",
        "Surveillance level",
        "SurveillanceLevel",
        {"reason": "Why"},
        ("profile", "organisation"),
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
)


def _page(route: str, about: str) -> Any:
    def address(row: Any) -> str:
        thing = getattr(row, about) if about else row
        try:
            return reverse(f"oversight:{route}", args=[thing.reference])
        except NoReverseMatch:
            return reverse("oversight:profile", args=[row.organisation.reference])

    return address


def register_texts() -> None:
    """Called when the app is ready."""
    register(
        *(
            Text(f"oversight.{code}", words, f"oversight.{model}", fields, _page(*page), can, theirs=False)
            for code, words, model, fields, page, can in ROWS
        )
    )
    register_keepers(Keeper("oversight.Import", ("lines", "left_out", "file_name")))
