"""Key lines of enquiry: what a visit looks at, chosen before it from the criteria or written freely.

The write-up records what was found on each line. The words are kept as they stood when the line was chosen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q

from accounts.refusals import Refused
from accounts.tenancy import TenantQuerySet
from framework.models import CriterionVersion

if TYPE_CHECKING:
    from oversight.models.visits import Visit


@dataclass(frozen=True)
class Chosen:
    """One line as it was chosen: its words, why, and the criterion that it comes from."""

    text: str
    why: str = ""
    criterion_version: CriterionVersion | None = None


class VisitLineQuerySet(TenantQuerySet):
    """Lines, seen by those who work on visits."""

    @transaction.atomic
    def choose(self, visit: "Visit", lines: Iterable[Chosen]) -> None:
        """Let the visit look at these lines and at no others. Only while it is planned: later they hold findings."""
        held = type(visit).objects.select_for_update(of=("self",)).get(pk=visit.pk)
        if not held.is_planned:
            raise Refused("This visit has been written up or cancelled, so its lines stay as they are.")
        self.filter(visit=visit).delete()
        whose: dict[str, Any] = {"commissioner_id": held.commissioner_id, "organisation_id": held.organisation_id}
        self.bulk_create(
            VisitLine(
                visit=held, position=n, criterion_version=each.criterion_version, text=each.text[:400],
                why=each.why[:300], **whose,
            )
            for n, each in enumerate(lines, 1)
        )  # fmt: skip


class VisitLine(models.Model):
    """One line of enquiry of one visit, in its order."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("oversight.Visit", on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    criterion_version = models.ForeignKey(
        CriterionVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField(max_length=400)
    why = models.CharField("why it was chosen", max_length=300, blank=True)

    objects = VisitLineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="visit_line_whose"),
            models.UniqueConstraint(fields=["visit", "criterion_version"], name="visit_line_once"),
            models.CheckConstraint(condition=~Q(text=""), name="visit_line_has_words"),
        ]

    def __str__(self) -> str:
        return self.text
