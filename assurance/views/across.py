"""One criterion over all providers of a category on one page, judged by the same verb as on its own page."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Stale, door
from assurance.across import AcrossLine, answers_across, lines_across, rounds_across
from assurance.forms.judging import JudgementForm
from assurance.forms.validation import AcrossForm
from assurance.models import StrandReview
from assurance.models.exceptions import grades_of_scheme
from assurance.views import reader
from design.pages import page

EACH_PAGE = 25


@door(Can.VALIDATE)
def validation_across(request: HttpRequest) -> HttpResponse:
    """Choose a round, a criterion and a category; then judge it provider by provider."""
    chooser = AcrossForm(request.GET or None, rounds=rounds_across(reader(request), request.GET.get("criterion", "")))
    if not chooser.is_valid():
        if request.method == "POST":
            raise Http404
        return page(request, "assurance/validation_across_choose.html", chooser.offer_categories())
    return across(request, chooser.cleaned_data)


def across(request: HttpRequest, chosen: dict[str, Any]) -> HttpResponse:
    """A page of providers; a POST judges one of them."""
    on = timezone.localdate()
    answers = answers_across(chosen["round"], chosen["asked"], chosen["category"], user=reader(request), on=on)
    found = Paginator(answers, EACH_PAGE).get_page(request.GET.get("page"))
    grades = grades_of_scheme(chosen["round"].framework_version.grading_id)
    rows = lines_across(list(found), grades, user=reader(request), on=on)
    status = None
    for row in rows:
        bound = request.method == "POST" and request.POST.get("return") == row.assessment.reference
        row.form = form_of(row, grades, request.POST if bound else None)
        if bound and row.may_write:
            if row.form.is_valid() and (answer := judge_here(request, row, rows)):
                return answer
            status = 409 if row.conflict else 422
    if request.method == "POST" and status is None:
        raise Http404
    context = {"rows": rows, "found": found, "on": on, "grades": grades, **chosen}
    return page(request, "assurance/validation_across.html", wrong_form(rows), status=status, **context)


def wrong_form(rows: list[AcrossLine]) -> JudgementForm | None:
    """The one that was sent, for the error summary; else any, so that the page knows that it takes text."""
    return next((row.form for row in rows if row.form.is_bound), next((row.form for row in rows), None))


def form_of(row: AcrossLine, grades: Any, data: Any) -> JudgementForm:
    """The form of one provider; its boxes have ids of their own."""
    return JudgementForm(
        data, line=row.line, grades=grades, people=row.people, action_days=row.action_days, on=timezone.localdate(),
        action_open=row.action_open, auto_id=f"id_{row.assessment.reference}_%s",
    )  # fmt: skip


def judge_here(request: HttpRequest, row: AcrossLine, rows: list[AcrossLine]) -> HttpResponse | None:
    """Begin the strand if nobody has, judge, and go on to the next provider; None when both sides must be shown."""
    mine = StrandReview.objects.permitted(reader(request), Can.VALIDATE)
    review = get_object_or_404(mine, pk=row.review)
    review.self_assessment = row.assessment
    said, at = row.form.cleaned_data, timezone.now()
    if review.begun_at is None or row.assessment.state == "submitted":
        review.begin(by=reader(request), at=at)
    try:
        review.judge(
            row.line.answer, grade=said["grade"], comment=said["comment"], by=reader(request), at=at, seen=said["seen"],
            terms=row.form.terms,
        )  # fmt: skip
    except Stale as problem:
        row.conflict = row.form.refused_as_stale(problem.theirs, request.get_full_path())
        return None
    messages.success(request, f"{row.line.answer.organisation}: saved, {said['grade'] or 'more evidence asked for'}.")
    following = next((each for each in rows[rows.index(row) + 1 :] if not each.line.is_decided), None)
    here = request.GET.copy()
    here["at"] = following.assessment.reference if following else "end"
    return redirect(f"{request.path}?{here.urlencode()}#r-{here['at']}")
