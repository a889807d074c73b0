"""Progress on a review's actions in bulk: the workbook, what an upload would change, and saving that."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.downloads import XLSX, attachment
from design.pages import page
from design.workbooks.reading import Unreadable, read
from evidence.uploads import refused_upload
from providers.record_form import done
from reviews.forms.plan_workbook import AcceptPlanForm, PlanForm
from reviews.models import Review
from reviews.plan_workbook import Compared, NotThisPlan, compare, open_actions, written
from reviews.reading import noted


@door(Can.EDIT_REVIEW, of=Review)
def plan_workbook(request: SignedInRequest, review: Review) -> HttpResponse:
    """Download, upload; and what the upload would change, before anything is saved."""
    form, now = PlanForm(request.POST or None, request.FILES or None), timezone.now()
    refused: Any = refused_upload(request) if request.method == "POST" else None
    if refused is None and form.is_valid():
        try:
            return _compared(request, review, form.cleaned_data["file"])
        except (Unreadable, NotThisPlan) as problem:
            refused = problem
    if refused is not None:
        form.say_of_the_file(refused)
    noted(review, request.user, "Progress in bulk", at=now)
    n, status = open_actions(review, on=timezone.localdate(now)).count(), getattr(refused, "status", None)
    return page(request, "reviews/plan_workbook.html", form, status=status, review=review, n=n)


@door(Can.EDIT_REVIEW, of=Review, methods=("GET",))
def plan_file(request: SignedInRequest, review: Review) -> HttpResponse:
    """The workbook with every open action."""
    now = timezone.now()
    actions = open_actions(review, on=timezone.localdate(now))
    noted(review, request.user, "Its plan as a workbook", at=now, taken_away=True)
    return attachment(written(review, actions, by=request.user.name, at=now), XLSX, f"plan-{review.reference}.xlsx")


@door(Can.EDIT_REVIEW, of=Review)
def plan_accept(request: SignedInRequest, review: Review) -> HttpResponse:
    """Save what was looked at: all of it or nothing."""
    now = timezone.now()
    actions = {each.reference: each for each in open_actions(review, on=timezone.localdate(now))}
    form = AcceptPlanForm(request.POST or None, actions=actions, to=request.path)
    if not form.actions and not form.gone:
        return redirect("reviews:plan-workbook", reference=review.reference)
    if done(form, lambda: form.save(by=request.user, at=now)):
        n = len(form.actions)
        messages.success(request, f"{n} report{'' if n == 1 else 's'} saved from the workbook")
        return redirect("reviews:review-detail", reference=review.reference)
    return page(
        request, "reviews/plan_difference.html", form, status=form.status, review=review, compared=Compared()
    )  # fmt: skip


def _compared(request: SignedInRequest, review: Review, upload: Any) -> HttpResponse:
    actions = list(open_actions(review, on=timezone.localdate()))
    compared = compare(read(Path(upload.temporary_file_path())), review, actions)
    known = {each.reference: each for each in actions}
    to = reverse("reviews:plan-accept", args=[review.reference])
    form = AcceptPlanForm(to=to, actions=known, changed=compared.changed) if compared.changed else None
    noted(review, request.user, "Progress in bulk", at=timezone.now())
    return page(request, "reviews/plan_difference.html", form, review=review, compared=compared)
