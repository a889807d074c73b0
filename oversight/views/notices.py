"""Contract notices: the list, one notice, and what is recorded about it. A provider reads those about itself."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.counting import page_of
from design.pages import page
from evidence.serving import attachment
from evidence.uploads import refused_upload
from oversight import notice_forms as forms
from oversight import noticing
from oversight.escalated import in_full
from oversight.escalation_lists import NoticeFilter, notices_shown
from oversight.models import ContractNotice
from oversight.notice_files import NoticeFileForm, newest
from oversight.views.doing import Doing, doing
from providers.models import Organisation

A_PAGE = 25
DETAIL = "oversight:notice-detail"


@door(Can.SEE_NOTICES, methods=("GET",))
def notice_list(request: SignedInRequest) -> HttpResponse:
    """Notices that the person may read, open ones first."""
    today = timezone.localdate()
    allowed = ContractNotice.objects.permitted(request.user, Can.SEE_NOTICES)
    form = NoticeFilter(request.GET)
    rows = page_of(notices_shown(allowed, form, on=today), request.GET.get("page"), A_PAGE)
    ours = Can.SEE_OVERVIEW in held_capabilities(request)
    return page(request, "oversight/notice_list.html", filter=form, rows=rows, today=today, ours=ours)


@door(Can.SEE_NOTICES, of=ContractNotice, methods=("GET",))
def notice_detail(request: SignedInRequest, notice: ContractNotice) -> HttpResponse:
    """One notice with its clocks, grounds, plan and milestones."""
    return page(request, "oversight/notice_detail.html", file=newest(notice), **_shown(request, notice))


def _shown(request: SignedInRequest, notice: ContractNotice) -> dict[str, Any]:
    today = timezone.localdate()
    milestones = list(notice.milestones.all())
    grounds = notice.grounds.select_related("criterion", "finding__visit", "action", "self_assessment__round")
    grounds = grounds.prefetch_related("criterion__wordings")
    shown = in_full(notice, request.user, Can.RECORD_NOTICES, on=today)
    return {
        "notice": shown,
        "grounds": list(grounds),
        "milestones": milestones,
        "clocks": [(clock, clock.is_late(today)) for clock in noticing.clocks(shown, milestones)],
        "may_record": shown.may,
        "today": today,
    }


@door(Can.RECORD_NOTICES, of=Organisation)
def notice_new(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """Record a notice that was issued outside the portal."""
    user, today = request.user, timezone.localdate()
    form = forms.NoticeForm(request.POST or None, user=user, can=Can.RECORD_NOTICES, about=organisation, today=today)
    step = forms.step_behind(form, request.GET.get("step", "").replace("\x00", "")[:10])

    def do(told: dict[str, Any]) -> ContractNotice:
        contract = form.contract(told["commissioner"])
        rule = noticing.kind_for(contract, told["kind"], on=told["issued_on"])
        return noticing.record(
            contract, rule, grounds=form.grounds, by=user, at=timezone.now(), escalation=step, **form.facts
        )

    done = "Notice recorded. The portal does not send it."
    return doing(
        request, form, "oversight/notice_new.html", do, done=done, to=DETAIL, organisation=organisation, step=step
    )


def _verb(request: SignedInRequest, notice: ContractNotice, form: Any, do: Doing, *said: str) -> HttpResponse:
    heading, done = said
    context = {**_shown(request, notice), "heading": heading}
    return doing(request, form, "oversight/notice_verb.html", do, done=done, to=DETAIL, of=notice, **context)


@door(Can.RECORD_NOTICES, of=ContractNotice)
def notice_meeting(request: SignedInRequest, notice: ContractNotice) -> HttpResponse:
    """When the meeting was."""
    form = forms.MeetingForm(request.POST or None, notice=notice, today=timezone.localdate())

    def do(told: dict[str, Any]) -> None:
        noticing.meet(notice, told["day"], expected=form.expected)

    return _verb(request, notice, form, do, "Record the meeting", "Meeting recorded.")


@door(Can.RECORD_NOTICES, of=ContractNotice)
def notice_outcome(request: SignedInRequest, notice: ContractNotice) -> HttpResponse:
    """What the meeting came to."""
    form = forms.OutcomeForm(request.POST or None, notice=notice, today=timezone.localdate())

    def do(told: dict[str, Any]) -> None:
        noticing.decide(
            notice, told["outcome"], told["day"], plan=told["plan"], agreed_on=told["agreed_on"],
            expected=form.expected,
        )  # fmt: skip

    return _verb(request, notice, form, do, "Record the outcome", "Outcome recorded.")


@door(Can.RECORD_NOTICES, of=ContractNotice)
def notice_milestone(request: SignedInRequest, notice: ContractNotice) -> HttpResponse:
    """Add a promise of the plan."""
    form = forms.MilestoneForm(request.POST or None, notice=notice, today=timezone.localdate())

    def do(told: dict[str, Any]) -> None:
        noticing.promise(notice, told["text"], told["due_on"], expected=form.expected)

    return _verb(request, notice, form, do, "Add a milestone", "Milestone added.")


@door(Can.RECORD_NOTICES, of=ContractNotice)
def notice_met(request: SignedInRequest, notice: ContractNotice) -> HttpResponse:
    """A promise was kept."""
    form = forms.MetForm(request.POST or None, notice=notice, today=timezone.localdate())

    def do(told: dict[str, Any]) -> None:
        noticing.met(notice, int(told["milestone"]), told["day"], by=request.user)

    return _verb(request, notice, form, do, "A milestone was met", "Milestone met.")


@door(Can.RECORD_NOTICES, of=ContractNotice)
def notice_close(request: SignedInRequest, notice: ContractNotice) -> HttpResponse:
    """It has ended."""
    form = forms.CloseNoticeForm(request.POST or None, notice=notice, today=timezone.localdate())

    def do(told: dict[str, Any]) -> None:
        noticing.close(
            notice, told["closing"], told["day"], words=told["words"], by=request.user, expected=form.expected
        )

    return _verb(request, notice, form, do, "Close this notice", "Notice closed.")


@door(Can.RECORD_NOTICES, of=ContractNotice)
def notice_file_add(request: SignedInRequest, notice: ContractNotice) -> HttpResponse:
    """Add the paper as it was served."""
    form = NoticeFileForm(request.POST or None, request.FILES or None, refused=refused_upload(request))
    if form.is_valid() and form.keep(notice, by=request.user, at=timezone.now()):
        messages.success(request, "The file is kept with the notice.")
        return redirect(DETAIL, reference=notice.reference)
    context = {**_shown(request, notice), "heading": "Add the notice as it was served"}
    return page(request, "oversight/notice_verb.html", form, status=form.status, **context)


@door(Can.SEE_NOTICES, of=ContractNotice, methods=("GET",))  # type: ignore[arg-type]
def notice_file(request: SignedInRequest, notice: ContractNotice) -> FileResponse:
    """The paper as it was served, to be saved; one line in the reading log."""
    version = newest(notice)
    if version is None:
        raise Refused("The notice as it was served is not kept here yet.")
    return attachment(version, by=request.user, at=timezone.now(), log=request.method == "GET")
