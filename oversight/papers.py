"""The papers of a step: the formal letter and the entry for the meeting. They are drafted here and sent by a person.

The mail holds ids only (``Letter.about``); the words are read from the paper when it leaves.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string

from accounts.capabilities import Role
from accounts.door import Refused
from accounts.models import Membership
from chasing.letters import Writer, register
from chasing.models import Letter
from design import pdf
from oversight.models import Escalation, EscalationPaper
from providers.models import Contact

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User

KIND = "formal_letter"


class NobodyToWriteTo(ValueError):
    """The provider has no executive lead with an address."""


def edit(paper: EscalationPaper, text: str, *, expected: int, by: "User", on: "date", at: datetime) -> None:
    """Replace the text of a draft that has not been sent, unless somebody else has done so."""
    same = EscalationPaper.objects.filter(pk=paper.pk, version=expected, sent_at__isnull=True)
    if not same.update(text=text, edited_by=by, edited_at=at, version=F("version") + 1):
        raise Refused("This text has been changed or sent by somebody else. Look at it as it stands.")
    paper.escalation.note("edited", str(paper), by=by, on=on, at=at)


def readers(escalation: Escalation) -> list[Any]:
    """The executive leads on the provider's contacts that have an address; for a restricted step nobody by mail."""
    if escalation.circle_id:
        return []
    found = Contact.objects.current().filter(organisation=escalation.organisation_id, kind=Contact.Kind.EXECUTIVE)
    return list(found.exclude(email="").order_by("name"))


def everybody(escalation: Escalation, *, on: "date") -> list[Any]:
    """To whom the letter goes: the contacts, else the executive signatories with an account."""
    if escalation.circle_id or (named := readers(escalation)):
        return [] if escalation.circle_id else named
    held = Membership.objects.live(on=on).filter(
        organisation=escalation.organisation_id, role=Role.EXECUTIVE_SIGNATORY, user__is_active=True
    )
    return [each.user for each in held.select_related("user").order_by("user")]


@transaction.atomic
def send(paper: EscalationPaper, *, by: "User", on: "date", at: datetime) -> int:
    """Write the letter to each executive lead; it leaves with the next letters. Once only."""
    escalation = paper.escalation
    if not escalation.is_walked:
        raise Refused(f"This step is “{escalation.get_state_display()}”: its letter is not sent any more.")
    to = everybody(escalation, on=on)
    if not to:
        raise NobodyToWriteTo("No executive lead with an address is known. Add one to the contacts, or post the PDF.")
    if not EscalationPaper.objects.filter(pk=paper.pk, sent_at__isnull=True).update(sent_by=by, sent_at=at):
        raise Refused("Somebody else has just sent this letter.")
    for n, reader in enumerate(to):
        recipient = {"to_contact": reader} if isinstance(reader, Contact) else {"to_user": reader}
        Letter.objects.write(
            KIND, dedupe_key=f"{KIND}:{paper.pk}:{paper.version}:{n}", at=at, about={"paper": paper.pk},
            commissioner=escalation.commissioner, organisation=escalation.organisation, circle=escalation.circle,
            **recipient,
        )  # fmt: skip
    escalation.note("sent", f"Sent by mail to {len(to)} {'person' if len(to) == 1 else 'people'}", by=by, on=on, at=at)
    return len(to)


def _words(letter: Letter, at: datetime) -> Mapping[str, Any] | None:
    """The text as it was when it was sent; nothing when the step was withdrawn before it left."""
    found = EscalationPaper.objects.filter(pk=letter.about["paper"], sent_at__isnull=False)
    paper = found.select_related("escalation").first()
    if paper is None or paper.escalation.state == Escalation.State.WITHDRAWN:
        return None
    return {"paper": paper, "by": paper.sent_by}


def as_pdf(paper: EscalationPaper, *, at: datetime, demonstration: bool) -> bytes:
    """The paper on the house's letterhead."""
    title = f"{paper}: {paper.escalation.organisation}"
    told = {
        "title": title, "paper": paper, "escalation": paper.escalation, "at": at, "demonstration": demonstration,
        "working_copy": paper.kind == EscalationPaper.Kind.LETTER and paper.sent_at is None,
    }  # fmt: skip
    return pdf.render(render_to_string("reports/formal_letter.html", told), title=title, at=at, apart=True)


def register_letters() -> None:
    """Called when the app is ready."""
    register(Writer(KIND, _words))
