"""When anything changed that figures are made of: how a page knows that what it drew still holds (decision 19)."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Count, Func, Max, Min, TextField

# Tables that the overview reads, with the columns that matter where others change all the time. A trigger on each
# notes its changes (migration 0015); a test compares the three: this list, the triggers, and what the page reads.
WATCHED: dict[str, tuple[str, ...]] = {
    "accounts_circle": (),
    "accounts_circlemember": (),
    "accounts_cover": (),
    "accounts_declaredinterest": (),
    "accounts_membership": (),
    "accounts_user": ("is_active",),
    "assurance_assurancepolicy": (),
    "assurance_inquestion": (),
    "assurance_levelresult": (),
    "assurance_recordedgrade": (),
    "assurance_recordedset": (),
    "assurance_round": (),
    "assurance_selfassessment": (),
    "assurance_standardresult": (),
    "framework_criterionversion": (),
    "framework_frameworkversion": (),
    "framework_grade": (),
    "framework_standard": (),
    "providers_arrangement": (),
    "providers_category": (),
    "providers_organisation": (),
}

Stamp = tuple[int, int, int, datetime]


class FiguresChangeQuerySet(models.QuerySet["FiguresChange"]):
    """Questions about what changed."""

    def stamp(self) -> Stamp | None:
        """Two equal stamps mean that nothing was committed in between that figures are made of.

        Transactions end in another order than they begin, so the last one alone would not do: how many there are
        grows with each that ends. None within a transaction that has changed something itself: what it sees is not
        yet what others see. One query.
        """
        mine = Func(function="pg_current_xact_id_if_assigned", output_field=TextField())
        row = self.aggregate(n=Count("pk"), first=Min("pk"), last=Max("pk"), newest=Max("at"), mine=Count(mine))
        return None if row["mine"] or not row["n"] else (row["n"], row["first"], row["last"], row["newest"])

    def old(self, *, at: datetime) -> Self:
        """Notes of more than a day ago: whoever drew something then drew it again since, or does so now."""
        return self.filter(at__lt=at - timedelta(days=1))


class FiguresChange(models.Model):
    """One transaction that changed something in a watched table. Written by triggers and by nothing else."""

    transaction = models.BigIntegerField()
    at = models.DateTimeField("when the transaction began")

    objects = FiguresChangeQuerySet.as_manager()

    class Meta:
        # Numbers of transactions begin anew in a restored database; moments do not.
        constraints = [models.UniqueConstraint(fields=["at", "transaction"], name="figures_changed_once")]

    def __str__(self) -> str:
        return f"Figures changed in transaction {self.transaction}"
