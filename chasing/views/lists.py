"""What is overdue, what waits for a person, what goes out next, what could not be sent."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from chasing import overdue, sending
from chasing.daily import reminders_last_ran
from chasing.forms import OverdueFilter
from chasing.history import chases_of, entries
from chasing.listing import rows_with_steps, with_conversations
from chasing.outlook import DAYS, coming
from chasing.steps import next_working_day
from design.calendar import DAY
from design.counting import page_of
from design.pages import page
from providers.models import Organisation

A_PAGE = 25


@door(Can.SEE_REMINDERS, methods=("GET",))
def reminder_list(request: HttpRequest) -> HttpResponse:
    """Everything overdue, with its last reminder and its next step."""
    today = timezone.localdate()
    form = OverdueFilter(request.GET)
    asked = form.asked()
    counts, proposals, pauses = overdue.overdue_counts(request.user, asked, on=today)  # type: ignore[arg-type]
    form.offer(counts)
    found = overdue.overdue_rows(request.user, asked, on=today)  # type: ignore[arg-type]
    rows = page_of(found, request.GET.get("page"), A_PAGE, known=overdue.how_many(counts, asked))
    return page(
        request,
        "chasing/reminder_list.html",
        filter=form,
        counts=counts,
        buckets=overdue.BUCKETS,
        total=sum(line.total for line in counts),
        proposals=proposals,
        pauses=pauses,
        rows=rows,
        listed=with_conversations(rows_with_steps(rows.object_list, on=today), request.user),  # type: ignore[arg-type]
        places=sending.places_of(request.user),  # type: ignore[arg-type]
        ran=reminders_last_ran(at=timezone.now()),
        next_run=next_working_day(today + DAY),
        today=today,
    )


@door(Can.SEE_REMINDERS, methods=("GET",))
def reminder_preview(request: HttpRequest) -> HttpResponse:
    """What goes out in the next fourteen days, by person."""
    today = timezone.localdate()
    people = coming(request.user, on=today)  # type: ignore[arg-type]
    rows = Paginator(people, A_PAGE).get_page(request.GET.get("page"))
    return page(request, "chasing/reminder_preview.html", rows=rows, days=DAYS, today=today)


@door(Can.SEE_REMINDERS, methods=("GET",))
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Steps above the named lead: they wait for a person."""
    today = timezone.localdate()
    found = overdue.proposals(request.user, Can.SEE_REMINDERS, on=today)  # type: ignore[arg-type]
    rows = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return page(request, "chasing/proposal_list.html", rows=rows, today=today)


@door(Can.SEE_REMINDERS, methods=("GET",))
def given_up_list(request: HttpRequest) -> HttpResponse:
    """Letters that were given up, and providers that no letter can reach."""
    rows = Paginator(sending.given_up(request.user), A_PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    alone = sending.without_a_route(request.user, at=timezone.now())  # type: ignore[arg-type]
    unreached = Paginator(alone, A_PAGE).get_page(request.GET.get("providers"))
    may_retry = any(letter.may_retry for letter in rows)
    return page(request, "chasing/given_up_list.html", rows=rows, unreached=unreached, may_retry=may_retry)


@door(Can.SEE_REMINDERS, of=Organisation, methods=("GET",))
def organisation_history(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everything that was said to one organisation, newest first."""
    found = chases_of(request.user, organisation=organisation)  # type: ignore[arg-type]
    rows = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    history = entries(rows.object_list)
    return page(
        request, "chasing/organisation_history.html", organisation=organisation, rows=rows, reminder_history=history
    )
