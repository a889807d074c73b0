"""The draft of a taken step: edit it, take it out as a PDF, send the letter. Always by a person."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.downloads import attachment
from oversight import papers
from oversight.escalation_forms import PaperForm, SendLetterForm
from oversight.models import Escalation, EscalationPaper
from oversight.views.doing import doing

DETAIL = "oversight:escalation-detail"


def _paper(escalation: Escalation) -> EscalationPaper:
    found: EscalationPaper | None = escalation.papers.select_related("escalation__organisation").first()
    if found is None:
        raise Refused("This step has no draft: take it first.")
    return found


@door(Can.ESCALATE, of=Escalation)
def paper_edit(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """Put the draft in one's own words."""
    paper = _paper(escalation)
    form = PaperForm(request.POST or None, initial={"text": paper.text, "version": paper.version})

    def do(told: dict[str, Any]) -> None:
        papers.edit(
            paper, told["text"], expected=told["version"] or 0, by=request.user, on=timezone.localdate(),
            at=timezone.now(),
        )  # fmt: skip

    context = {"escalation": escalation, "paper": paper}
    return doing(
        request, form, "oversight/paper_edit.html", do, done="Text saved.", to=DETAIL, of=escalation, **context
    )


@door(Can.SEE_SURVEILLANCE, of=Escalation, methods=("GET",))
def paper_pdf(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """The letter or entry as a PDF."""
    paper = _paper(escalation)
    content = papers.as_pdf(paper, at=timezone.now(), demonstration=settings.PORTAL_DEMONSTRATION)
    return attachment(content, "application/pdf", f"{paper.kind}-{escalation.reference}.pdf")


@door(Can.ESCALATE, of=Escalation)
def paper_send(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """Send the letter by mail to the executive lead of the provider."""
    paper = _paper(escalation)
    if paper.kind != EscalationPaper.Kind.LETTER:
        raise Http404
    form = SendLetterForm(request.POST or None)

    def do(told: dict[str, Any]) -> None:
        papers.send(paper, by=request.user, on=timezone.localdate(), at=timezone.now())

    context = {
        "escalation": escalation,
        "paper": paper,
        "readers": papers.everybody(escalation, on=timezone.localdate()),
    }
    done = "The letter is on its way. It leaves with the next letters."
    return doing(request, form, "oversight/paper_send.html", do, done=done, to=DETAIL, of=escalation, **context)
