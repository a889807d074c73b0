"""The link to figures as both sides keep it: send one, take it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from chasing.recipients import registered_of
from design.pages import page
from training.forms.links import SendLinkForm
from training.models import FigureLink, FigureReturn
from training.models.links import refuse_link, send_link


@door(Can.RUN_ROUNDS, of=FigureReturn)
def link_send(request: SignedInRequest, figure_return: FigureReturn) -> HttpResponse:
    """Send a link instead of an account. One that was sent before stops working."""
    refuse_link(figure_return)
    addresses = registered_of([figure_return.organisation_id])[figure_return.organisation_id]
    form = SendLinkForm(request.POST or None, addresses=addresses)
    if form.is_valid():
        found = form.cleaned_data
        send_link(figure_return, name=found["name"], email=found["email"], by=request.user, at=timezone.now())
        messages.success(request, f"A link is on its way to {found['name']}, {found['email']}.")
        return redirect("training:return-detail", reference=figure_return.reference)
    earlier = figure_return.links.standing().first()
    return page(
        request, "training/link_send.html", form, figure_return=figure_return, addresses=addresses, earlier=earlier
    )


@door(Can.TAKE_LINKS_BACK, of=FigureLink, methods=("POST",))
def link_take_back(request: SignedInRequest, link: FigureLink) -> HttpResponse:
    """The link opens nothing from this moment on. What was written stays."""
    link.take_back(by=request.user, at=timezone.now())
    messages.success(request, f"The link sent to {link.name} no longer works. What was written stays.")
    return redirect("training:return-detail", reference=link.figure_return.reference)
