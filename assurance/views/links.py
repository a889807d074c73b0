"""The links of a return as both sides keep them: send one, send it again, take it back, go on in an account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from assurance.models import ReturnLink, SelfAssessment
from assurance.models.links import refuse_link, send_link
from chasing.link_forms import SendLinkForm
from chasing.models.signed_links import adopt
from chasing.recipients import registered_of
from design.pages import page


@door(Can.RUN_ROUNDS, of=SelfAssessment)
def link_send(request: SignedInRequest, assessment: SelfAssessment) -> HttpResponse:
    """Send a link instead of an account. One that was sent before stops working."""
    refuse_link(assessment)
    addresses = registered_of([assessment.organisation_id])[assessment.organisation_id]
    form = SendLinkForm(request.POST or None, addresses=addresses)
    if form.is_valid():
        found = form.cleaned_data
        send_link(assessment, name=found["name"], email=found["email"], by=request.user, at=timezone.now())
        messages.success(request, f"A link is on its way to {found['name']}, {found['email']}.")
        return redirect("assurance:assessment-detail", reference=assessment.reference)
    earlier = assessment.links.whole().standing().first()
    return page(request, "assurance/link_send.html", form, assessment=assessment, addresses=addresses, earlier=earlier)


@door(Can.RUN_ROUNDS, of=ReturnLink, methods=("POST",))
def link_again(request: SignedInRequest, link: ReturnLink) -> HttpResponse:
    """The same address gets a new link; the old one dies."""
    made = link.send_again(by=request.user, at=timezone.now())
    messages.success(request, f"A new link is on its way to {made.name}. The old one no longer works.")
    return redirect("assurance:assessment-detail", reference=made.self_assessment.reference)


@door(Can.TAKE_LINKS_BACK, of=ReturnLink, methods=("POST",))
def link_take_back(request: SignedInRequest, link: ReturnLink) -> HttpResponse:
    """The link opens nothing from this moment on. What was written stays."""
    link.take_back(by=request.user, at=timezone.now())
    messages.success(request, f"The link sent to {link.name} no longer works. What was written stays.")
    return redirect("assurance:assessment-detail", reference=link.self_assessment.reference)


@door(Can.FILL_ASSESSMENT, of=SelfAssessment, methods=("POST",))
def link_adopt(request: SignedInRequest, assessment: SelfAssessment) -> HttpResponse:
    """Go on in the account: every link to the return stops working, and what was written by link stays."""
    adopt(assessment, by=request.user, at=timezone.now())
    messages.success(request, "You go on here. The links to this return no longer work; what was written stays.")
    return redirect("assurance:return-tasks", reference=assessment.reference)
