"""A recovery trajectory: what share of a line a provider plans to reach by the end of which month."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from training.models.lines import CODE


class TrajectoryQuerySet(TenantQuerySet):
    """Plans of providers."""

    def standing(self) -> Self:
        """The plan that holds; those before it were replaced."""
        return self.filter(replaced_at__isnull=True)


class Trajectory(models.Model):
    """The plan of one provider for one line. A new plan replaces it, and it is kept."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    code = models.SlugField("line", max_length=CODE)
    why_below = models.CharField("why it is below the threshold", max_length=600)
    what_is_done = models.CharField("what is done about it", max_length=600)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    objects = TrajectoryQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        verbose_name_plural = "trajectories"
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "organisation", "code"], condition=Q(replaced_at=None), name="trajectory_one"
            ),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="trajectory_whose"),
        ]

    def __str__(self) -> str:
        return self.code

    def replace(self, *, at: datetime) -> None:
        """Another plan takes its place."""
        type(self).objects.filter(pk=self.pk, replaced_at=None).update(replaced_at=at)


class TrajectoryPoint(models.Model):
    """What is planned by the last day of one month, in per cent (or the line's unit)."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    trajectory = models.ForeignKey(Trajectory, on_delete=models.PROTECT, related_name="points")
    by_day = models.DateField()
    planned = models.DecimalField(max_digits=9, decimal_places=3)

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["by_day"]
        constraints = [models.UniqueConstraint(fields=["trajectory", "by_day"], name="trajectory_point_once")]

    def __str__(self) -> str:
        return f"{self.by_day}: {self.planned}"
