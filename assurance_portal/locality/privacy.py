"""What the identifiable-data guard did in the demonstration: warnings over a year, some overridden, and one removal."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from actions.models import Action
from assurance_portal.locality.people import People
from assurance_portal.locality.places import Locality
from chasing.models import Letter
from privacy.models import GuardRule, Override, Removal, Warned
from privacy.removing import LETTER, remove
from privacy.texts import text_of

# Days ago, kind, page, form, field, who, and why it was saved nevertheless; without a reason it was taken out.
WARNINGS: tuple[tuple[int, str, str, str, str, str, str], ...] = (
    (12, "nhs_number", "assurance:return-save", "assurance.forms.returns.StandardForm", "narrative", "provider", ""),
    (19, "birth", "evidence:item-add", "evidence.intake", "file", "provider", ""),
    (33, "age", "oversight:contact-new", "oversight.forms.ContactForm", "points", "nurse",
     "The age is the one at which the clinic hands over, not a patient’s"),
    (47, "postcode", "actions:action-report", "actions.forms.ReportForm", "text", "provider",
     "The new address of our own clinic, which is not in the register yet"),
    (71, "nhs_number", "evidence:item-add", "evidence.intake", "file", "provider",
     "The made-up numbers of the training slides"),
    (96, "age", "assurance:return-standard", "assurance.forms.returns.StandardForm", "narrative", "provider", ""),
    (128, "postcode", "assurance:return-save", "assurance.forms.returns.StandardForm", "narrative", "provider",
     "The postcode of the town hall in which we train"),
    (164, "birth", "actions:action-complete", "actions.forms.CompleteForm", "text", "provider", ""),
    (203, "age", "oversight:intelligence-new", "oversight.forms.IntelligenceForm", "summary", "adults", ""),
    (241, "nhs_number", "actions:action-report", "actions.forms.ReportForm", "text", "provider", ""),
)  # fmt: skip
SLIP = "J.S., DOB 03/05/2009"
REASON = "Initials and a date of birth had been pasted from a case file."


def load(locality: Locality, people: People, *, on: date) -> None:
    """A dozen rows, however many providers; nothing where the demonstration has no people."""
    key, commissioner = next(iter(locality.commissioners.items()))
    nurse, lead = people.get("nurse"), people.get("trustlead")
    if nurse is None or lead is None:
        return
    theirs = lead.memberships.values("organisation")
    action = (
        Action.objects.filter(commissioner=commissioner, organisation__in=theirs, circle=None).order_by("pk").first()
    )
    if action is None:
        return
    rules = GuardRule.objects.one_each(commissioner, on, by="code")
    now = datetime(on.year, on.month, on.day, 9, 30, tzinfo=UTC)
    for n, (days, code, route, form, field, who, reason) in enumerate(WARNINGS):
        by = lead if who == "provider" else people.get(who) or nurse
        at = now - timedelta(days=days, minutes=17 * n)
        warned = Warned.objects.create(
            commissioner=commissioner, organisation=action.organisation, rule=rules[code], code=code, route=route,
            form=form, field=field, key=f"demonstration{n:0>3}{key}"[:64], by=by, at=at,
        )  # fmt: skip
        if reason:
            Override.objects.create(warned=warned, reason=reason, by=by, at=at + timedelta(minutes=2))
    _removed(action, nurse, now - timedelta(days=40))


def _removed(action: Action, nurse: Any, at: datetime) -> None:
    """Words that had slipped into an action, taken out as somebody takes them out."""
    if Removal.objects.exists():
        return
    Action.objects.filter(pk=action.pk).update(text=f"{action.text} ({SLIP} was the case.)")
    action.refresh_from_db()
    remove(text_of("actions.action"), action, "text", SLIP, reason=REASON, by=nurse, at=at)  # type: ignore[arg-type]
    # It was told of then: nothing old is mailed.
    Letter.objects.filter(kind=LETTER, state=Letter.State.PENDING).update(state=Letter.State.SENT, sent_at=at)


__all__ = ["load"]
