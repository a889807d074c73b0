"""What identifiable was removed after it had slipped in: where, by whom, when and why. Never the words themselves.

The words are replaced by one function of the database (``privacy/migrations/0002``), which also writes the record:
the web role may call it and can do nothing else to a history. A removed file is recorded here by its app.
"""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


class Place(models.Model):
    """A column from which words may be removed. Filled from the registry at every migration; nobody else writes it."""

    table = models.CharField(max_length=63)
    column = models.CharField(max_length=63)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "column"], name="privacy_place_once")]

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


class RemovalQuerySet(TenantQuerySet):
    """Removals, seen by those who see how often the guard warned, and by the provider its own."""

    circle_path = "circle"

    def newest(self) -> Self:
        """The latest first, with the names that a list shows."""
        return self.select_related("organisation", "commissioner", "by").order_by("-at", "-pk")

    def since(self, day: date) -> Self:
        """From the day on."""
        return self.filter(at__date__gte=day)

    def touching(self, table: str, pk: int) -> Self:
        """Those that took words out of this row."""
        return self.filter(copies__contains=[{"table": table, "id": pk}])

    def made(self, *, by: "User", at: "datetime", **about: object) -> "Removal":
        """The record of a file whose bytes are gone; words are recorded by the database itself."""
        made: Removal = self.create(kind=Removal.Kind.FILE, by=by, at=at, **about)
        return made


class Removal(models.Model):
    """Append-only: words or a file that should not have been there."""

    class Kind(models.TextChoices):
        WORDS = "words", "Words in a text"
        FILE = "file", "A file"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey("accounts.Circle", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    # Which of the registered texts (privacy/texts.py), which of its rows, and which field.
    text = models.CharField(max_length=60)
    thing = models.BigIntegerField()
    field = models.CharField(max_length=63, blank=True)
    places = models.PositiveIntegerField("in how many places", default=1)
    # Each place as {table, column, id, n}; the histories among them.
    copies = models.JSONField(default=list)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RemovalQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="privacy_removal_with_reason")]
        indexes = [models.Index(fields=["text", "thing"], name="privacy_removal_of")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, removed"
