"""The commissioner's dated numbers for levels, sampling and staleness (domain.md 4.3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from providers.models import Arrangement
from providers.models.policy import Dated, dated_constraints, let_hold

# The least and the most of each number: the form says so in words, and the database keeps nothing else.
BOUNDS = {
    "reds_for_limited": (0, 98),
    "sample_size": (0, 98),
    "rating_stale_months": (1, 120),
    "action_days": (1, 730),
    "link_days": (0, 365),
    "regulator_days": (1, 365),
}


class AssurancePolicy(Dated):
    """One row holds at a time for a commissioner; the shipped default has none."""

    reds_for_limited = models.PositiveSmallIntegerField(
        default=5, help_text="More “not met” criteria than this make the level limited."
    )
    sample_size = models.PositiveSmallIntegerField(
        default=5, help_text="How many further criteria are drawn at random when validating by exception."
    )
    rating_stale_months = models.PositiveSmallIntegerField(
        default=18, help_text="A rating older than this is shown as out of date."
    )
    action_days = models.PositiveSmallIntegerField(
        default=90, help_text="Days that an action opened by validation is given unless the validator says otherwise."
    )
    link_days = models.PositiveSmallIntegerField(
        default=30, help_text="Days after the due date until which a return can still be answered by a link."
    )
    regulator_days = models.PositiveSmallIntegerField(
        default=40, help_text="Days after which a regulator’s rating that was brought in must be looked up again."
    )

    class Meta:
        constraints = [
            *dated_constraints("assurance_policy"),
            *(
                models.CheckConstraint(condition=Q((f"{name}__range", bounds)), name=f"assurance_policy_{name}")
                for name, bounds in BOUNDS.items()
            ),
        ]
        verbose_name_plural = "assurance policies"

    def __str__(self) -> str:
        return f"from {self.valid_from}"


# Where no commissioner leads, nobody has said otherwise.
SHIPPED_DAYS: int = AssurancePolicy._meta.get_field("regulator_days").default


@dataclass(frozen=True)
class Policies:
    """One commissioner's rows, latest first, and which of them is in force."""

    commissioner: Any
    rows: list[AssurancePolicy]
    in_force: AssurancePolicy | None


def policies_of(commissioners: Iterable[Any], *, on: date) -> list[Policies]:
    """Own and shipped rows of each commissioner. Two queries."""
    ours = list(commissioners)
    rows = list(
        AssurancePolicy.objects.filter(Q(commissioner__in=ours) | Q(commissioner__isnull=True)).order_by("-valid_from")
    )
    found = []
    for commissioner in ours:
        mine = [row for row in rows if row.commissioner_id in (commissioner.pk, None)]
        holding = sorted((row for row in mine if row.holds(on)), key=lambda row: row.commissioner_id is None)
        found.append(Policies(commissioner, mine, holding[0] if holding else None))
    return found


def regulator_days(commissioner: Any, *, on: date) -> int:
    """After how many days a rating that was brought in is marked "check" (hazard 16)."""
    rule = AssurancePolicy.objects.in_force(commissioner, on).first()
    return rule.regulator_days if rule else SHIPPED_DAYS


def regulator_days_of_leads(organisations: Any, *, on: date) -> Any:
    """The same as rows over the lead contracts of organisations (``organisation_id``, ``days``), for one statement.

    ``days`` is None where nobody has said, and there is no row where nobody leads: then it is ``SHIPPED_DAYS``.
    """
    rows = AssurancePolicy.objects.filter(Q(commissioner=OuterRef("commissioner")) | Q(commissioner=None))
    rule = rows.filter(valid_from__lte=on).exclude(valid_to__lte=on).order_by(F("commissioner").asc(nulls_last=True))
    leads = Arrangement.objects.live(on=on).leading().filter(organisation__in=organisations)
    return leads.annotate(days=Subquery(rule.values("regulator_days")[:1]))


def set_policy(row: AssurancePolicy) -> None:
    """Let the row hold from its day; raises Overtaken where a later one is set."""
    let_hold(row, overtaken="Numbers from {day} are set already")
