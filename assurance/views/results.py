"""The result of a validated return, as a page and as a PDF; re-grading one criterion; grades in question."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Stale, door
from assurance.forms.results import InQuestionForm, RegradeForm, SettleForm
from assurance.models import LevelDecision, LevelResult, SelfAssessment, StrandReview
from assurance.models.in_question import put_in_question
from assurance.models.judging import may_be_given
from assurance.models.regrading import regrade
from assurance.result import Result, ResultLine, history_of, result_of, unseen_sites
from assurance.validating import for_actions, people_in
from assurance.views import reader
from design.pages import page
from evidence.models import EvidenceItem


@door(Can.SEE_RESULT, methods=("GET",))
def result(request: HttpRequest, reference: str) -> HttpResponse:
    """Levels with reasons, own grade beside validated grade, comments and actions."""
    found = seen(request, reference)
    said = LevelDecision.objects.permitted(reader(request), Can.SEE_RESULT).filter(self_assessment=found.assessment)
    mine = StrandReview.objects.permitted(reader(request), Can.REOPEN).filter(self_assessment=found.assessment)
    own = list(mine.values_list("strand", flat=True))
    return page(
        request, "assurance/result.html", result=found, decisions=said.select_related("by"),
        judges=[*own, LevelResult.OVERALL] if own else [],
    )  # fmt: skip


@door(Can.SEE_RESULT, methods=("GET",))
def result_criterion(request: HttpRequest, reference: str, ref: str) -> HttpResponse:
    """One criterion: who graded it when, from what to what, and why."""
    found = seen(request, reference)
    line = line_of(found, ref)
    may = SelfAssessment.objects.permitted(reader(request), Can.VALIDATE).filter(pk=found.assessment.pk)
    rights = may.annotate(may_reopen=Exists(own_strands(request, found.assessment, line))).first()
    history = history_of(found, line, inside=rights is not None)
    return page(
        request, "assurance/result_criterion.html", result=found, line=line, history=history, grades=found.grades,
        may_reopen=rights is not None and rights.may_reopen, unseen=unseen_sites(found, line),
    )  # fmt: skip


@door(Can.REOPEN, of=SelfAssessment)
def result_regrade(request: HttpRequest, assessment: SelfAssessment, ref: str) -> HttpResponse:
    """Another grade in the year, with the reason and the evidence."""
    found, line, mine = reopened(request, assessment, ref)
    form = regrade_form(request, found, line, mine)
    conflict = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            regrade(
                assessment, line.criterion.pk, grade=form.grades[said["grade"]], reason=said["reason"],
                evidence=said["evidence"], by=reader(request), at=timezone.now(), seen=said["seen"], terms=form.terms,
            )  # fmt: skip
        except Stale as problem:
            conflict = form.refused_as_stale(problem.theirs, request.path)
        else:
            messages.success(request, f"{ref} is now “{form.grades[said['grade']]}”. The levels are worked out again.")
            return redirect("assurance:result-criterion", reference=assessment.reference, ref=ref)
    context = {"result": found, "line": line, "conflict": conflict}
    return page(request, "assurance/result_regrade.html", form, status=409 if conflict else None, **context)


@door(Can.REOPEN, of=SelfAssessment)
def result_question(request: HttpRequest, assessment: SelfAssessment, ref: str) -> HttpResponse:
    """Mark a validated grade as in question since a day, or settle that."""
    found, line, _ = reopened(request, assessment, ref)
    on = timezone.localdate()
    form: Any = SettleForm(request.POST or None) if line.in_question else None
    form = form or InQuestionForm(request.POST or None, on=on, earliest=timezone.localdate(assessment.issued_at))
    if form.is_valid():
        by, at, said = reader(request), timezone.now(), form.cleaned_data
        if line.in_question:
            line.in_question.settle(said["reason"], by=by, at=at)
        else:
            since, reason = said["since"], said["reason"]
            put_in_question(assessment, line.criterion.pk, since=since, reason=reason, by=by, at=at)
        messages.success(request, f"Saved for {ref}.")
        return redirect("assurance:result-criterion", reference=assessment.reference, ref=ref)
    return page(request, "assurance/result_question.html", form, result=found, line=line)


def seen(request: HttpRequest, reference: str) -> Result:
    """The result, or 404."""
    found = result_of(reference, user=reader(request))
    if found is None:
        raise Http404
    return found


def line_of(found: Result, ref: str) -> ResultLine:
    """One criterion of the result, or 404."""
    line = next((line for line in found.lines if line.criterion.ref == ref), None)
    if line is None:
        raise Http404
    return line


def own_strands(request: HttpRequest, assessment: SelfAssessment, line: ResultLine) -> Any:
    """The criterion's strands that are the reader's own."""
    mine = StrandReview.objects.permitted(reader(request), Can.REOPEN).filter(self_assessment=assessment)
    return mine.filter(strand__in=line.criterion.strands)


def reopened(request: HttpRequest, assessment: SelfAssessment, ref: str) -> tuple[Result, ResultLine, Any]:
    """The criterion for somebody who may re-grade it, and their strand with what a new action needs; or 404."""
    found = seen(request, assessment.reference)
    line = line_of(found, ref)
    terms = for_actions(own_strands(request, assessment, line), assessment, on=timezone.localdate())
    if (mine := terms.first()) is None:
        raise Http404
    return found, line, mine


def regrade_form(request: HttpRequest, found: Result, line: ResultLine, mine: Any) -> RegradeForm:
    """The form, with the provider's evidence and people to choose from."""
    assessment, on = found.assessment, timezone.localdate()
    evidence = EvidenceItem.objects.permitted(reader(request), Can.DOWNLOAD_EVIDENCE).current()
    return RegradeForm(
        request.POST or None, grades=may_be_given(line.criterion, line.own, found.grades), ref=line.criterion.ref,
        held=line.rating,
        evidence=evidence.filter(
            organisation=assessment.organisation_id, commissioner=assessment.commissioner_id, circle=assessment.circle
        ),
        people=people_in(mine.people),
        action_days=mine.action_days, on=on, action_open=bool(line.action and line.action.is_open),
    )  # fmt: skip
