"""The links of figures as both sides keep them: send one, send it again, take it back, go on in an account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from chasing.link_forms import SendLinkForm
from chasing.models.signed_links import adopt
from chasing.recipients import registered_of
from design.pages import page
from training.desks import PROVIDER
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
    earlier = figure_return.links.whole().standing().first()
    return page(
        request, "training/link_send.html", form, figure_return=figure_return, addresses=addresses, earlier=earlier
    )


@door(Can.RUN_ROUNDS, of=FigureLink, methods=("POST",))
def link_again(request: SignedInRequest, link: FigureLink) -> HttpResponse:
    """The same address gets a new link; the old one dies."""
    made = link.send_again(by=request.user, at=timezone.now())
    messages.success(request, f"A new link is on its way to {made.name}. The old one no longer works.")
    return redirect("training:return-detail", reference=made.figure_return.reference)


@door(Can.TAKE_LINKS_BACK, of=FigureLink, methods=("POST",))
def link_take_back(request: SignedInRequest, link: FigureLink) -> HttpResponse:
    """The link opens nothing from this moment on. What was written stays."""
    link.take_back(by=request.user, at=timezone.now())
    messages.success(request, f"The link sent to {link.name} no longer works. What was written stays.")
    return redirect("training:return-detail", reference=link.figure_return.reference)


@door(Can.FILL_FIGURES, of=FigureReturn, methods=("POST",))
def link_adopt(request: SignedInRequest, figure_return: FigureReturn) -> HttpResponse:
    """Go on in the account: every link to the figures stops working, and what was written by link stays."""
    adopt(figure_return, by=request.user, at=timezone.now())
    messages.success(request, "You go on here. The links to these figures no longer work; what was written stays.")
    return redirect(PROVIDER.url("write", figure_return))
