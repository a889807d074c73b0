"""A recovery trajectory: what share of a line a provider plans to reach by the end of which month."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from training.models.lines import CODE

if TYPE_CHECKING:
    from accounts.models import User

OVERTAKEN = "Somebody else has just written a plan for this line. Look at it before you write another."


class TrajectoryQuerySet(TenantQuerySet):
    """Plans of providers."""

    def standing(self) -> Self:
        """The plan that holds; those before it were replaced."""
        return self.filter(replaced_at__isnull=True)

    @transaction.atomic
    def plan(
        self, whose: Any, code: str, points: Sequence[tuple[date, Decimal]], *, expected: str, by: "User", at: datetime,
        **words: str,
    ) -> "Trajectory":  # fmt: skip
        """Write a plan for a line of a return's organisation in place of the one that holds, which is kept.

        ``expected`` is the reference of the plan that the person saw, empty for none. Of two at once one is told.
        """
        line = {"commissioner_id": whose.commissioner_id, "organisation_id": whose.organisation_id, "code": code}
        held = self.model.objects.standing().filter(**line).select_for_update().first()
        if (held.reference if held else "") != expected:
            raise Refused(OVERTAKEN)
        if held is not None:
            held.replace(at=at)
        try:
            with transaction.atomic():
                made: Trajectory = self.model.objects.create(**line, **words, made_by=by, made_at=at)
        except IntegrityError as problem:
            raise Refused(OVERTAKEN) from problem
        place = {name: line[name] for name in ("commissioner_id", "organisation_id")}
        TrajectoryPoint.objects.bulk_create(
            TrajectoryPoint(**place, trajectory=made, by_day=day, planned=value) for day, value in points
        )
        return made


class Trajectory(models.Model):
    """The plan of one provider for one line. A new plan replaces it, and it is kept."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    code = models.SlugField("line", max_length=CODE)
    why_below = models.CharField("why it is below the threshold", max_length=600)
    what_is_done = models.CharField("what is done about it", max_length=600)
    why_not_reached = models.CharField("why the threshold is not reached by the end", max_length=300, blank=True)
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
