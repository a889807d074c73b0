"""The returns, evidence, actions, reminders and reports of the measuring world: one of everything, canaries in all."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Circle
from actions.models import Action
from assurance import issuing
from assurance.models import Round, SelfAssessment, StrandReview
from assurance.models.in_question import put_in_question
from assurance.models.answers import Entry
from assurance.models.submissions import Signature
from chasing.models import Chase, Ladder, Letter, SendingHold
from evidence.intake import take_in
from evidence.models import EvidenceItem
from framework import drafts
from framework.models import FrameworkVersion
from governance.models import AnnualReport, ReportNarrative

if TYPE_CHECKING:
    from assurance_portal.world import World

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def make(world: "World") -> None:
    """Everything of the line, made by the verbs that people use where there are verbs."""
    source = FrameworkVersion.objects.filter(framework__commissioner__isnull=True).order_by("-valid_from")[0]
    for key in ("A", "B"):
        _framework(world, key, source)
        _round(world, key, source)
        _sending(world, key)
        _reports(world, key)


def _framework(world: "World", key: str, source: FrameworkVersion) -> None:
    """A draft of the commissioner's own; only its own people may see it."""
    draft = drafts.copy(
        source, commissioner=world.organisations[key], name=world.canary("framework", "name"),
        label=world.canary("version", "label")[:40], valid_from=world.on,
    )  # fmt: skip
    world.keep(draft, whose=world.organisations[key])


def _round(world: "World", key: str, source: FrameworkVersion) -> None:
    commissioner = world.organisations[key]
    nurse = world.person("DP", key)
    round = Round.objects.create(
        commissioner=commissioner, framework_version=source, name=world.canary("round", "name"), year="2026-27",
        opens_on=world.on, due_on=world.on + timedelta(days=42),
    )  # fmt: skip
    world.keep(round)
    issuing.issue(round, by=nurse, at=world.at, on=world.on)
    for assessment in SelfAssessment.objects.filter(round=round).select_related("organisation"):
        _return(world, assessment)


def _return(world: "World", assessment: SelfAssessment) -> None:
    """P1 stays a draft in progress, P2 is submitted, the shared one and P3 are validated."""
    place = world.key_of(assessment.organisation)
    lead = world.person("PL", place if place != "P2" else "P1")
    _evidence(world, assessment, lead)
    answers = list(assessment.answers.select_related("criterion_version"))
    assessment.record_answers(
        [Entry(each.pk, {"grade": "green"}, narrative=world.canary("answer", "narrative")) for each in answers],
        by=lead, at=world.at,
    )  # fmt: skip
    held = assessment.answers.exclude(narrative="").values_list("narrative", flat=True)[:3]
    world.keep(assessment, draft=place == "P1")
    world.things[-1].canaries += list(held)
    if place == "P1":
        _action(world, assessment, lead)
        return
    submission = assessment.submit(
        Signature(world.canary("submission", "name"), world.canary("submission", "role"), world.on),
        by=lead, at=world.at,
    )  # fmt: skip
    world.keep(submission)
    if place != "P2":
        _validate(world, assessment)
    _action(world, assessment, lead)


def _validate(world: "World", assessment: SelfAssessment) -> None:
    nurse = world.person("DP", world.key_of(assessment.commissioner))
    for review in StrandReview.objects.filter(self_assessment=assessment).order_by("pk"):
        review.begin(by=nurse, at=world.at)
        for line in review.lines(on=world.on):
            if line.is_exception and not line.is_decided:
                code = line.answer.grade
                grade = next(each for each in review_grades(assessment) if each.code == code)
                review.judge(
                    line.answer, grade=grade, comment=world.canary("rating", "comment"), by=nurse, at=world.at,
                    seen=None,
                )  # fmt: skip
        review.accept_rest(by=nurse, at=world.at)
        review.sign_off(by=nurse, at=world.at)
    assessment.refresh_from_db()
    world.keep(assessment.ratings.filter(current=True, basis="evidence_reviewed")[0])
    criterion = assessment.answers.all()[0].criterion_version_id
    put_in_question(
        assessment, criterion, since=world.on, reason=world.canary("inquestion", "reason"), by=nurse, at=world.at
    )


def review_grades(assessment: SelfAssessment) -> list[Any]:
    """The grades of the return's scheme."""
    return list(assessment.round.framework_version.grading.grades.all())


def _evidence(world: "World", assessment: SelfAssessment, lead: Any) -> None:
    whose = {"commissioner": assessment.commissioner, "organisation": assessment.organisation}
    version = take_in(
        SimpleUploadedFile(f"{world.canary('file', 'name')}.pdf", PDF + assessment.reference.encode()),
        title=world.canary("evidence", "title"), valid_until=None, by=lead, at=world.at, **whose,
    )  # fmt: skip
    world.keep(version)
    world.keep(version.item)
    EvidenceItem.objects.add_link(
        f"https://example.org/{world.canary('evidence', 'link')}", title=world.canary("evidence", "link"), by=lead,
        at=world.at, **whose,
    )  # fmt: skip
    assessment.answers.all()[0].evidence.create(item=version.item, added_by=lead, added_at=world.at, **whose)


def _action(world: "World", assessment: SelfAssessment, lead: Any) -> None:
    """One action, and at A one that only its circle may see."""
    whose = {"commissioner": assessment.commissioner, "organisation": assessment.organisation}
    nurse = world.person("DP", world.key_of(assessment.commissioner))
    circles: list[Circle | None] = [None]
    if world.key_of(assessment.organisation) == "P1":
        circles.append(Circle.objects.get(commissioner=assessment.commissioner))
    for circle in circles:
        action = Action.objects.open_for(
            text=world.canary("action", "text"), due_on=date(world.on.year, 1, 15), origin_kind="validation", by=nurse,
            at=world.at, owner_name=world.canary("action", "owner"), circle=circle,
            evidence_required=world.canary("action", "evidence"), **whose,
        )  # fmt: skip
        action.report(world.canary("update", "text"), by=lead, at=world.at)
        world.keep(action)
        _chase(world, action)


def _chase(world: "World", action: Action) -> None:
    rung = Ladder.objects.filter(kind="action")[0].rungs.all()[0]
    chase = Chase.objects.create(
        kind="action", thing=action.pk, due_version=action.due_version, rung=rung, commissioner=action.commissioner,
        organisation=action.organisation, circle=action.circle, outcome=Chase.Outcome.PROPOSED, due_on=action.due_on,
        planned_on=world.on, reason=world.canary("chase", "reason"),
    )  # fmt: skip
    world.keep(chase)
    letter = (
        Letter.objects.filter(about__action=action.pk).first()
        or Letter.objects.filter(organisation=action.organisation).first()
    )
    if letter is not None:
        world.keep(letter)


def _sending(world: "World", key: str) -> None:
    world.keep(
        SendingHold.objects.create(
            commissioner=world.organisations[key], reason=world.canary("hold", "reason"),
            placed_by=world.person("QA", key), placed_at=world.at,
        ),
        about=None,
    )  # fmt: skip


def _reports(world: "World", key: str) -> None:
    for number, year in enumerate(("2025-26", "2024-25"), 1):
        report = AnnualReport.objects.create(
            commissioner=world.organisations[key], year=year, number=number, cut_off=world.on,
            title=world.canary("report", "title"), created_by=world.person("QA", key), created_at=world.at,
        )  # fmt: skip
        ReportNarrative.objects.create(report=report, section="statement", text=world.canary("narrative", "text"))
        if number == 2:
            AnnualReport.objects.filter(pk=report.pk).update(
                state="published", approved_by=world.person("DN", key), approved_at=world.at,
                published_by=world.person("DN", key), published_at=world.at,
            )  # fmt: skip
            report.refresh_from_db()
        world.keep(report, draft=number == 1, about=None)


__all__ = ["make"]
