"""Taking, declining and walking a step of the escalation route: what a person may do, and what else happens then.

Nothing above the named lead is done before somebody there was spoken to (hazard 17), and nothing is sent by a step: it
drafts, and a person sends.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from accounts.door import Refused
from accounts.models import Membership
from chasing.models import Chase
from design.calendar import add_working_days
from oversight.models import (
    ContactEntry,
    Escalation,
    EscalationGround,
    EscalationPaper,
    EscalationPolicy,
    EscalationRule,
)

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation

TEXTS = {"letter": "oversight/escalation_letter.txt", "exception": "oversight/escalation_exception.txt"}


class NotTheirs(ValueError):
    """The step is taken by other roles; the message names them."""


class NobodySpokenTo(ValueError):
    """No human contact is logged within the days of the rule: log one first."""


class OutOfOrder(ValueError):
    """A date before another that it follows."""

    box = "day"


def days_of_contact(commissioner: "Organisation | int", on: date) -> int:
    """Within how many days somebody must have been spoken to, by the rule of the day."""
    return int(EscalationPolicy.objects.in_force(commissioner, on).first().human_contact_days)


def last_contact(escalation: Escalation, *, on: date, days: int) -> ContactEntry | None:
    """The human contact that a step above the named lead can rest on: the commissioner's own, recent enough."""
    found = ContactEntry.objects.human_contact(escalation.organisation_id, on - timedelta(days=days))
    ours = found.filter(commissioner=escalation.commissioner_id, happened_on__lte=on)
    contact: ContactEntry | None = ours.first()
    return contact


def may_decide(escalation: Escalation, user: "User", *, on: date) -> bool:
    """Does the person hold, or cover for, a role that takes this step?"""
    held = Membership.objects.acting(user, on=on).filter(organisation=escalation.commissioner_id)
    return held.filter(role__in=escalation.step.who).exists()


def _check_role(escalation: Escalation, by: "User", on: date) -> None:
    if not may_decide(escalation, by, on=on):
        raise NotTheirs(f"This step is for: {escalation.step.who_in_words}. Ask one of them.")


@transaction.atomic
def take(escalation: Escalation, *, by: "User", reason: str, on: date, at: datetime) -> None:
    """Take a proposed step: its draft is made, its clock begins, and lower proposals about the same are settled.

    The reminder steps that were proposed about the same things are decided with it. Nothing is sent.
    """
    _check_role(escalation, by, on)
    if not Escalation.objects.waiting().filter(pk=escalation.pk).exists() and escalation.is_proposed:
        raise Refused("None of the reasons stands any more: what was late has arrived. Decline it with that reason.")
    days = days_of_contact(escalation.commissioner_id, on)
    contact, step = last_contact(escalation, on=on, days=days), escalation.step
    if step.above_named_lead and contact is None:
        raise NobodySpokenTo(
            f"Nobody at {escalation.organisation} is logged as spoken to in the last {days} days. "
            "Speak to somebody there and log it first."
        )
    due = add_working_days(on, step.response_days) if step.response_days else None
    escalation.move(
        [Escalation.State.PROPOSED], kind="taken", words=reason, by=by, on=on, at=at, state=Escalation.State.TAKEN,
        decided_by=by, decided_on=on, reason=reason, response_due_on=due, contact=contact,
    )  # fmt: skip
    _draft(escalation, by=by, on=on, at=at)
    _settle_below(escalation, Chase.Outcome.TAKEN, by=by, on=on, at=at)


@transaction.atomic
def decline(escalation: Escalation, *, by: "User", reason: str, on: date, at: datetime) -> None:
    """Nothing follows; the history says who decided that and why."""
    _check_role(escalation, by, on)
    escalation.move(
        [Escalation.State.PROPOSED], kind="declined", words=reason, by=by, on=on, at=at,
        state=Escalation.State.DECLINED, decided_by=by, decided_on=on, reason=reason,
    )  # fmt: skip
    _settle_below(escalation, Chase.Outcome.DECLINED, by=by, on=on, at=at)


def drafted(escalation: Escalation, grounds: list[EscalationGround], *, on: date) -> str:
    """The words of the letter or entry that a step asks for, before anybody has changed them."""
    told = {"escalation": escalation, "grounds": grounds, "on": on}
    return render_to_string(TEXTS[escalation.step.drafts], told).strip() + "\n"


def _draft(escalation: Escalation, *, by: "User", on: date, at: datetime) -> None:
    """The letter or the entry that the step asks for, in words to be changed."""
    kind = escalation.step.drafts
    if kind not in TEXTS:
        return
    text = drafted(escalation, list(escalation.grounds.all()), on=on)
    whose = {"commissioner_id": escalation.commissioner_id, "organisation_id": escalation.organisation_id}
    made, new = EscalationPaper.objects.get_or_create(
        escalation=escalation, kind=kind, defaults={"text": text, "edited_by": by, "edited_at": at, **whose}
    )
    if new:
        escalation.note("drafted", str(made), by=by, on=on, at=at)


def _settle_below(escalation: Escalation, outcome: str, *, by: "User", on: date, at: datetime) -> None:
    """Decide with it: reminder steps about the same things, and lower proposals that hold nothing else."""
    things = set(escalation.grounds.values_list("kind", "thing", "version"))
    for kind, thing, version in things:
        asked = Chase.objects.proposed().filter(kind=kind, thing=thing, due_version=version)
        asked.update(
            outcome=outcome, decided_by=by, decided_at=at, reason=f"Decided with step {escalation.step.number}."
        )
    lower = Escalation.objects.proposed().filter(
        commissioner=escalation.commissioner_id, organisation=escalation.organisation_id,
        circle=escalation.circle_id, step__position__lt=escalation.step.position, proposed_by=None,
    )  # fmt: skip
    for other in lower.select_related("step"):
        held = set(other.grounds.all().standing().values_list("kind", "thing", "version"))  # type: ignore[attr-defined]
        if held <= things:
            words = f"Decided with step {escalation.step.number}."
            other.move(
                [Escalation.State.PROPOSED], kind="declined", words=words, by=by, on=on, at=at,
                state=Escalation.State.DECLINED, decided_by=by, decided_on=on, reason=words,
            )  # fmt: skip


@transaction.atomic
def propose_by_hand(
    commissioner: "Organisation", organisation: "Organisation", step: EscalationRule, *, reason: str, by: "User",
    on: date, at: datetime,
) -> Escalation:  # fmt: skip
    """A person proposes a step themselves; it is taken or declined like the others."""
    try:
        with transaction.atomic():
            made: Escalation = Escalation.objects.create(
                commissioner=commissioner, organisation=organisation, step=step, proposed_on=on, proposed_by=by
            )
    except IntegrityError as problem:
        raise Refused("This step is proposed about this provider already. Decide that one.") from problem
    made.note("proposed", reason, by=by, on=on, at=at)
    return made


def answered(escalation: Escalation, *, day: date, words: str, by: "User", on: date, at: datetime) -> None:
    """The provider's plan or answer arrived on a day."""
    assert escalation.decided_on is not None
    if day < escalation.decided_on:
        raise OutOfOrder(f"The step was taken on {escalation.decided_on:%-d %B %Y}: enter that day or a later one")
    escalation.move(
        [Escalation.State.TAKEN], kind="answered", words=words, by=by, on=on, at=at, state=Escalation.State.ANSWERED,
        answered_on=day, answer=words,
    )  # fmt: skip


def close(escalation: Escalation, *, outcome: str, words: str, by: "User", on: date, at: datetime) -> None:
    """It has come to an end, with what came of it."""
    said = f"{Escalation.Outcome(outcome).label}. {words}"
    escalation.move(
        Escalation.WALKED, kind="closed", words=said, by=by, on=on, at=at, state=Escalation.State.CLOSED,
        closed_on=on, closed_by=by, outcome=outcome, outcome_words=words,
    )  # fmt: skip


def withdraw(escalation: Escalation, *, reason: str, by: "User", on: date, at: datetime) -> None:
    """It was taken in error, or is not wanted any more; what was done stays in its history."""
    escalation.move(
        Escalation.WALKED, kind="withdrawn", words=reason, by=by, on=on, at=at, state=Escalation.State.WITHDRAWN
    )


def undo(escalation: Escalation, *, reason: str, by: "User", on: date, at: datetime) -> None:
    """A declined or withdrawn step waits for a person again."""
    try:
        with transaction.atomic():
            escalation.move(
                [Escalation.State.DECLINED, Escalation.State.WITHDRAWN], kind="undone", words=reason, by=by, on=on,
                at=at, state=Escalation.State.PROPOSED, decided_by=None, decided_on=None, reason="",
                response_due_on=None, contact=None,
            )  # fmt: skip
    except IntegrityError as problem:
        raise Refused("The same step has been proposed again in the meantime. Decide that one.") from problem
