"""Pages of the contact log: the timeline with its filters, one entry, logging, correcting, withdrawing, answering."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from chasing.kinds import kind_or_none
from design.counting import page_of
from design.pages import page
from oversight.contact_kinds import BY_CODE, CALL, KINDS
from oversight.known import contact_forms, contact_list
from oversight.known.changes import changes
from oversight.models import ContactEntry
from providers.models import Organisation
from providers.record_form import WithdrawForm, done

A_PAGE = 25
TOLD = (
    "happened_on", "by", "with_whom", "spoke", "forum", "papers", "points", "challenge", "taken", "due_on",
    "settled_on", "settled_words",
)  # fmt: skip


@door(Can.SEE_CONTACT_LOG, methods=("GET",))
def contact_list_page(request: SignedInRequest) -> HttpResponse:
    """The log as one timeline, of everything or of one organisation."""
    today = timezone.localdate()
    allowed = ContactEntry.objects.permitted(request.user, Can.SEE_CONTACT_LOG)
    form, found = contact_list.shown(request, allowed, user=request.user, on=today)
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    may = Can.LOG_CONTACT in held_capabilities(request)
    return page(request, "oversight/contact_list.html", filter=form, rows=rows, today=today, may=may)


@door(Can.SEE_CONTACT_LOG, methods=("GET",))
def contact_counts(request: SignedInRequest) -> HttpResponse:
    """How many of each kind in each financial year; every count leads to its list."""
    today = timezone.localdate()
    allowed = ContactEntry.objects.permitted(request.user, Can.SEE_CONTACT_LOG)
    about = _asked_about(request, Can.SEE_PROVIDERS)
    found = contact_list.counts(allowed.of(about) if about else allowed, on=today)
    return page(request, "oversight/contact_counts.html", **found, about=about, today=today)


@door(Can.SEE_CONTACT_LOG, methods=("GET",))
def contact_requests(request: SignedInRequest) -> HttpResponse:
    """What local authorities asked for: not answered first, by due date."""
    today = timezone.localdate()
    allowed = ContactEntry.objects.permitted(request.user, Can.SEE_CONTACT_LOG)
    found = allowed.requests().select_related("organisation", "commissioner", "by")
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    waiting = {"open": allowed.open_requests().count(), "overdue": allowed.overdue_requests(on=today).count()}
    return page(request, "oversight/contact_requests.html", rows=rows, today=today, waiting=waiting)


def _asked_about(request: SignedInRequest, can: Can) -> Organisation | None:
    reference = request.GET.get("organisation", "")[:10].replace("\x00", "")
    allowed = Organisation.objects.permitted(request.user, can)
    return allowed.filter(reference=reference).first() if reference else None


@door(Can.LOG_CONTACT)
def contact_new(request: SignedInRequest) -> HttpResponse:
    """Choose the kind, for a call the provider, then the few boxes of it."""
    today = timezone.localdate()
    kind = BY_CODE.get(request.GET.get("kind", ""))
    about = _asked_about(request, Can.LOG_CONTACT)
    if kind is None:
        return page(request, "oversight/contact_kind.html", kinds=KINDS, about=about)
    if kind.code == CALL and about is None:
        owing = Organisation.objects.permitted(request.user, Can.LOG_CONTACT).order_by("name")
        return page(request, "oversight/contact_whom.html", kind=kind, organisations=owing.only("name", "reference"))
    form = _new_form(request, kind, about)
    if done(form, lambda: _log(request, form)):
        messages.success(request, "Saved in the contact log")
        return redirect("oversight:contact-detail", reference=form.record.reference)
    return page(request, "oversight/contact_new.html", form, status=form.status, kind=kind, about=about, today=today)


def _new_form(request: SignedInRequest, kind: Any, about: Organisation | None) -> contact_forms.ContactForm:
    today = timezone.localdate()
    ours = Organisation.objects.permitted(request.user, Can.LOG_CONTACT)
    ours = ours.acted_for(request.user, Can.LOG_CONTACT, on=today)
    last = ContactEntry.objects.permitted(request.user, Can.LOG_CONTACT).last_of(request.user)
    initial = {
        "organisation": about.reference if about else last and last.organisation.reference,
        "commissioner": last and last.commissioner.reference,
        "thing": request.GET.get("thing", ""),
    }
    form = contact_forms.ContactForm(
        request.POST or None, kind=kind, user=request.user, on=today, ours=ours, initial=initial
    )
    if kind.code == CALL and about:
        form.about_what_is_owed_by(about)
    return form


def _log(request: SignedInRequest, form: contact_forms.ContactForm) -> None:
    given = form.cleaned_data
    form.record = ContactEntry.objects.permitted(request.user, Can.LOG_CONTACT).log(
        given.get("commissioner") or form.only, given["organisation"], kind=form.kind.code, thing=form.owed,
        logged_by=request.user, logged_at=timezone.now(), **form.values(),
    )  # fmt: skip


@door(Can.SEE_CONTACT_LOG, of=ContactEntry, methods=("GET",))
def contact_detail(request: SignedInRequest, entry: ContactEntry) -> HttpResponse:
    """One contact, what it was about, and every change of it."""
    kind = kind_or_none(entry.about_kind)
    things = kind.things.permitted(request.user, Can.SEE_REMINDERS).filter(pk=entry.about_thing) if kind else None
    return page(
        request,
        "oversight/contact_detail.html",
        entry=entry,
        kind=kind,
        thing=kind.titled(things).first() if kind else None,
        changes=changes(entry, TOLD),
        may=Can.LOG_CONTACT in held_capabilities(request),
        today=timezone.localdate(),
    )


@door(Can.LOG_CONTACT, of=ContactEntry)
def contact_correct(request: SignedInRequest, entry: ContactEntry) -> HttpResponse:
    """Put an entry right; what stood before stays in its history."""
    today = timezone.localdate()
    ours = Organisation.objects.permitted(request.user, Can.LOG_CONTACT).filter(pk=entry.commissioner_id)
    form = contact_forms.CorrectContactForm(request.POST or None, record=entry, user=request.user, on=today, ours=ours)

    def correct() -> None:
        reason = form.cleaned_data["reason"]
        entry.correct(form.values(), expected=form.expected, by=request.user, at=timezone.now(), reason=reason)

    if done(form, correct):
        messages.success(request, "Corrected. What stood before is in the history.")
        return redirect("oversight:contact-detail", reference=entry.reference)
    return page(request, "oversight/contact_verb.html", form, status=form.status, entry=entry, heading="Correct")


@door(Can.LOG_CONTACT, of=ContactEntry)
def contact_withdraw(request: SignedInRequest, entry: ContactEntry) -> HttpResponse:
    """Take an entry out of every count, with the reason."""
    form = WithdrawForm(request.POST or None, record=entry)

    def withdraw() -> None:
        reason = form.cleaned_data["reason"]
        entry.withdraw(expected=form.expected, by=request.user, at=timezone.now(), reason=reason)

    if done(form, withdraw):
        messages.success(request, "Withdrawn. It counts no more and can still be read.")
        return redirect("oversight:contact-detail", reference=entry.reference)
    return page(request, "oversight/contact_verb.html", form, status=form.status, entry=entry, heading="Withdraw")


@door(Can.LOG_CONTACT, of=ContactEntry)
def contact_answer(request: SignedInRequest, entry: ContactEntry) -> HttpResponse:
    """When and how a local authority's request was answered."""
    form = contact_forms.SettleForm(request.POST or None, record=entry, on=timezone.localdate())

    def settle() -> None:
        entry.settle(on=form.cleaned_data["on"], words=form.cleaned_data["words"], by=request.user)

    if done(form, settle):
        messages.success(request, "The answer is recorded")
        return redirect("oversight:contact-detail", reference=entry.reference)
    return page(request, "oversight/contact_verb.html", form, status=form.status, entry=entry, heading="Answer")
