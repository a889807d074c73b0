"""The actions, reminders and reports of the measuring world: one of everything, canaries in all."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from actions.models import Action
from assurance.models import RecordedGrade, RecordedSet, SelfAssessment
from chasing.models import Chase, Ladder, Letter, SendingHold
from design.calendar import FinancialYear
from governance.files import keep
from governance.models import AnnualReport, ReportFact, ReportFigure, ReportFile, ReportNarrative
from oversight.bringing.rows import Line
from oversight.models import OrganisationImport, RecordImport, ReviewImport

if TYPE_CHECKING:
    from accounts.models import Circle
    from assurance_portal.world import World

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def make(world: "World") -> None:
    """What follows from the returns, and what each commissioner keeps for itself."""
    for assessment in SelfAssessment.objects.filter(round__in=world.rounds).select_related("organisation"):
        _actions(world, assessment)
    for key in ("A", "B"):
        _sending(world, key)
        _brought_in(world, key)
        _reports(world, key)


def _actions(world: "World", assessment: SelfAssessment) -> None:
    """One action for everybody, and at one provider of each commissioner one that only its access list may see."""
    place, key = world.key_of(assessment.organisation), world.key_of(assessment.commissioner)
    _action(world, assessment, None)
    if place in ("P1", "P3"):
        _action(world, assessment, world.circles[key])


def _action(world: "World", assessment: SelfAssessment, circle: "Circle | None") -> None:
    action = Action.objects.open_for(
        assessment.commissioner, assessment.organisation, world.canary("action", "text"),
        due_on=world.on - timedelta(days=40), origin_kind="validation", circle=circle, at=world.at,
        by=world.person("DP", world.key_of(assessment.commissioner)), owner_name=world.canary("action", "owner"),
        evidence_required=world.canary("action", "evidence"),
    )  # fmt: skip
    world.keep(action)
    lead = world.person("PL", world.key_of(assessment.organisation))
    update = world.canary("update", "text")
    action.report(update, by=lead, at=world.at)
    why, nurse = world.canary("duechange", "reason"), world.person("DP", world.key_of(assessment.commissioner))
    action.move_date(world.on - timedelta(days=30), reason=why, by=nurse, at=world.at)
    world.things[-1].canaries += [update, why]
    _chase(world, action)


def _chase(world: "World", action: Any) -> None:
    """A step that waits for a person, and the letter that nobody could deliver."""
    rung = Ladder.objects.filter(kind="action", commissioner__isnull=True)[0].rungs.all()[0]
    whose = {"commissioner": action.commissioner, "organisation": action.organisation, "circle": action.circle}
    world.keep(
        Chase.objects.create(
            kind="action", thing=action.pk, due_version=action.due_version, rung=rung, due_on=action.due_on,
            outcome=Chase.Outcome.PROPOSED, planned_on=world.on, reason=world.canary("chase", "reason"), **whose,
        )
    )  # fmt: skip
    letter = Letter.objects.write(
        "reminders", dedupe_key=f"world:{action.pk}", at=world.at, to_organisation=action.organisation,
        about={"action": action.pk}, state=Letter.State.DEAD, problem=world.canary("letter", "problem"), **whose,
    )  # fmt: skip
    world.keep(letter)


def _sending(world: "World", key: str) -> None:
    world.keep(
        SendingHold.objects.create(
            commissioner=world.organisations[key], reason=world.canary("hold", "reason"),
            placed_by=world.person("QA", key), placed_at=world.at,
        )
    )  # fmt: skip


def _brought_in(world: "World", key: str) -> None:
    """A file that was read and waits for somebody to accept it."""
    row = Line("Organisations", 2, {
        "name": world.canary("importline", "name"), "category": "ACUTE", "part": "lead", "contract_form": "full",
        "starts_on": "2026-04-01", "lead_name": world.canary("importline", "lead"), "lead_telephone": "01632 960002",
    })  # fmt: skip
    read: dict[str, Any] = {
        "commissioner": world.organisations[key], "read_by": world.person("QA", key), "read_at": world.at,
    }  # fmt: skip
    world.keep(
        OrganisationImport.objects.create(
            kind="organisations",
            file_name=world.canary("import", "file"),
            lines=[row.as_json()],
            left_out=[world.canary("import", "heading")],
            **read,
        )
    )
    world.keep(RecordImport.objects.create(kind="actions", file_name=world.canary("import", "file"), **read))
    world.keep(
        ReviewImport.objects.create(
            kind="reviews", file_name=world.canary("import", "reviews"), left_out=[world.canary("import", "column")],
            **read | {"read_by": world.person("DP", key)},
        )
    )  # fmt: skip
    kept = RecordedSet.objects.create(
        commissioner=world.organisations[key], framework_version=world.rounds[0].framework_version,
        recorded_by=world.person("QA", key), recorded_at=world.at,
    )  # fmt: skip
    about = world.organisations["P1" if key == "A" else "P3"]
    world.keep(
        RecordedGrade.objects.create(
            recorded_set=kept, commissioner=kept.commissioner, year="2010-11", grade="green", outcome="met",
            organisation=about, words=world.canary("recordedgrade", "words"),
            standard=kept.framework_version.standards.first(),
        )
    )  # fmt: skip


def _reports(world: "World", key: str) -> None:
    """A draft of the last complete year, and the year before published."""
    last = FinancialYear.of(world.on).previous
    for year, published in ((last, False), (last.previous, True)):
        report: Any = AnnualReport.objects.begin(
            world.organisations[key], year=year.slug, cut_off=world.on, by=world.person("QA", key), at=world.at
        )
        words = world.canary("narrative", "text")
        changes: dict[str, Any] = {"title": world.canary("report", "title")}
        if published:
            director = world.person("DN", key)
            changes |= {"state": "published", "approved_by": director, "approved_at": world.at}
            changes |= {"published_by": director, "published_at": world.at}
        ReportNarrative.objects.filter(report=report, section="statement").update(text=words)
        label = _frozen(world, report)
        AnnualReport.objects.filter(pk=report.pk).update(**changes)
        report.refresh_from_db()
        world.keep(report, draft=not published)
        world.things[-1].canaries += [words, label]


def _frozen(world: "World", report: AnnualReport) -> str:
    """One figure with the fact behind it, and a paper: what the worker would have made."""
    label = world.canary("fact", "label")
    ReportFact.objects.create(report=report, kind="return", label=label, position=1)
    what = {"key": "returns.asked", "label": "Returns asked for", "filter": {"kind": "return"}}
    ReportFigure.objects.create(report=report, n=1, **what)
    paper = PDF + report.reference.encode()
    ReportFile.objects.create(report=report, kind="pdf", sha256=keep(paper), size=len(paper), made_at=world.at)
    AnnualReport.objects.filter(pk=report.pk).update(frozen_at=world.at, build=AnnualReport.Build.BUILT)
    return label


__all__ = ["make"]
