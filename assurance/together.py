"""Doing one thing to many returns: which were chosen, and what would happen to each. Changes nothing.

The preview asks the same conditions as the verbs, in a few queries for any number of returns; the verbs ask them again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, QueryDict

from accounts.acting import acting_with
from accounts.capabilities import Can
from accounts.models.memberships import Strand
from assurance.forms.returns import ReturnFilter
from assurance.kinds import RETURN
from assurance.models import Batch, SelfAssessment, StrandReview
from assurance.returns import rounds_of
from chasing.by_hand import why_not

if TYPE_CHECKING:
    from accounts.models import User

MOST = 1_500
CAN = {Batch.What.EXTEND: Can.RUN_ROUNDS, Batch.What.REMIND: Can.SEND_REMINDERS, Batch.What.ASSIGN: Can.VALIDATE}
# How a mistake is put right, said where it can still be noticed.
UNDO = {
    Batch.What.EXTEND: "The first date stays in every list. A date agreed by mistake stays in the history: agree "
    "another one on the return’s page.",
    Batch.What.REMIND: "Letters leave within a minute. Until then holding all reminders on the page “Overdue and "
    "reminders” keeps them here.",
    Batch.What.ASSIGN: "To take it back, do the same again with “Nobody”, or choose somebody else.",
}
WAITING = ("submitted", "under_review")


@dataclass(frozen=True)
class Outlook:
    """One return in the preview: what would happen, or why nothing can. ``seen`` goes along to be compared again."""

    assessment: SelfAssessment
    possible: bool
    words: str
    seen: int | None = None

    @property
    def key(self) -> str:
        """How the confirming form names it."""
        return f"{self.assessment.reference}:{'' if self.seen is None else self.seen}"


@dataclass(frozen=True)
class Chosen:
    """The returns that were chosen: those ticked, or all that the filter leaves."""

    returns: Sequence[SelfAssessment]
    everything: bool
    too_many: bool = False

    @property
    def commissioners(self) -> list[tuple[Any, int]]:
        """Whose they are, by name, and how many of each."""
        found = Counter(each.commissioner for each in self.returns)
        return sorted(found.items(), key=lambda pair: pair[0].name)

    @property
    def problem(self) -> str:
        """Why nothing can be done with this choice; empty when something can."""
        if self.too_many:
            return f"More than {MOST:,} returns match. Narrow the filter, then choose again."
        if not self.returns:
            return "No return was chosen. Go back, tick the returns or choose all that match."
        if len(self.commissioners) > 1:
            return "These returns are of several commissioners. Do it for one after the other."
        return ""


def chosen_of(asked: QueryDict, *, user: "User", what: str, on: date) -> Chosen:
    """The returns that the address names, as far as the person may do this to them, by provider."""
    allowed = SelfAssessment.objects.permitted(user, Can.SEE_RETURN_STATUS, on=on)
    everything = asked.get("which") == "all"
    if everything:
        rows = ReturnFilter(asked, rounds=rounds_of(allowed)).narrow(allowed, on=on)
    else:
        rows = allowed.filter(reference__in=asked.getlist("return")[:MOST])
    if asked.get("commissioner"):
        rows = rows.filter(commissioner__reference=asked["commissioner"])
    mine = within(user, what, on=on)
    found = list(rows.filter(pk__in=mine).order_by("organisation__name", "pk")[: MOST + 1])
    return Chosen(found[:MOST], everything, too_many=len(found) > MOST)


def offered(request: HttpRequest) -> list[tuple[str, str]]:
    """What the person may do to returns at all, for the list. No query of its own."""
    return [(what.value, what.label) for what in Batch.What if acting_with(request, CAN[what])]


def within(user: "User", what: str, *, on: date) -> Any:
    """Ids of the returns to which the person may do this; the validator's own right is asked strand by strand."""
    can = CAN[Batch.What(what)]
    can = Can.RUN_ROUNDS if can == Can.VALIDATE else can
    return SelfAssessment.objects.permitted(user, can, on=on).order_by().values("pk")


def named(keys: str, *, user: "User", what: str, on: date) -> list[tuple[SelfAssessment, int | None]]:
    """The returns of a confirmed preview with what was seen of each, as far as the person may do this to them."""
    seen = dict(each.split(":", 1) for each in keys.split()[:MOST] if ":" in each)
    allowed = SelfAssessment.objects.permitted(user, Can.SEE_RETURN_STATUS, on=on)
    rows = allowed.filter(reference__in=list(seen), pk__in=within(user, what, on=on))
    found = rows.order_by("organisation__name", "pk")
    return [(each, int(seen[each.reference]) if seen[each.reference].isdecimal() else None) for each in found]


def outlook(
    what: str, returns: Sequence[SelfAssessment], said: Mapping[str, Any], *, user: "User", on: date
) -> list[Outlook]:
    """What would happen to each, in a few queries."""
    match what:
        case Batch.What.EXTEND:
            return [_extended(each, said["due_on"]) for each in returns]
        case Batch.What.REMIND:
            reasons = why_not(RETURN, returns, on=on)
            return [_reminded(each, reasons.get(each.pk, "")) for each in returns]
    return _assigned(returns, said["strand"], said["to"], user=user, on=on)


def _extended(each: SelfAssessment, to: date) -> Outlook:
    if not each.is_editable:
        return Outlook(each, False, f"It is “{each.get_state_display()}”, so its date cannot be moved.")
    if to <= each.due_on:
        return Outlook(each, False, f"It is due on {each.due_on:%-d %B %Y}, which is not before the new date.")
    return Outlook(each, True, f"From {each.due_on:%-d %B %Y} to {to:%-d %B %Y}.", each.due_version)


def _reminded(each: SelfAssessment, reason: str) -> Outlook:
    return Outlook(each, not reason, reason or "A reminder to whoever prepares it.", each.due_version)


def _assigned(
    returns: Sequence[SelfAssessment], strand: str, to: "User | None", *, user: "User", on: date
) -> list[Outlook]:
    """The strand of each return: only where it waits, is the reader's to assign, and the person may validate it."""
    here = {"self_assessment__in": [each.pk for each in returns], "strand": strand}
    mine = StrandReview.objects.permitted(user, Can.VALIDATE, on=on).filter(**here).select_related("assigned_to")
    found = {review.self_assessment_id: review for review in mine}
    theirs = None
    if to is not None:
        allowed = StrandReview.objects.permitted(to, Can.VALIDATE, on=on).filter(**here)
        theirs = set(allowed.values_list("pk", flat=True))
    return [_of_strand(each, found.get(each.pk), strand, to, theirs) for each in returns]


def _of_strand(
    each: SelfAssessment, review: StrandReview | None, strand: str, to: "User | None", theirs: set[int] | None
) -> Outlook:
    words = Strand(strand).label.lower()
    if each.state not in WAITING:
        return Outlook(each, False, f"It is “{each.get_state_display()}”, so no strand waits for validation.")
    if review is None:
        return Outlook(each, False, f"It does not ask about {words}, or that strand is not yours to assign.")
    if review.signed_off_at is not None:
        return Outlook(each, False, f"The validation of {words} is signed off.")
    if review.assigned_to == to:
        return Outlook(each, False, f"It is with {to or 'nobody'} already.")
    if theirs is not None and review.pk not in theirs:
        return Outlook(each, False, f"{to} may not validate this strand.")
    return Outlook(each, True, f"From {review.assigned_to or 'nobody'} to {to or 'nobody'}.", review.assigned_to_id)
