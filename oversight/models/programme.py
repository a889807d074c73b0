"""Who is visited when: dated rules and weights, and the marks that people put on the order of the list.

A rule says how many months may pass between two visits to a kind of provider; a second rule for the same kind with
``from_points`` says it for those that need it more. A weight says how many points each reason gives; the reasons
themselves are the registry in ``oversight.programme.reasons``. Nothing here knows how points are found.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from providers.models import Arrangement
from providers.models.policy import Dated, dated_constraints

if TYPE_CHECKING:
    from accounts.models import User

MOST_MONTHS, MOST_POINTS = 120, 100


class VisitRule(Dated):
    """``who`` is a tier or the code of a category; the category's own rule comes before its tier's."""

    who = models.CharField(max_length=16)
    from_points = models.PositiveSmallIntegerField(default=0)
    months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: no regular visit")

    class Meta:
        constraints = [
            *dated_constraints("visit_rule", "who", "from_points"),
            models.CheckConstraint(
                condition=Q(months__isnull=True) | Q(months__range=(1, MOST_MONTHS)), name="visit_rule_months"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.months} months"


class VisitWeight(Dated):
    """What one reason gives: so many points for each, and never more than ``most``."""

    source = models.CharField(max_length=30)
    points = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            *dated_constraints("visit_weight", "source"),
            models.CheckConstraint(
                condition=Q(points__lte=MOST_POINTS, most__lte=MOST_POINTS), name="visit_weight_points"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.points}, at most {self.most}"

    def of(self, pieces: int) -> int:
        """The points that so many pieces of the reason give."""
        return min(self.points * pieces, self.most)


class StaffQuestions(Dated):
    """What staff are asked on a visit (domain.md 9), in the order in which they are asked."""

    questions = ArrayField(models.CharField(max_length=200))

    class Meta:
        constraints = [*dated_constraints("staff_questions")]
        verbose_name_plural = "staff questions"

    def __str__(self) -> str:
        return f"from {self.valid_from}"


class ProgrammeMarkQuerySet(TenantQuerySet):
    """Pins and "not now"."""

    def standing(self) -> Self:
        """Not taken back, whatever its date."""
        return self.filter(ended_at__isnull=True)

    def in_force(self, *, on: date) -> Self:
        """Not taken back, and not past the day from which the provider is back on the list."""
        return self.standing().filter(Q(until__isnull=True) | Q(until__gt=on))

    def put(
        self, arrangement: Arrangement, kind: str, *, reason: str, by: "User", at: datetime, on: date,
        until: date | None = None,
    ) -> "ProgrammeMark":  # fmt: skip
        """Pin a provider, or set it aside until a day. One mark at a time: of two people at once, one is told."""
        if arrangement.part != Arrangement.Part.LEAD or not arrangement.runs(on=on):
            raise Refused("Another commissioner leads this contract, or it is over, so it is not on your programme.")
        whose = {"commissioner_id": arrangement.commissioner_id, "organisation_id": arrangement.organisation_id}
        try:
            with transaction.atomic():
                lapsed = self.standing().filter(until__lte=on, **whose)
                lapsed.update(ended_at=at, ended_by=by, ended_reason="Its date had passed.")
                return self.create(kind=kind, reason=reason, until=until, by=by, at=at, **whose)
        except IntegrityError as problem:
            held = self.standing().filter(**whose).select_related("by").first()
            raise Refused(held.in_the_way() if held else "Somebody has just changed this. Try again.") from problem


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class ProgrammeMark(models.Model):
    """A person's hand on the order of the programme: first, or not now; with the reason, and taken back with one."""

    class Kind(models.TextChoices):
        PIN = "pin", "Pinned"
        NOT_NOW = "not_now", "Not now"

    BACK: ClassVar[dict[str, str]] = {"pin": "Unpin", "not_now": "Take “not now” back"}

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    until = models.DateField(null=True, blank=True, help_text="The day on which it is back on the list")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    objects = ProgrammeMarkQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="programme_mark_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind="pin", until__isnull=True) | Q(kind="not_now", until__isnull=False),
                name="programme_mark_not_now_has_a_date",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="programme_mark_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_reason=""),
                name="programme_mark_ended_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """As the list says it."""
        return f"Not now, until {self.until:%-d %B %Y}" if self.until else "Pinned"

    def in_the_way(self) -> str:
        """Why no second mark can be put."""
        return (
            f"{self.in_words} already, by {self.by} on {self.at:%-d %B %Y}: “{self.reason}” "
            "Take that back first, then put yours."
        )

    def take_back(self, reason: str, *, by: "User", at: datetime) -> None:
        """The provider stands where its points put it again. Once: of two people at once, one is told."""
        mine = type(self).objects.standing().filter(pk=self.pk)
        if not mine.update(ended_at=at, ended_by=by, ended_reason=reason):
            raise Refused("Somebody has taken this back already. Look at the programme as it stands.")
        self.refresh_from_db()
