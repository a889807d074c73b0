"""How an action stands, in words and with a symbol: worked out in one place, for lists and pages alike.

``Status`` of a code; ``code_on`` is the expression by which the database gives the code. In order, the worst first.
What is on track and what is complete never share a look (hazard 22). To add a status: an entry in ``STATUSES``, where
it stands by how bad it is, and its condition in ``code_on``.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When


@dataclass(frozen=True)
class Status:
    """One of them; the tone comes with a symbol of its own (design/components.py)."""

    code: str
    words: str
    tone: str
    # Still to be done by its owner, or by whoever verifies.
    is_open: bool = True
    # Verified, and nothing has been taken away since.
    counts: bool = False

    def __str__(self) -> str:
        return self.words


STATUSES = {
    each.code: each
    for each in (
        Status("overdue", "Overdue", "bad"),
        Status("proof_gone", "Evidence withdrawn since it was verified", "bad"),
        Status("at_risk", "At risk", "partly"),
        Status("not_started", "Not started", "quiet"),
        Status("in_progress", "In progress", "info"),
        Status("on_track", "On track", "info"),
        Status("awaiting", "Complete, awaiting verification", "waiting"),
        Status("verified", "Verified complete (implemented)", "good", is_open=False, counts=True),
        Status("embedded", "Embedded", "good", is_open=False, counts=True),
        Status("superseded", "Closed, superseded", "quiet", is_open=False),
        Status("not_accepted", "Not accepted", "quiet", is_open=False),
    )
}
CHOICES = [(code, status.words) for code, status in STATUSES.items()]


def proof_gone(action: str = "pk", verified_at: str = "verified_at") -> Exists:
    """Was something withdrawn that was checked when the action was verified?"""
    from actions.models.updates import ActionEvidence

    proofs = ActionEvidence.objects.filter(action=OuterRef(action), checked=True)
    return Exists(proofs.filter(item__withdrawn_at__gt=OuterRef(verified_at)))


def code_on(on: date) -> Case:
    """The code of each action on the day; the first that fits."""
    to_do = Q(state__in=["open", "in_progress"])
    complete = Q(state__in=["implemented", "embedded"])
    same: dict[str, Any] = {"awaiting": "complete_awaiting_verification", "verified": "implemented"}
    rest = ("awaiting", "verified", "embedded", "superseded", "not_accepted")
    return Case(
        When(to_do & Q(due_on__lt=on), then=Value("overdue")),
        When(complete & Q(proof_gone()), then=Value("proof_gone")),
        When(state="open", then=Value("not_started")),
        When(Q(state="in_progress") & ~Q(outlook=""), then=F("outlook")),
        When(state="in_progress", then=Value("in_progress")),
        *(When(state=same.get(code, code), then=Value(code)) for code in rest),
        output_field=CharField(),
    )
