"""Writing a return: one standard to a page, each question saving itself, evidence, checking, signing.

Two desks write: the provider's own people, and the commissioner's for a return that arrived another way. Both use
the same pages; a desk knows its addresses and refuses when it is the other one's turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone

from accounts.acting import held_capabilities, memberships
from accounts.capabilities import GRANTS, Can, Role
from accounts.door import SignedInRequest, door
from assurance.forms.returns import SignForm, StandardForm
from assurance.models import SelfAssessment
from assurance.models.asks import asked_of
from assurance.models.assessments import IllegalMove
from assurance.models.questions import Question, grades_of, not_asked, progress_of, questions_of
from assurance.models.recipients import signature_asked
from assurance.models.recording import StaleAnswers
from assurance.models.submitting import DECLARATION, Unanswered
from assurance.returns import asks_of, help_contact_of, overview_of
from chasing.recipients import post, were_posted
from design.pages import page
from framework.models import Grade


@dataclass(frozen=True)
class Desk:
    """Who writes. ``prefix`` names its routes, ``can`` and ``can_submit`` guard them."""

    prefix: str
    can: Can
    can_submit: Can
    for_provider: bool

    @property
    def routes(self) -> dict[str, str]:
        """The names of this desk's routes, for templates."""
        names = (
            "tasks", "standard", "save", "evidence", "evidence-remove", "check", "sign", "ask", "workbook",
            "workbook-file", "workbook-difference", "workbook-discard", "workbook-copy",
        )  # fmt: skip
        return {name.replace("-", "_"): f"assurance:{self.prefix}-{name}" for name in names}

    def url(self, name: str, assessment: SelfAssessment, **more: Any) -> str:
        """The address of one of this desk's pages about the return."""
        return reverse(f"assurance:{self.prefix}-{name}", kwargs={"reference": assessment.reference, **more})

    def refuse(self, assessment: SelfAssessment) -> None:
        """When the return cannot be written in, or the other desk is writing."""
        if not assessment.is_editable:
            raise IllegalMove(f"This return is “{assessment.get_state_display()}”, so it can no longer be changed.")
        if self.for_provider and assessment.entering:
            raise IllegalMove(
                f"{assessment.commissioner} is entering what your organisation sent. "
                "You will get a copy, and time to correct it."
            )
        if not self.for_provider and not assessment.entering:
            raise IllegalMove("The provider answers this return itself. Nobody else reads or changes it before then.")


PROVIDER = Desk("return", Can.FILL_ASSESSMENT, Can.SUBMIT_ASSESSMENT, for_provider=True)
COMMISSIONER = Desk("entry", Can.RECORD_RECEIVED, Can.RECORD_RECEIVED, for_provider=False)
View = Callable[..., HttpResponse]


def at_desk(desk: Desk, view: View, *, submit: bool = False, methods: tuple[str, ...] = ("GET", "POST")) -> View:
    """The view behind the desk's door, handed the desk."""

    @wraps(view)
    def seated(request: SignedInRequest, assessment: SelfAssessment, **more: Any) -> HttpResponse:
        desk.refuse(assessment)
        return view(request, assessment, desk, **more)

    return door(desk.can_submit if submit else desk.can, of=SelfAssessment, methods=methods)(seated)


def tasks(request: SignedInRequest, assessment: SelfAssessment, desk: Desk) -> HttpResponse:
    """The standards with their state, and what is not asked and why."""
    asks = asks_of(assessment, request.user)
    return page(
        request, "assurance/return_tasks.html", assessment=assessment, desk=desk, asked=asked_of(assessment),
        colleagues=list(asks), may_ask=_may_ask(request, assessment), help_contact=help_contact_of(assessment),
        not_asked=not_asked(assessment), **overview_of(assessment, asks=asks),
    )  # fmt: skip


def standard(request: SignedInRequest, assessment: SelfAssessment, desk: Desk, number: int) -> HttpResponse:
    """The questions of one standard. Every button saves; "Save and go on" also asks that what was begun is complete."""
    scheme = grades_of(assessment)
    questions = questions_of(assessment, scheme, standard=number)
    if not questions:
        raise Http404
    go = request.POST.get("go", "next")
    form = StandardForm(request.POST or None, questions=questions, strict=go == "next")
    if form.is_valid():
        try:
            confirm = _number(go, "confirm")
            assessment.record_answers(form.entries(confirm=confirm), by=request.user, at=timezone.now())
        except StaleAnswers as problem:
            form.show_conflicts(problem, request.path)
        else:
            return redirect(_after(go, assessment, desk, number))
    form.show_asked(asked_of(assessment))
    standards = progress_of(assessment, scheme, asks=asks_of(assessment, request.user))
    return page(
        request, "assurance/return_standard.html", form, status=409 if form.conflicts else None, desk=desk,
        assessment=assessment, help_contact=help_contact_of(assessment), may_ask=_may_ask(request, assessment),
        **place(standards, number),
    )  # fmt: skip


def save(request: SignedInRequest, assessment: SelfAssessment, desk: Desk, answer: int) -> HttpResponse:
    """One answer saving itself: 200 with the new version, 422 with what is wrong, 409 with theirs and yours."""
    questions = questions_of(assessment, grades_of(assessment), answer=answer)
    if not questions:
        raise Http404
    form = StandardForm(request.POST, questions=questions)
    if not form.is_valid():
        return JsonResponse(form.refusal, status=422)
    at = timezone.now()
    try:
        saved = assessment.record_answers(form.entries(), by=request.user, at=at)
    except StaleAnswers as problem:
        form.show_conflicts(problem, desk.url("standard", assessment, number=questions[0].criterion.standard.number))
        return render(request, "components/theirs_yours.html", {"conflict": form.conflicts[answer]}, status=409)
    # One more when something was written, and the same when nothing had changed.
    version = questions[0].answer.version + saved
    return JsonResponse({"saved_at": f"{timezone.localtime(at):%H:%M}", "version": version})


def check(request: SignedInRequest, assessment: SelfAssessment, desk: Desk) -> HttpResponse:
    """Everything on one page before it is signed, with what is missing linked."""
    may_sign = not desk.for_provider or Can.SUBMIT_ASSESSMENT in held_capabilities(request)
    return page(
        request, "assurance/return_check.html", assessment=assessment, desk=desk, may_sign=may_sign,
        **checked(assessment),
    )  # fmt: skip


def sign(request: SignedInRequest, assessment: SelfAssessment, desk: Desk) -> HttpResponse:
    """The executive signs here, or whoever submits records who signed; then the return is submitted."""
    executive = _executive(request, assessment, desk)
    form = SignForm(
        request.POST or None,
        on=timezone.localdate(),
        earliest=timezone.localdate(assessment.issued_at),
        signs_themself=executive,
    )
    if form.is_valid():
        try:
            assessment.submit(form.signature, by=request.user, at=timezone.now())
        except Unanswered as problem:
            form.add_error(None, f"{problem}: they are listed below.")
        else:
            messages.success(
                request, "Return submitted. The receipt is on this page, and a copy is on its way by mail."
            )
            return redirect("assurance:assessment-detail", reference=assessment.reference)
    return page(
        request, "assurance/return_sign.html", form, assessment=assessment, desk=desk, executive=executive,
        declaration=DECLARATION, **checked(assessment),
    )  # fmt: skip


def ask_to_sign(request: SignedInRequest, assessment: SelfAssessment, desk: Desk) -> HttpResponse:
    """Write to the provider's executive that the return is ready to be signed."""
    if checked(assessment)["missing"]:
        raise IllegalMove("This return is not complete, so nobody can sign it yet. Check the answers first.")
    letters = signature_asked(assessment, on=timezone.localdate(), at=timezone.now())
    names = ", ".join(str(letter.to_user) for letter in letters)
    if names and were_posted(letters):
        messages.info(request, f"{names} got a letter today already. You can ask again tomorrow.")
    elif names:
        post(letters)
        messages.success(request, f"{names} will get a mail with a link to sign.")
    else:
        signs = desk.can_submit in held_capabilities(request)
        instead = "Record who signed instead." if signs else "Your safeguarding lead can sign instead."
        messages.warning(request, f"Nobody has the role “executive signatory” yet. {instead}")
    return redirect(desk.url("check", assessment))


def _may_ask(request: SignedInRequest, assessment: SelfAssessment) -> bool:
    """Is the writer the provider's lead? No query: the memberships are the request's."""
    roles = [Role(row.role) for row in memberships(request) if row.organisation_id == assessment.organisation_id]
    return any(Can.ASK_COLLEAGUE in GRANTS[role] for role in roles)


def _executive(request: SignedInRequest, assessment: SelfAssessment, desk: Desk) -> Any:
    """The person signing for themself: somebody who may submit and does not fill in."""
    if not desk.for_provider:
        return None
    rights = assessment.rights_of(request.user)
    return None if rights["fill"] else request.user


def checked(assessment: SelfAssessment) -> dict[str, Any]:
    """Every question, and how many have which grade and still need something."""
    scheme = grades_of(assessment)
    return counted(scheme, questions_of(assessment, scheme))


def counted(scheme: list[Grade], questions: list[Question]) -> dict[str, Any]:
    """These questions, and how many have which grade and still need something."""
    counts = [(grade, sum(each.grade == grade for each in questions)) for grade in scheme]
    missing = [each for each in questions if each.missing]
    return {"questions": questions, "counts": counts, "missing": missing, "asked": len(questions)}


def place(standards: list[Any], number: int) -> dict[str, Any]:
    """Where the writer is among the standards of this return."""
    numbers = [each.number for each in standards]
    at = numbers.index(number)
    return {
        "standard": standards[at],
        "position": at + 1,
        "total": len(standards),
        "complete": sum(each.is_complete for each in standards),
        "previous": numbers[at - 1] if at else None,
        "following": numbers[at + 1] if at + 1 < len(numbers) else None,
        "saved_at": max((each.saved_at for each in standards if each.saved_at), default=None),
    }


def _after(go: str, assessment: SelfAssessment, desk: Desk, number: int) -> str:
    """Where a saved page leads, by the button that was pressed."""
    if answer := _number(go, "evidence"):
        return desk.url("evidence", assessment, answer=answer)
    if answer := _number(go, "confirm"):
        return f"{desk.url('standard', assessment, number=number)}#question-{answer}"
    if go == "leave":
        return desk.url("tasks", assessment)
    later = assessment.answers.filter(criterion_version__standard__number__gt=number)
    following = later.order_by("criterion_version__standard__number").values_list(
        "criterion_version__standard__number", flat=True
    )
    if go == "stay":
        return desk.url("standard", assessment, number=number)
    return desk.url("standard", assessment, number=following[0]) if following[:1] else desk.url("check", assessment)


def _number(go: str, what: str) -> int | None:
    """The answer that a button such as "evidence-12" is about."""
    name, _, number = go.partition("-")
    return int(number) if name == what and number.isdigit() else None


def routes(desk: Desk) -> list[URLPattern]:
    """The desk's addresses."""
    from assurance.views import return_evidence
    from assurance.views import return_workbook as books

    one = "workbook/<str:upload>/"
    base = f"returns/<str:reference>/{'write' if desk.for_provider else 'enter'}/"
    table = [
        ("tasks", "tasks/", at_desk(desk, tasks, methods=("GET",))),
        ("standard", "standards/<int:number>/", at_desk(desk, standard)),
        ("save", "answers/<int:answer>/save", at_desk(desk, save, methods=("POST",))),
        ("evidence", "answers/<int:answer>/evidence/", at_desk(desk, return_evidence.evidence)),
        ("evidence-remove", "answers/<int:answer>/evidence/<int:use>/remove", at_desk(desk, return_evidence.remove)),
        ("workbook", "workbook/", at_desk(desk, books.workbook)),
        ("workbook-file", "workbook.xlsx", at_desk(desk, books.workbook_file, methods=("GET",))),
        ("workbook-difference", one, at_desk(desk, books.workbook_difference)),
        (
            "workbook-discard",
            "workbook/<str:upload>/put-aside",
            at_desk(desk, books.workbook_discard, methods=("POST",)),
        ),
        ("workbook-copy", "workbook/<str:upload>/annotated.xlsx", at_desk(desk, books.workbook_copy, methods=("GET",))),
        ("check", "check/", at_desk(desk, check, methods=("GET",))),
        ("sign", "sign/", at_desk(desk, sign, submit=True)),
        ("ask", "ask-to-sign", at_desk(desk, ask_to_sign, methods=("POST",))),
    ]
    return [path(base + route, view, name=f"{desk.prefix}-{name}") for name, route, view in table]
