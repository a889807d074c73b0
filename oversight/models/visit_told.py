"""An immediate concern: who was told, how and when, and the letter to the executive lead.

The letter is drafted from a template, and a person changes and sends it; nothing sends it by itself. By mail goes
only that there is a letter; what it says is read after signing in (hazard 27).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.references import new_reference
from accounts.refusals import Refused
from accounts.tenancy import TenantQuerySet
from chasing.models import Letter
from design.calendar import london_date

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User


class ConcernToldQuerySet(TenantQuerySet):
    """Who was told."""


class ConcernTold(models.Model):
    """Append-only: somebody at the provider was told of an immediate concern."""

    class How(models.TextChoices):
        IN_PERSON = "in_person", "In person, on the visit"
        TELEPHONE = "telephone", "By telephone"
        VIDEO = "video", "By video"
        LETTER = "letter", "By letter or mail"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey("oversight.VisitFinding", on_delete=models.PROTECT, related_name="told")
    who = models.CharField("who was told", max_length=200)
    how = models.CharField(max_length=9, choices=How.choices)
    told_at = models.DateTimeField()
    agreed = models.TextField("what was agreed", blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ConcernToldQuerySet.as_manager()

    class Meta:
        ordering = ["told_at", "id"]

    def __str__(self) -> str:
        return f"{self.who}, {self.get_how_display().lower()}"

    def same_day_as(self, day: "date | None") -> bool:
        """Told on the day of the visit, as the route asks?"""
        return day is not None and london_date(self.told_at) <= day


class VisitLetterQuerySet(TenantQuerySet):
    """Letters that people wrote about visits. A provider reads those that were sent to it."""

    def _own_reach(self, user: "User", can: Can, on: "date") -> Q:
        return super()._own_reach(user, can, on) & Q(sent_at__isnull=False)


class VisitLetter(models.Model):
    """One letter to the executive lead, in the words of the person who sent it."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("oversight.Visit", on_delete=models.PROTECT, related_name="letters")
    to_name = models.CharField("to", max_length=200)
    text = models.TextField()
    drafted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    sent_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = VisitLetterQuerySet.as_manager()

    class Meta:
        ordering = ["drafted_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(sent_by__isnull=False), name="visit_letter_sent_by_somebody"
            )
        ]

    def __str__(self) -> str:
        return f"Letter to {self.to_name}"

    @transaction.atomic
    def send(self, *, by: "User", at: datetime) -> None:
        """A person sends it: from now on the provider's lead and executive read it, and are told so by mail."""
        sent = VisitLetter.objects.filter(pk=self.pk, sent_at__isnull=True).update(sent_by=by, sent_at=at)
        self.refresh_from_db()
        if not sent:
            raise Refused("This letter has been sent already.")
        tell("visit_letter", self, key=f"visit_letter:{self.pk}", at=at, visit_letter=self.pk)


def tell(kind: str, thing: "models.Model", *, key: str, at: datetime, **ids: int) -> None:
    """One letter to the organisation, once per key; its writer says which of its people get it beside the mailbox."""
    whose = {"commissioner_id": thing.commissioner_id, "organisation_id": thing.organisation_id}  # type: ignore[attr-defined]
    organisation = thing.organisation  # type: ignore[attr-defined]
    Letter.objects.write(kind, dedupe_key=key, at=at, to_organisation=organisation, about=ids, **whose)
