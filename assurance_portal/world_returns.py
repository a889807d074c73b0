"""The standards, rounds, returns and evidence of the measuring world, made by the verbs that people use.

Each commissioner asks twice. In the first round, with its own four criteria, P1 is still writing, P2 has submitted,
P3 and the shared provider are validated. In the second, with the shipped standards, P1 and P3 are being validated,
P2 has been sent back, and the shared provider's answers are being typed by its commissioner.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile

from assurance import issuing
from assurance.links import make_address
from assurance.models import Round, SelfAssessment, StrandReview
from assurance.models.answers import Entry
from assurance.models.assigning import assign
from assurance.models.colleagues import ask_colleague
from assurance.models.deciding import Override, decide_in_year
from assurance.models.giving_back import give_back
from assurance.models.in_question import put_in_question
from assurance.models.links import Addressee, make_links
from assurance.models.papers import ask_for_paper
from assurance.models.questions import grades_of, questions_of
from assurance.models.submissions import Signature
from assurance.models.submitting import begin_entry
from assurance.models.workbooks import keep_workbook
from assurance.spreadsheets import LIMITS, read_return, return_workbook
from design.calendar import FinancialYear
from design.workbooks.reading import read
from evidence.intake import take_in
from evidence.models import EvidenceItem
from framework import drafts
from framework.models import DraftWorkbook, Framework, FrameworkVersion
from framework.spreadsheets import rows_of

if TYPE_CHECKING:
    from assurance_portal.world import World

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TIER = "full"


def make(world: "World") -> None:
    """Standards, two rounds and their returns at each commissioner."""
    source = FrameworkVersion.objects.filter(framework__commissioner__isnull=True).order_by("-valid_from")[0]
    for key in ("A", "B"):
        own = _framework(world, key, source)
        first = {"P1": _write, "P2": _submit, "P3": _validate, "shared": _validate}
        second = {"P1": _judge, "P2": _send_back, "P3": _judge, "shared": _enter}
        _round(world, key, own, first)
        _round(world, key, source, second)


def _framework(world: "World", key: str, source: FrameworkVersion) -> FrameworkVersion:
    """A draft of the commissioner's own, and one of its own that two people have published."""
    for state in ("draft", "published"):
        version = _version(world, key, source)
        if state == "published":
            version.propose(by=world.person("DP", key))
            version.publish(by=world.person("QA", key), at=world.at)
        world.keep(version, label=state, whose=world.organisations[key], draft=state == "draft")
        words = version.criteria.in_order()[0].wordings.get(tier=TIER)
        world.things[-1].canaries += [version.standards.get(number=1).title, words.text, words.guidance]
        if state == "draft":
            _entry(world, key, version)
            _standards_workbook(world, key, version)
    return version


def _standards_workbook(world: "World", key: str, version: FrameworkVersion) -> None:
    """A workbook for the draft that was read and waits: other words, and a cell that cannot be taken."""
    content: dict[str, Any] = {**rows_of(version), "rejected": [], "seen": [], "questions": {}}
    said = [world.canary("standards", name) for name in ("text", "cell", "name")]
    words = content["criteria"][0]["words"][TIER]
    words["text"] = said[0]
    content["rejected"].append({"sheet": "Criteria", "cell": "E9", "ref": "9.9", "words": said[1]})
    kept = DraftWorkbook.objects.create(
        framework_version=version, content=content, file_name=f"{said[2]}.xlsx", sha256="0" * 64,
        uploaded_by=world.person("DP", key), uploaded_at=world.at,
    )  # fmt: skip
    world.keep(kept, whose=world.organisations[key], draft=True)
    world.things[-1].canaries = [*said[:2], kept.file_name]


def _entry(world: "World", key: str, version: FrameworkVersion) -> None:
    """An entry of the own library, cited by a draft only."""
    criterion = version.criteria.in_order()[0]
    said = {name: world.canary("reference", name) for name in ("title", "issuer", "note")}
    made = drafts.add_reference(criterion, kind="guidance", year="2027", **said)
    world.keep(made, whose=world.organisations[key], draft=True)


def _version(world: "World", key: str, source: FrameworkVersion) -> FrameworkVersion:
    """Two standards with two criteria each, all in words of their own."""
    name = world.canary("framework", "name")
    framework = Framework.objects.create(key=name, name=name, commissioner=world.organisations[key])
    version = FrameworkVersion.objects.create(
        framework=framework, label=world.canary("version", "label")[:40], valid_from=world.on, follows=source,
        grading=source.grading, levels=source.levels,
    )  # fmt: skip
    for _ in range(2):
        standard = drafts.add_standard(
            version, title=world.canary("standard", "title"), purpose=world.canary("standard", "purpose")
        )
        for _ in range(2):
            criterion = drafts.add_criterion(standard, tiers=[TIER], strands=["children", "adults"])
            words = {name: world.canary("criterion", name) for name in ("text", "why", "guidance", "do_not_send")}
            evidence = [world.canary("criterion", "evidence")]
            drafts.save_words(criterion, TIER, seen=criterion.version, evidence=evidence, **words)
    return version


def _round(world: "World", key: str, asks: FrameworkVersion, steps: dict[str, Callable[..., None]]) -> Round:
    """Issue the round, and take each return as far as its provider's step says."""
    round = Round.objects.create(
        commissioner=world.organisations[key], framework_version=asks, name=world.canary("round", "name"),
        year=FinancialYear.of(world.on).slug, opens_on=world.on, due_on=world.on + timedelta(days=42),
    )  # fmt: skip
    world.keep(round)
    if asks.framework.commissioner_id:
        world.rounds.append(round)
    issuing.issue(round, by=world.person("DP", key), at=world.at, on=world.on)
    for assessment in SelfAssessment.objects.filter(round=round).select_related("organisation", "commissioner"):
        steps[world.key_of(assessment.organisation)](world, assessment)
    return round


def _write(world: "World", assessment: SelfAssessment) -> None:
    """The provider has asked a colleague, answered everything, with evidence, and has submitted nothing."""
    lead = world.person("PL", world.key_of(assessment.organisation))
    world.keep(assessment, draft=True)
    if assessment.round in world.rounds:
        _evidence(world, assessment, lead)
        _link(world, assessment)
    first = assessment.answers.in_order().select_related("criterion_version__standard")[0]
    colleague = world.person("PC", world.key_of(assessment.organisation))
    ask_colleague(assessment, first.criterion_version.standard, colleague, by=lead, at=world.at)
    _answer(world, assessment, lead)
    _workbook(world, assessment, lead, by_provider=True)


def _link(world: "World", assessment: SelfAssessment) -> None:
    """A link to the return, sent by the quality team, in the hands of whoever reads this."""
    analyst = world.person("QA", world.key_of(assessment.commissioner))
    to = Addressee(assessment, world.canary("link", "name"), f"{world.canary('link', 'email')}@example.org")
    made = make_links([to], by=analyst, at=world.at)[0]
    world.keep(made)
    world.things[-1].opens = urlsplit(make_address(made, at=world.at)).path


def _answer(world: "World", assessment: SelfAssessment, by: Any) -> None:
    answers = list(assessment.answers.in_order())
    entries = [Entry(each.pk, {"grade": "green"}, narrative=world.canary("answer", "narrative")) for each in answers]
    entries[-1] = Entry(
        answers[-1].pk, {"grade": "not_applicable"}, not_applicable_reason=world.canary("answer", "reason")
    )  # fmt: skip
    assessment.record_answers(entries, by=by, at=world.at)
    world.thing_of(assessment).canaries += [
        entries[0].narrative,
        entries[1].narrative,
        entries[-1].not_applicable_reason,
    ]


def _submit(world: "World", assessment: SelfAssessment) -> None:
    _write(world, assessment)
    world.thing_of(assessment).draft = False
    signature = Signature(world.canary("submission", "name"), world.canary("submission", "role"), world.on)
    lead = world.person("PL", world.key_of(assessment.organisation))
    submission = assessment.submit(signature, by=lead, at=world.at)
    world.keep(submission)
    world.things[-1].canaries = [submission.signed_by_name, submission.signed_by_role]


def _judge(world: "World", assessment: SelfAssessment, *, all_of_it: bool = False) -> None:
    """Submitted, and begun in every strand; one criterion is judged, or all that must be. Nothing is signed off."""
    _submit(world, assessment)
    nurse = world.person("DP", world.key_of(assessment.commissioner))
    grades = {grade.code: grade for grade in assessment.round.framework_version.grading.grades.all()}
    first = ""
    for review in StrandReview.objects.filter(self_assessment=assessment).order_by("pk"):
        review.begin(by=nurse, at=world.at)
        assign(review, nurse, seen=None, by=nurse, at=world.at)
        for line in review.lines(on=world.on):
            if line.is_decided or (first and not all_of_it):
                continue
            comment = world.canary("rating", "comment")
            review.judge(
                line.answer, grade=grades[line.answer.grade], comment=comment, by=nurse, at=world.at, seen=None
            )
            first = first or comment
    assessment.refresh_from_db()
    world.keep(assessment.ratings.get(comment=first), label="judged")


def _send_back(world: "World", assessment: SelfAssessment) -> None:
    _submit(world, assessment)
    review = StrandReview.objects.filter(self_assessment=assessment)[0]
    notes, nurse = world.canary("sendback", "notes"), world.person("DP", world.key_of(assessment.commissioner))
    review.send_back(notes=notes, due_on=world.on + timedelta(days=14), by=nurse, at=world.at)
    world.keep(assessment.send_backs.get())
    # What the provider writes from now on is its own again.
    lead, answer = world.person("PL", world.key_of(assessment.organisation)), assessment.answers.in_order()[0]
    rewritten = Entry(answer.pk, {"grade": "green"}, narrative=world.canary("answer", "rewritten"))
    assessment.record_answers([rewritten], by=lead, at=world.at)
    world.keep(answer, label="rewritten", draft=True)
    world.things[-1].canaries = [rewritten.narrative]


def _validate(world: "World", assessment: SelfAssessment) -> None:
    """Every strand signed off, and one grade in question since."""
    _judge(world, assessment, all_of_it=True)
    nurse = world.person("DP", world.key_of(assessment.commissioner))
    for review in StrandReview.objects.filter(self_assessment=assessment).order_by("pk"):
        review.sign_off(by=nurse, at=world.at)
    assessment.refresh_from_db()
    world.thing_of(assessment).object = assessment
    world.things[-1].label = "validated"
    held = assessment.levels.get(strand="children")
    judged = Override("none", world.canary("leveldecision", "reason"))
    world.keep(decide_in_year(assessment, "children", judged, seen=held.version, by=nurse, at=world.at))
    _paper(world, assessment, nurse)
    criterion = assessment.answers.all()[0].criterion_version_id
    world.keep(
        put_in_question(
            assessment, criterion, since=world.on, reason=world.canary("inquestion", "reason"), by=nurse, at=world.at
        )
    )


def _paper(world: "World", assessment: SelfAssessment, nurse: Any) -> None:
    """The nurse has had the result made as a PDF for herself."""
    paper, word = ask_for_paper(assessment, by=nurse, at=world.at), world.canary("resultpaper", "content")
    paper.claim(at=world.at)
    paper.finish(PDF + word.encode(), at=world.at)
    world.keep(paper)
    world.things[-1].canaries = [word]


def _enter(world: "World", assessment: SelfAssessment) -> None:
    """The quality team begins to type what arrived by post, gives it back, and begins again."""
    analyst = world.person("QA", world.key_of(assessment.commissioner))
    world.keep(assessment, label="entered", draft=True)
    for again in (False, True):
        entry = begin_entry(
            assessment, channel="paper", received_from=world.canary("entry", "from"), received_on=world.on, by=analyst,
            at=world.at,
        )  # fmt: skip
        world.keep(entry)
        if not again:
            reason = give_back(assessment, reason=world.canary("givenback", "reason"), by=analyst, at=world.at).reason
            world.things[-1].canaries.append(reason)
    _answer(world, assessment, analyst)
    _workbook(world, assessment, analyst, by_provider=False)


def _workbook(world: "World", assessment: SelfAssessment, by: Any, *, by_provider: bool) -> None:
    """A workbook that was read and waits; its first row differs from what is online."""
    questions = questions_of(assessment, grades_of(assessment))
    book = return_workbook(assessment, questions, by=by.name, at=world.at, contact={})
    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(book)
        file.flush()
        found = read_return(read(Path(file.name), LIMITS), assessment, questions)
    found.rows[0]["narrative"] = world.canary("workbook", "narrative")
    kept = keep_workbook(
        assessment, rows=found.rows, notes=[world.canary("workbook", "note")], written_at=found.written_at,
        file_name=f"{world.canary('workbook', 'name')}.xlsx", sha256="0" * 64, by_provider=by_provider, by=by,
        at=world.at,
    )  # fmt: skip
    world.keep(kept, draft=True)
    world.things[-1].canaries = [found.rows[0]["narrative"], kept.notes[0], kept.file_name]


def _evidence(world: "World", assessment: SelfAssessment, lead: Any) -> None:
    """A file and a link, both used for the first answer; at P1 and P3 a file that only an access list may see."""
    whose: dict[str, Any] = {"commissioner": assessment.commissioner, "organisation": assessment.organisation}
    version = take_in(
        SimpleUploadedFile(f"{world.canary('file', 'name')}.pdf", PDF + assessment.reference.encode()),
        title=world.canary("evidence", "title"), valid_until=None, by=lead, at=world.at, **whose,
    )  # fmt: skip
    link = EvidenceItem.objects.add_link(
        f"https://example.org/{world.canary('evidence', 'link')}", title=world.canary("evidence", "linktitle"),
        by=lead, at=world.at, **whose,
    )  # fmt: skip
    for thing in (version, version.item, link):
        world.keep(thing, draft=False)
    first = assessment.answers.in_order()[0]
    for item in (version.item, link):
        first.use(item, by=lead, at=world.at)
    if world.key_of(assessment.organisation) in ("P1", "P3"):
        seen = EvidenceItem.objects.add_seen(
            world.canary("evidence", "seen"), title=world.canary("evidence", "seentitle"), by=lead, at=world.at,
            circle=world.circles[world.key_of(assessment.commissioner)], **whose,
        )  # fmt: skip
        world.keep(seen)


__all__ = ["make"]
