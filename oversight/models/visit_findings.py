"""What was found on a visit, line by line, each at a site; and the actions that follow from it.

A line keeps the key that the browser gave it, so that an edit made without a network lands where it belongs. To add a
judgement, a member of ``Judgement``, and say in ``ASKS_FOR_ACTION`` whether the provider has to act.
"""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.text import Truncator

from accounts.tenancy import TenantQuerySet


class VisitFindingQuerySet(TenantQuerySet):
    """Findings, seen by those who work on visits; others read the report."""

    def judged(self) -> Self:
        """Those with a judgement; a line that nobody has judged yet is no finding."""
        return self.exclude(judgement="")

    def immediate(self, **narrow: Any) -> Self:
        """Immediate concerns, with their visits; of visits that were not cancelled."""
        found = self.filter(judgement=VisitFinding.Judgement.IMMEDIATE_CONCERN, **narrow)
        return found.exclude(visit__state="cancelled").select_related("visit", "organisation", "site")

    def concerns(self) -> Self:
        """Concerns and immediate concerns: each has to lead to an action."""
        return self.filter(judgement__in=VisitFinding.ASKS_FOR_ACTION)

    def of(self, organisation: Any) -> Self:
        """Those at one provider."""
        return self.filter(organisation=organisation)

    def final(self) -> Self:
        """Those of final reports."""
        return self.filter(visit__state="final")


class VisitFinding(models.Model):
    """One line: what was looked at, what was found, and how it was judged."""

    class Judgement(models.TextChoices):
        GOOD_PRACTICE = "good_practice", "Good practice"
        COMPLIANT = "compliant", "Compliant"
        CONCERN = "concern", "Concern"
        IMMEDIATE_CONCERN = "immediate_concern", "Immediate concern"

    ASKS_FOR_ACTION: ClassVar[tuple[str, ...]] = (Judgement.CONCERN, Judgement.IMMEDIATE_CONCERN)
    TONES: ClassVar[dict[str, str]] = {
        "": "quiet",
        "good_practice": "good",
        "compliant": "good",
        "concern": "partly",
        "immediate_concern": "bad",
    }

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("oversight.Visit", on_delete=models.PROTECT, related_name="findings")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    asked = models.CharField("what was looked at", max_length=400, blank=True)
    criterion = models.ForeignKey(
        "framework.Criterion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    site = models.ForeignKey("providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    judgement = models.CharField(max_length=17, choices=Judgement.choices, blank=True)
    text = models.TextField("evidence", blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(null=True)

    objects = VisitFindingQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="visit_finding_whose"),
            models.UniqueConstraint(fields=["visit", "key"], name="visit_finding_key_once"),
        ]
        indexes = [
            models.Index(
                fields=["commissioner", "organisation"],
                condition=Q(judgement="immediate_concern"),
                name="visit_finding_immediate",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_judgement_display() or 'Not judged'}: {self.name}"

    @property
    def name(self) -> str:
        """What was looked at; of something found on the spot, how its evidence begins."""
        return self.asked or Truncator(self.text).chars(60)

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the judgement."""
        return self.TONES[self.judgement]


class FindingActionQuerySet(TenantQuerySet):
    """Seen like the action."""

    circle_path = "action__circle"


class FindingAction(models.Model):
    """The link from a finding to an action that follows from it."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey(VisitFinding, on_delete=models.PROTECT, related_name="actions")
    action = models.OneToOneField("actions.Action", on_delete=models.PROTECT, related_name="finding_link")

    objects = FindingActionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.action_id}"
