"""Recording a contract notice and what became of it: the portal keeps the record and never serves a notice.

The clocks are dated rows (``NoticeRule``), counted in operational days: not a weekend, not a bank holiday.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from accounts.door import Refused
from design.calendar import add_months, add_working_days
from oversight.models import ContractNotice, NoticeGround, NoticeMilestone, NoticeRule
from providers.models.arrangements import ContractForm

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Arrangement


class NoSuchNotice(ValueError):
    """The contract's form has no such notice; the message says what there is."""

    box = "kind"


class OutOfOrder(ValueError):
    """A date before another that it follows, said beside its box; or a part before the one that it needs."""

    def __init__(self, words: str, box: str | None = "day") -> None:
        super().__init__(words)
        self.box = box


@dataclass(frozen=True)
class Clock:
    """One date that runs: what, by when, and when it was done."""

    what: str
    due: date
    done: date | None

    def is_late(self, on: date) -> bool:
        """Not done and past, or done after its day."""
        return (self.done or on) > self.due


def kinds_for(commissioner: Any, on: date) -> dict[str, NoticeRule]:
    """The kinds of notice of the contract year, by code."""
    return dict(NoticeRule.objects.by_code(commissioner, on))


def kind_for(contract: "Arrangement", code: str, *, on: date) -> NoticeRule:
    """The rule of this notice for this contract in the year of its issue, or what there is instead."""
    rules = kinds_for(contract.commissioner_id, on)
    there = [rule for rule in rules.values() if contract.contract_form in rule.contract_forms]
    for rule in there:
        if rule.code == code:
            return rule
    form = ContractForm(contract.contract_form).label
    instead = ", ".join(rule.name.lower() for rule in there)
    offer = f"There is: {instead}." if there else "It has no notices: use the steps of the escalation route."
    raise NoSuchNotice(f"A contract of the form “{form}” has no such notice. {offer}")


@transaction.atomic
def record(
    contract: "Arrangement", rule: NoticeRule, *, grounds: Iterable[dict[str, Any]], by: "User", at: datetime,
    **told: Any,
) -> ContractNotice:  # fmt: skip
    """Keep a notice that was issued outside the portal, with its clocks and grounds."""
    issued = told["issued_on"]
    whose = {"commissioner_id": contract.commissioner_id, "organisation_id": contract.organisation_id}
    try:
        with transaction.atomic():
            made: ContractNotice = ContractNotice.objects.create(
                contract=contract, rule=rule, recorded_by=by, recorded_at=at, **whose,
                meeting_due_on=add_working_days(issued, rule.meeting_days) if rule.meeting_days else None,
                remedy_due_on=issued + timedelta(days=rule.remedy_days) if rule.remedy_days else None,
                **{**told, "clause": told["clause"] or rule.clause},
            )  # fmt: skip
    except IntegrityError as problem:
        raise Refused(f"A notice with the number {told['number']} is recorded already. Look at that one.") from problem
    NoticeGround.objects.bulk_create(NoticeGround(notice=made, **whose, **ground) for ground in grounds)
    return made


def meet(notice: ContractNotice, day: date, *, expected: int) -> None:
    """The meeting took place on a day."""
    if day < notice.issued_on:
        raise OutOfOrder(f"The notice was issued on {notice.issued_on:%-d %B %Y}: the meeting cannot be before it")
    notice.change(expected, meeting_on=day)


def decide(
    notice: ContractNotice, outcome: str, day: date, *, plan: str, agreed_on: date | None, expected: int
) -> None:
    """What the meeting came to; the plan's own clock begins."""
    if notice.meeting_on is None:
        raise OutOfOrder("Record the meeting first: the outcome follows from it", None)
    if day < notice.meeting_on:
        raise OutOfOrder(f"The meeting was on {notice.meeting_on:%-d %B %Y}: its outcome cannot be before it")
    if agreed_on and agreed_on < notice.meeting_on:
        words = f"The meeting was on {notice.meeting_on:%-d %B %Y}: the plan cannot be agreed before it"
        raise OutOfOrder(words, "agreed_on")
    due = plan_due(notice, outcome, day)
    notice.change(expected, outcome=outcome, outcome_on=day, plan=plan, plan_agreed_on=agreed_on, plan_due_on=due)


def plan_due(notice: ContractNotice, outcome: str, day: date) -> date | None:
    """By when the plan, or the report of a joint investigation, is due."""
    rule = notice.rule
    if outcome == ContractNotice.Outcome.JOINT and rule.investigation_months:
        return add_months(day, rule.investigation_months)
    if outcome == ContractNotice.Outcome.REMEDIAL and rule.plan_days and notice.meeting_on:
        return add_working_days(notice.meeting_on, rule.plan_days)
    return None


@transaction.atomic
def promise(notice: ContractNotice, text: str, due_on: date, *, expected: int) -> NoticeMilestone:
    """One more milestone of the plan."""
    if not notice.has_plan:
        raise OutOfOrder("Record first that a plan was agreed: milestones belong to a plan", None)
    if due_on < notice.issued_on:
        words = f"The notice was issued on {notice.issued_on:%-d %B %Y}: a milestone cannot be due before it"
        raise OutOfOrder(words, "due_on")
    notice.change(expected)
    made: NoticeMilestone = notice.milestones.create(
        commissioner_id=notice.commissioner_id, organisation_id=notice.organisation_id,
        number=notice.milestones.count() + 1, text=text, due_on=due_on,
    )  # fmt: skip
    return made


@transaction.atomic
def met(notice: ContractNotice, number: int, day: date, *, by: "User") -> None:
    """A milestone was met on a day."""
    milestone = notice.milestones.filter(number=number).first()
    if milestone is None:
        raise Refused("This notice has no such milestone.")
    if day < notice.issued_on:
        raise OutOfOrder(f"The notice was issued on {notice.issued_on:%-d %B %Y}: nothing of it was met before")
    notice.change(notice.version)
    milestone.meet(by=by, on=day)


def close(notice: ContractNotice, closing: str, day: date, *, words: str, by: "User", expected: int) -> None:
    """It has ended; nothing of it changes any more."""
    if day < notice.issued_on:
        raise OutOfOrder(f"The notice was issued on {notice.issued_on:%-d %B %Y}: it cannot end before it")
    open_ = notice.milestones.filter(met_on__isnull=True).count()
    if closing == ContractNotice.Closing.MET and open_ and notice.is_open:
        words = f"{open_} milestone{'s are' if open_ > 1 else ' is'} not met. Note first when they were met"
        raise OutOfOrder(words, None)
    notice.change(expected, closing=closing, closed_on=day, closing_words=words, closed_by=by)


def clocks(notice: ContractNotice, milestones: Iterable[NoticeMilestone]) -> list[Clock]:
    """Every date of the notice that runs or ran, in their order."""
    found = []
    if notice.meeting_due_on:
        found.append(Clock("Meeting", notice.meeting_due_on, notice.meeting_on))
    if notice.plan_due_on:
        found.append(Clock("Plan or report agreed", notice.plan_due_on, notice.plan_agreed_on))
    if notice.remedy_due_on:
        found.append(Clock("Put right", notice.remedy_due_on, notice.closed_on))
    for each in milestones:
        found.append(Clock(f"Milestone {each.number}: {each.text}", each.due_on, each.met_on))
        if notice.rule.milestone_days:
            told = add_working_days(each.due_on, notice.rule.milestone_days)
            found.append(Clock(f"Milestone {each.number}: otherwise both boards are told", told, each.met_on))
    return sorted(found, key=lambda clock: clock.due)
