"""A list frozen as it was shown: a stable reference for a figure that somebody quoted. Append-only."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from exports.table import Heading, Kind, Table, digest, packed, unpacked

if TYPE_CHECKING:
    from accounts.models import User


class FrozenViewQuerySet(TenantQuerySet):
    """One commissioner's, and never a provider's to see: it holds rows about others."""

    organisation_path = ""

    def freeze(self, table: Table, *, commissioner: Any, why: str, by: "User", at: datetime) -> "FrozenView":
        """Keep the table as it is. Nothing else happens, and nothing can change it afterwards."""
        columns = [[each.title, each.kind.value, each.width] for each in table.headings]
        content = {"columns": columns, "rows": packed(table.rows)}
        made: FrozenView = self.create(
            commissioner=commissioner, listing=table.listing, title=table.title, columns=columns,
            rows=content["rows"], count=len(table.rows), said=[list(each) for each in table.said],
            notes=list(table.notes), why=why, as_at=table.as_at, by=by, at=at, sha256=digest(content),
        )  # fmt: skip
        return made

    def named(self) -> "FrozenViewQuerySet":
        """For lists: without the rows themselves."""
        return self.defer("rows", "columns").select_related("commissioner", "by")


class FrozenView(models.Model):
    """Columns and rows as they were shown, with the filter, the moment, the person and a check sum."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    listing = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    columns = models.JSONField()
    rows = models.JSONField()
    count = models.PositiveIntegerField()
    said = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    why = models.CharField(max_length=200, blank=True)
    as_at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    objects = FrozenViewQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["commissioner", "-at"], name="frozen_view_of")]

    def __str__(self) -> str:
        return f"{self.title} {self.reference}"

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The columns as they were."""
        return tuple(Heading(title, Kind(kind), width) for title, kind, width in self.columns)

    @property
    def is_whole(self) -> bool:
        """Does the content still give the check sum that was taken when it was frozen?"""
        return digest({"columns": self.columns, "rows": self.rows}) == self.sha256

    def table(self) -> Table:
        """The list as it was: the same for ever, whatever has happened since."""
        return Table(
            listing=self.listing, title=self.title, headings=self.headings, rows=unpacked(self.rows, self.headings),
            said=tuple((label, value) for label, value in self.said), whose=(self.commissioner.name,),
            as_at=self.as_at, by=str(self.by), notes=tuple(self.notes), frozen=self.reference, sha256=self.sha256,
        )  # fmt: skip
