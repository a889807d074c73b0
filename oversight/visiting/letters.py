"""Letters about visits: the one that a person writes to the executive lead, and the mails of the report.

Mails hold addresses and dates; what was found is read after signing in.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from accounts.capabilities import Role
from chasing.letters import Context, Writer, absolute, register
from chasing.models import Letter
from oversight.models import ActionPlan, Visit, VisitLetter
from providers.models import Contact

if TYPE_CHECKING:
    from accounts.models import User


def newest_of(visit: Visit) -> VisitLetter | None:
    """The letter of a visit that was written last."""
    found: VisitLetter | None = visit.letters.order_by("-pk").select_related("sent_by").first()
    return found


def draft_of(visit: Visit) -> dict[str, str]:
    """The template filled in: to whom, and what was found. Nobody has seen it yet."""
    executive = Contact.objects.current().filter(organisation=visit.organisation_id, kind=Contact.Kind.EXECUTIVE)
    to_name = str(executive.values_list("name", flat=True).first() or "Executive lead")
    found = visit.findings.immediate().prefetch_related("told")
    said: dict[str, Any] = {"visit": visit, "to_name": to_name, "findings": found}
    return {"to_name": to_name, "text": render_to_string("oversight/visits/letter_draft.txt", said).strip()}


def save_draft(
    visit: Visit, letter: VisitLetter | None, to_name: str, text: str, *, by: "User", at: datetime
) -> VisitLetter:
    """Keep the draft as the person changed it; a letter that was sent stays, and a new one is begun."""
    if letter is None or letter.sent_at is not None:
        whose = {"commissioner_id": visit.commissioner_id, "organisation_id": visit.organisation_id}
        letter = VisitLetter(visit=visit, drafted_by=by, drafted_at=at, **whose)
    letter.to_name, letter.text = to_name, text
    letter.save()
    return letter


def _letter(letter: Letter, at: datetime) -> Context | None:
    written = VisitLetter.objects.filter(pk=letter.about.get("visit_letter"), sent_at__isnull=False).first()
    if written is None:
        return None
    link = absolute("oversight:visit-letter-read", reference=written.reference)
    return {"link": link, "sent_on": written.sent_at}


def _draft(letter: Letter, at: datetime) -> Context | None:
    visit = Visit.objects.filter(pk=letter.about.get("visit"), state=Visit.State.WITH_PROVIDER).first()
    if visit is None:
        return None
    link = absolute("oversight:report-draft", reference=visit.reference)
    return {"link": link, "visit": visit, "until": visit.comments_until}


def _final(letter: Letter, at: datetime) -> Context | None:
    visit = Visit.objects.filter(pk=letter.about.get("visit"), state=Visit.State.FINAL).first()
    if visit is None:
        return None
    plan = ActionPlan.objects.filter(visit=visit).first()
    link = absolute("oversight:report", reference=visit.reference)
    return {"link": link, "visit": visit, "plan_due": plan.due_on if plan else None}


def register_writers() -> None:
    """Called when the app is ready."""
    both = (Role.PROVIDER_LEAD.value, Role.EXECUTIVE_SIGNATORY.value)
    register(
        Writer("visit_letter", _letter, also=both),
        Writer("visit_draft", _draft, also=both),
        Writer("visit_final", _final, also=both),
    )
