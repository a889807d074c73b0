"""Learning: its list, one item, writing, publishing, withdrawing, passing on, and a provider's answer."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.acting import acting_with, held_capabilities, memberships
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.downloads import attachment
from design.pages import page
from providers.record_form import RecordForm, WithdrawForm, done
from reviews.briefing import as_pdf, file_name
from reviews.forms.learning import AnswerForm, LearningForm, PassOnForm, PublishForm, WithdrawLearningForm
from reviews.lessons import OneLearning, learning_shown
from reviews.models import Learning, LearningAsk

A_PAGE = 25


@door(Can.SEE_LEARNING, methods=("GET",))
def learning_list(request: SignedInRequest) -> HttpResponse:
    """Everything that was learnt, the newest first; a provider reads what is for it."""
    form, found = learning_shown(request.user, request.GET)
    rows = page_of(found.with_reach().select_related("commissioner"), request.GET.get("page"), A_PAGE)
    held = held_capabilities(request)
    may = {"write": Can.WRITE_LEARNING in held, "answer": Can.ACKNOWLEDGE_LEARNING in held}
    return page(request, "reviews/learning_list.html", filter=form, rows=rows, may=may)


@door(Can.SEE_LEARNING, of=Learning, methods=("GET",))
def learning_detail(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """One item: its words, how far it went, and who answered."""
    one = OneLearning(learning, request.user, timezone.localdate())
    staff_side = any(row.organisation_id == learning.commissioner_id for row in memberships(request))
    return page(request, "reviews/learning_detail.html", one=one, staff_side=staff_side)


@door(Can.SEE_LEARNING, of=Learning, methods=("GET",))
def learning_briefing(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """The 7-minute briefing as a PDF."""
    content = as_pdf(learning, demonstration=settings.PORTAL_DEMONSTRATION)
    return attachment(content, "application/pdf", file_name(learning))


@door(Can.WRITE_LEARNING)
def learning_new(request: SignedInRequest) -> HttpResponse:
    """Write a draft, which another person publishes."""
    mine = acting_with(request, Can.WRITE_LEARNING)
    commissioner = next((one for one in mine if one.reference == request.GET.get("for")), mine[0])
    today = timezone.localdate()
    initial = {"review": request.GET.get("review", "")[:10]}
    form = LearningForm(request.POST or None, initial=initial, commissioner=commissioner, user=request.user, on=today)

    def save() -> None:
        rows = Learning.objects.permitted(request.user, Can.WRITE_LEARNING)
        form.record = rows.draft(commissioner, by=request.user, at=timezone.now(), **form.values())

    if done(form, save):
        messages.success(request, "The draft is saved. Another person reads and publishes it.")
        return redirect("reviews:learning-detail", reference=form.record.reference)
    return _form(request, form, "Write learning", commissioner=commissioner, commissioners=mine)


@door(Can.WRITE_LEARNING, of=Learning)
def learning_edit(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """Other words in a draft."""
    today, whose = timezone.localdate(), learning.commissioner
    form = LearningForm(request.POST or None, record=learning, commissioner=whose, user=request.user, on=today)

    def save() -> None:
        learning.write(expected=form.expected, by=request.user, at=timezone.now(), **form.values())

    if done(form, save):
        messages.success(request, "Saved")
        return redirect("reviews:learning-detail", reference=learning.reference)
    return _form(request, form, "Change this draft", learning=learning, commissioner=whose)


@door(Can.PUBLISH_LEARNING, of=Learning)
def learning_publish(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """Publish what somebody else wrote."""
    today = timezone.localdate()
    form = PublishForm(request.POST or None, record=learning, on=today)
    asked: list[int] = []

    def publish() -> None:
        untied = form.cleaned_data.get("untied", False)
        asked.append(learning.publish(expected=form.expected, by=request.user, at=timezone.now(), untied=untied))

    if done(form, publish):
        told = f" {asked[0]} providers are asked to answer." if learning.action_needed else ""
        messages.success(request, f"Published.{told}")
        return redirect("reviews:learning-detail", reference=learning.reference)
    return _form(request, form, "Publish this learning", learning=learning, held_back=learning.held_back(today))


@door(Can.PUBLISH_LEARNING, of=Learning)
def learning_withdraw(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """Take it back, with a reason."""
    form = WithdrawLearningForm(request.POST or None, record=learning)

    def withdraw() -> None:
        reason = form.cleaned_data["reason"]
        learning.withdraw(expected=form.expected, by=request.user, at=timezone.now(), reason=reason)

    if done(form, withdraw):
        messages.success(request, "Withdrawn")
        return redirect("reviews:learning-detail", reference=learning.reference)
    return _form(request, form, "Withdraw this learning", learning=learning)


@door(Can.WRITE_LEARNING, of=Learning)
def learning_pass_on(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """Record how it was passed on."""
    form = PassOnForm(request.POST or None, learning=learning, today=timezone.localdate())
    if done(form, lambda: learning.pass_on(by=request.user, at=timezone.now(), **form.values())):
        messages.success(request, "Recorded")
        return redirect("reviews:learning-detail", reference=learning.reference)
    return _form(request, form, "Record how it was passed on", learning=learning)


@door(Can.WRITE_LEARNING, of=Learning)
def learning_strike(request: SignedInRequest, learning: Learning, passed: int) -> HttpResponse:
    """It was recorded by mistake."""
    row: Any = get_object_or_404(learning.disseminations, pk=passed)
    form = WithdrawForm(request.POST or None)
    form.submit_label = "Strike it out"  # type: ignore[misc]
    if done(form, lambda: row.strike(by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])):
        messages.success(request, "Struck out")
        return redirect("reviews:learning-detail", reference=learning.reference)
    return _form(request, form, "Strike out what was recorded by mistake", learning=learning)


@door(Can.ACKNOWLEDGE_LEARNING, of=LearningAsk)
def learning_answer(request: SignedInRequest, ask: LearningAsk) -> HttpResponse:
    """A provider says that it has read it and what it does."""
    form = AnswerForm(request.POST or None)
    if done(form, lambda: ask.acknowledge(form.cleaned_data["text"], by=request.user, at=timezone.now())):
        messages.success(request, "Your answer is sent. Thank you.")
        return redirect("reviews:learning-detail", reference=ask.learning.reference)
    one = OneLearning(ask.learning, request.user, timezone.localdate())
    return page(request, "reviews/learning_answer.html", form, status=form.status, one=one, ask=ask)


def _form(request: SignedInRequest, form: RecordForm, heading: str, **context: Any) -> HttpResponse:
    return page(request, "reviews/learning_form.html", form, status=form.status, heading=heading, **context)
