"""The visits of the measuring world: one planned, one whose draft is with the provider, one final; canaries in all."""

from typing import TYPE_CHECKING, Any

from assurance.models import SeenAtSite
from framework.models import CriterionVersion
from oversight.models import ActionPlan, Chosen, Visit, VisitLetter, VisitLine, VisitMember, VisitReport

if TYPE_CHECKING:
    from assurance_portal.world import World


def make(world: "World") -> None:
    """At one provider of each commissioner, and at the one that they share."""
    for key, about in (("A", "P1"), ("A", "shared"), ("B", "P3")):
        for state in ("planned", "with_provider", "final"):
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
    kept, found = _written(world, visit, nurse)
    words = [outside.name, outside.comes_from, outside.role, *kept, *([] if state == "final" else found)]
    if state != "planned":
        Visit.objects.filter(pk=visit.pk).update(
            state=state, started_on=world.on, ended_on=world.on, comments_until=world.on
        )
        visit.refresh_from_db()
    world.keep(visit, draft=state != "final")
    world.things[-1].canaries += words
    if state != "planned":
        _reported(world, visit, nurse, found, "final" if state == "final" else "draft")


def _written(world: "World", visit: Visit, nurse: Any) -> tuple[list[str], list[str]]:
    """What never leaves the visiting team, and what a report says."""
    whose = {"commissioner": visit.commissioner, "organisation": visit.organisation}
    finding = visit.findings.create(
        judgement="immediate_concern", asked=world.canary("visitfinding", "asked"),
        text=world.canary("visitfinding", "text"), **whose,
    )  # fmt: skip
    told = finding.told.create(
        who=world.canary("told", "who"), agreed=world.canary("told", "agreed"), how="telephone", told_at=world.at,
        by=nurse, at=world.at, **whose,
    )  # fmt: skip
    notes = visit.parts.create(part="notes", value={"text": world.canary("visitpart", "text")}, **whose)
    step = visit.note("team", world.canary("visitstep", "words"), by=nurse, at=world.at)
    line = Chosen(world.canary("visitline", "text"), world.canary("visitline", "why"))
    VisitLine.objects.choose(visit, [line])
    words = [told.who, told.agreed, notes.value["text"], step.words]
    return [*words, line.text, line.why], [finding.asked, finding.text]


def _reported(world: "World", visit: Visit, nurse: Any, found: list[str], kind: str) -> None:
    """The report, what the provider said of it, and what follows from it."""
    whose = {"commissioner": visit.commissioner, "organisation": visit.organisation}
    said = world.canary("visitreport", "paragraph")
    document = {
        "reference": visit.reference, "provider": "The provider", "commissioner": "The commissioner", "team": [],
        "started_on": world.on.isoformat(), "ended_on": world.on.isoformat(), "findings": [],
        "paragraphs": [{"key": "summary", "heading": "Summary", "text": said}],
    }  # fmt: skip
    lead = world.person("PL", world.key_of(visit.organisation))
    comment = visit.comments.create(
        about="summary", heading="Summary", text=world.canary("comment", "text"), by=lead, at=world.at, **whose
    )
    report = VisitReport.objects.create(visit=visit, kind=kind, document=document, by=nurse, at=world.at, **whose)
    world.keep(report, draft=kind == "draft")
    if kind == "final":
        world.things[-1].canaries += found
    if kind == "draft":
        world.things[-1].canaries.append(comment.text)
        sent = {"sent_by": nurse, "sent_at": world.at}
        for more in ({}, sent):
            world.keep(
                VisitLetter.objects.create(
                    visit=visit, to_name=world.canary("visitletter", "to"), text=world.canary("visitletter", "text"),
                    drafted_by=nurse, drafted_at=world.at, **more, **whose,
                ),
                draft=not more,
            )  # fmt: skip
        return
    share = visit.shares.create(
        shared_with=world.canary("share", "with"), shared_on=world.on, why=world.canary("share", "why"), checks=[],
        by=nurse, at=world.at, **whose,
    )  # fmt: skip
    next(thing for thing in world.things if thing.object == visit).canaries += [share.shared_with, share.why]
    world.keep(ActionPlan.objects.create(visit=visit, due_on=world.on, original_due_on=world.on, **whose))
    # A plan has no words of its own: those of its concerns are the report's, those of its actions the actions'.
    world.things[-1].canaries.append(world.canary("actionplan", "none"))
    world.keep(
        SeenAtSite.objects.create(
            criterion=CriterionVersion.objects.order_by("pk")[0].criterion, site=visit.organisation.sites.first(),
            state="partly", words=world.canary("seen", "words"), source=world.canary("seen", "source"), by=nurse,
            at=world.at, on=world.on, **whose,
        )
    )  # fmt: skip
