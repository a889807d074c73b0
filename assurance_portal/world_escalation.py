"""Surveillance, steps, contract notices and suspensions of the measuring world: one of each, canaries in all."""

from typing import TYPE_CHECKING

from oversight.models import (
    ContractNotice,
    Escalation,
    EscalationGround,
    EscalationPaper,
    EscalationRule,
    NoticeRule,
    PlacementSuspension,
    SurveillanceLabel,
    SurveillanceLevel,
)
from providers.models import Arrangement

if TYPE_CHECKING:
    from accounts.models import Circle
    from assurance_portal.world import World


def make(world: "World") -> None:
    """At one provider of each commissioner a step for everybody and one for the access list, and one of the rest."""
    for key, place in (("A", "P1"), ("A", "P2"), ("A", "shared"), ("B", "P3")):
        _level(world, key, place)
        _step(world, key, place, None)
        _notice(world, key, place)
        _suspension(world, key, place)
    for key, place in (("A", "P1"), ("B", "P3")):
        _step(world, key, place, world.circles[key])


def _level(world: "World", key: str, place: str) -> None:
    label = SurveillanceLabel.objects.get(commissioner=None, code="enhanced")
    reason, nurse = world.canary("surveillance", "reason"), world.person("DP", key)
    ours, theirs = world.organisations[key], world.organisations[place]
    world.keep(
        SurveillanceLevel.objects.set_level(ours, theirs, label, reason=reason, by=nurse, on=world.on, at=world.at)
    )


def _step(world: "World", key: str, place: str, circle: "Circle | None") -> None:
    """Taken, with a draft, so that every word of it exists."""
    nurse, rule = world.person("DP", key), EscalationRule.objects.get(commissioner=None, code="letter")
    whose = {"commissioner": world.organisations[key], "organisation": world.organisations[place]}
    made = Escalation.objects.create(
        circle=circle, step=rule, state="answered", proposed_on=world.on, decided_by=nurse, decided_on=world.on,
        reason=world.canary("escalation", "reason"), answered_on=world.on, answer=world.canary("escalation", "answer"),
        outcome_words=world.canary("escalation", "outcome"), **whose,
    )  # fmt: skip
    words = [world.canary("escalation", name) for name in ("ground", "entry", "paper")]
    EscalationGround.objects.create(
        escalation=made, step_code="letter", kind="world", thing=made.pk, words=words[0], since=world.on,
        noted_on=world.on, **whose,
    )  # fmt: skip
    made.note("taken", words[1], by=nurse, on=world.on, at=world.at)
    EscalationPaper.objects.create(
        escalation=made, kind="letter", text=words[2], edited_by=nurse, edited_at=world.at, **whose
    )
    world.keep(made)
    world.things[-1].canaries += words


def _notice(world: "World", key: str, place: str) -> None:
    ours, theirs, manager = world.organisations[key], world.organisations[place], world.person("CM", key)
    made = ContractNotice.objects.create(
        commissioner=ours, organisation=theirs, recorded_by=manager, recorded_at=world.at, issued_on=world.on,
        contract=Arrangement.objects.get(commissioner=ours, organisation=theirs),
        rule=NoticeRule.objects.get(commissioner=None, code="performance", valid_to=None),
        number=world.canary("notice", "number"), clause=world.canary("notice", "clause"),
        words=world.canary("notice", "words"), issued_by=world.canary("notice", "by"),
        plan=world.canary("notice", "plan"), outcome="remedial", outcome_on=world.on,
        closing_words=world.canary("notice", "closing"),
    )  # fmt: skip
    promise = world.canary("notice", "milestone")
    made.milestones.create(commissioner=ours, organisation=theirs, number=1, text=promise, due_on=world.on)
    world.keep(made)
    world.things[-1].canaries.append(promise)


def _suspension(world: "World", key: str, place: str) -> None:
    world.keep(
        PlacementSuspension.objects.suspend(
            commissioner=world.organisations[key], organisation=world.organisations[place], authority="la",
            authority_name=world.canary("suspension", "authority"), starts_on=world.on,
            reason=world.canary("suspension", "reason"), lift_reason=world.canary("suspension", "lift"),
            recorded_by=world.person("CM", key), recorded_at=world.at,
        )
    )  # fmt: skip
