"""The log of exports: who took which list out, when, narrowed how, and how many rows it had. Append-only."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from exports.table import Table


class ExportQuerySet(TenantQuerySet):
    """Read by those who read the history of the organisation in whose name it was taken."""

    commissioner_path = "organisation"

    def note(self, table: "Table", *, ending: str, places: Iterable[Any], by: "User", at: datetime) -> None:
        """One line for each organisation that the person took it out for."""
        said = table.filter_in_words[:500]
        self.bulk_create(
            self.model(
                organisation=place, listing=table.listing, title=table.title[:200], ending=ending, said=said,
                frozen=table.frozen, rows=len(table.rows), by=by, at=at,
            )
            for place in places
        )  # fmt: skip


class Export(models.Model):
    """One list that left the portal as a file. ``frozen`` is the reference of the frozen view that it was, if any."""

    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    listing = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    ending = models.CharField(max_length=4)
    said = models.CharField("filter", max_length=500)
    frozen = models.CharField(max_length=10, blank=True)
    rows = models.PositiveIntegerField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["organisation", "-at"], name="export_of_organisation")]

    def __str__(self) -> str:
        return f"{self.title}, {self.rows} rows"
