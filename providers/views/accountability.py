"""Who answers to whom, and how much capacity there is for it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from providers.accountability import chart_of, drawn
from providers.capacity import capacity_of, totals
from providers.forms.posts import CapacityForm
from providers.models import CapacityStatement, Organisation
from providers.post_book import lines_of
from providers.public_contacts import address_of
from providers.saving import answer, saved
from providers.views import reader

STATEMENTS = 10


@door(Can.SEE_PROVIDERS, of=Organisation, methods=("GET",))
def accountability(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """The chart, drawn and as a list."""
    on = timezone.localdate()
    nodes = chart_of(organisation, on=on)
    chart = drawn(nodes, title=f"Lines of accountability: {organisation}")
    url = address_of(organisation, "public-accountability") if organisation.kind == "commissioner" else ""
    return page(
        request, "providers/accountability.html", about=organisation, nodes=nodes, chart=chart, on=on, public_url=url
    )


@door(Can.SEE_PROVIDERS, of=Organisation, methods=("GET",))
def capacity(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Required, established and held WTE of a commissioner's posts, and what was said of it."""
    if organisation.kind != Organisation.Kind.COMMISSIONER:
        raise Http404
    on = timezone.localdate()
    rows = capacity_of(lines_of([organisation], on=on))
    stated = CapacityStatement.objects.permitted(reader(request), Can.SEE_PROVIDERS).filter(commissioner=organisation)
    may = Organisation.objects.permitted(reader(request), Can.EDIT_CONTACTS).filter(pk=organisation.pk).exists()
    return page(
        request, "providers/capacity.html", about=organisation, rows=rows, totals=totals(rows), may_state=may,
        stated=stated.select_related("stated_by")[:STATEMENTS],
    )  # fmt: skip


@door(Can.EDIT_CONTACTS, of=Organisation)
def capacity_state(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Keep a statement with the figures of today; earlier ones stay."""
    if organisation.kind != Organisation.Kind.COMMISSIONER:
        raise Http404
    on = timezone.localdate()
    form = CapacityForm(request.POST or None, instance=organisation)
    if saved(form, lambda: form.save(by=reader(request), on=on)):
        messages.success(request, "Statement kept with the figures of today")
        return redirect("providers:capacity", reference=organisation.reference)
    return answer(request, "providers/post_form.html", form, about=organisation, heading="State our capacity")
