"""The visits of the measuring world: one being worked on and one with a final report, canaries in all."""

from typing import TYPE_CHECKING, Any

from oversight.models import Chosen, Visit, VisitLine, VisitMember

if TYPE_CHECKING:
    from assurance_portal.world import World


def make(world: "World") -> None:
    """At one provider of each commissioner, and at the one that they share."""
    for key, about in (("A", "P1"), ("A", "shared"), ("B", "P3")):
        for state in ("planned", "final"):
            _visit(world, key, about, state)


def _visit(world: "World", key: str, about: str, state: str) -> None:
    nurse = world.person("DP", key)
    outside = VisitMember(
        name=world.canary("visitmember", "name"), comes_from=world.canary("visitmember", "from"),
        role=world.canary("visitmember", "role"),
    )  # fmt: skip
    visit = Visit.objects.plan(
        world.organisations[key], world.organisations[about], by=nurse, at=world.at, lead=nurse, kind="announced",
        planned_on=world.on, strands=["children"], scope=world.canary("visit", "scope"), team=[outside],
    )  # fmt: skip
    words = [outside.name, outside.comes_from, outside.role]
    finding: dict[str, Any] = {
        "asked": world.canary("visitfinding", "asked"),
        "text": world.canary("visitfinding", "text"),
    }
    visit.findings.create(
        judgement="concern", commissioner=visit.commissioner, organisation=visit.organisation, **finding
    )
    step = visit.note("team", world.canary("visitstep", "words"), by=nurse, at=world.at)
    line = Chosen(world.canary("visitline", "text"), world.canary("visitline", "why"))
    VisitLine.objects.choose(visit, [line])
    if state != "planned":
        Visit.objects.filter(pk=visit.pk).update(state=state, started_on=world.on, ended_on=world.on)
        visit.refresh_from_db()
    world.keep(visit, draft=state != "final")
    world.things[-1].canaries += [*words, *finding.values(), step.words, line.text, line.why]
