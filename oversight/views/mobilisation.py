"""New services: the list, the record of one, its stages and its sign-off."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.counting import page_of
from design.pages import page
from oversight.mobilising.forms import MoveForm, ServiceForm, SignForm, VerbForm
from oversight.mobilising.listing import services_shown
from oversight.models import Mobilisation

A_PAGE = 25


@door(Can.EDIT_MOBILISATION, methods=("GET",))
def mobilisation_list(request: SignedInRequest) -> HttpResponse:
    """Services that are being bought, the next to go live first."""
    form, rows = services_shown(request, Mobilisation.objects.permitted(request.user, Can.EDIT_MOBILISATION))
    shown = page_of(rows, request.GET.get("page"), A_PAGE)
    return page(request, "oversight/mobilisation/list.html", filters=form, rows=shown, today=timezone.localdate())


@door(Can.EDIT_MOBILISATION)
def mobilisation_add(request: SignedInRequest) -> HttpResponse:
    """Open the record of a new service."""
    form = ServiceForm(request.POST or None, user=request.user, on=timezone.localdate())
    if form.is_valid():
        service = form.begin(by=request.user, at=timezone.now())
        messages.success(request, f"The record of {service} is open. Another designated professional signs it off.")
        return redirect("oversight:mobilisation", reference=service.reference)
    return page(request, "oversight/mobilisation/form.html", form, heading="Record a new service")


@door(Can.EDIT_MOBILISATION, of=Mobilisation, methods=("GET",))
def mobilisation(request: SignedInRequest, service: Mobilisation) -> HttpResponse:
    """What is known of one service, and how it came to its stage."""
    sign = Mobilisation.objects.permitted(request.user, Can.SIGN_MOBILISATION).filter(pk=service.pk).exists()
    steps = service.steps.select_related("by")
    own = service.recorded_by_id == request.user.pk
    return page(request, "oversight/mobilisation/service.html", service=service, steps=steps, may_sign=sign, own=own)


@door(Can.EDIT_MOBILISATION, of=Mobilisation)
def mobilisation_change(request: SignedInRequest, service: Mobilisation) -> HttpResponse:
    """Change what is known; the sign-off falls away when the safeguarding part changes."""
    form, status = ServiceForm(request.POST or None, instance=service, user=request.user, on=timezone.localdate()), None
    if form.is_valid():
        try:
            form.record(by=request.user, at=timezone.now())
        except Refused as problem:
            form.add_error(None, str(problem))
            status = 409
        else:
            messages.success(request, "Saved")
            return redirect("oversight:mobilisation", reference=service.reference)
    about = {"service": service, "heading": f"Change {service}"}
    return page(request, "oversight/mobilisation/form.html", form, status=status, **about)


@door(Can.EDIT_MOBILISATION, of=Mobilisation)
def mobilisation_move(request: SignedInRequest, service: Mobilisation) -> HttpResponse:
    """To another stage; live only when it is signed off."""
    return _verb(
        request, MoveForm(request.POST or None, service=service), "The stage is saved", "Move to another stage"
    )


@door(Can.SIGN_MOBILISATION, of=Mobilisation)
def mobilisation_sign(request: SignedInRequest, service: Mobilisation) -> HttpResponse:
    """The second person signs the safeguarding part off."""
    return _verb(
        request, SignForm(request.POST or None, service=service), "Signed off", "Sign off the safeguarding part"
    )


def _verb(request: SignedInRequest, form: VerbForm, done: str, heading: str) -> HttpResponse:
    if form.is_valid() and form.do(by=request.user, at=timezone.now(), on=timezone.localdate()):
        messages.success(request, f"{form.service}: {done[0].lower()}{done[1:]}")
        return redirect("oversight:mobilisation", reference=form.service.reference)
    about = {"service": form.service, "heading": heading}
    return page(request, "oversight/mobilisation/verb.html", form, status=form.status, **about)
