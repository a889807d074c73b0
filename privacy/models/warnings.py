"""What the guard warned of, and what somebody said about it. Both append-only; neither holds the words themselves.

A warning is kept as the kind, where it was, and a keyed digest of what was found: enough to count, to know it again
when it is sent once more, and worth nothing to whoever reads the table.
"""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Count
from django.db.models.functions import TruncMonth

from accounts.tenancy import TenantQuerySet
from privacy.models.rules import GuardRule, Kind


class WarnedQuerySet(TenantQuerySet):
    """Warnings, seen by those who see how often the guard warned."""

    organisation_path = ""

    def since(self, day: date) -> Self:
        """From the day on."""
        return self.filter(at__date__gte=day)

    def counted_by(self, *fields: str) -> list[dict[str, object]]:
        """How many, and how many of them were overridden, by these columns or "month". One query."""
        rows = self.annotate(month=TruncMonth("at")) if "month" in fields else self
        found = rows.order_by().values(*fields).annotate(n=Count("pk"), overridden=Count("override"))
        return list(found.order_by(*(f"-{name}" if name == "month" else name for name in fields)))


class Warned(models.Model):
    """One thing that the guard warned of, once for each person, place and thing found."""

    commissioner = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(GuardRule, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=10, choices=Kind.choices)
    route = models.CharField("the page", max_length=100, blank=True)
    form = models.CharField(max_length=100)
    field = models.CharField(max_length=100)
    places = models.PositiveSmallIntegerField("how many places in the text", default=1)
    key = models.CharField("the same again", max_length=64, unique=True)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WarnedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["commissioner", "at"], name="privacy_warned_when")]

    def __str__(self) -> str:
        return f"{self.get_code_display()} in {self.form}"


class OverrideQuerySet(TenantQuerySet):
    """Seen like the warning that it answers."""

    commissioner_path = "warned__commissioner"
    organisation_path = ""

    def newest(self) -> Self:
        """The latest first, with what each is about."""
        found = self.select_related("warned__organisation", "warned__by", "warned__commissioner", "by")
        return found.order_by("-at", "-pk")


class Override(models.Model):
    """Somebody said that it is not about a person, why, and saved it."""

    warned = models.OneToOneField(Warned, on_delete=models.PROTECT, related_name="override")
    reason = models.CharField("why it is not about a person", max_length=200)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="privacy_override_with_reason")]

    def __str__(self) -> str:
        return f"{self.warned}, overridden"
