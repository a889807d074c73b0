"""How figures are split: staff groups, roles of a practice or a care home, age bands, reasons for being late.

A ``Grouping`` is one way of splitting and a ``Group`` one row of it; both are dated, and a commissioner's own stand in
place of the shipped ones. A return keeps the codes of the groups that it was issued with.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from providers.models.organisations import Tier
from providers.models.policy import Dated, dated_constraints

# Beside the tiers of providers: the commissioner's own people, whatever its own contract says.
OWN = "own"


class Grouping(Dated):
    """One way of splitting a figure, for example by the staff groups of the Electronic Staff Record."""

    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=80)
    heading = models.CharField("heading of the column", max_length=40, help_text="For example Staff group, Role, Age")
    of_staff = models.BooleanField(default=True, help_text="People who work for the provider are split by it")

    class Meta:
        ordering = ["name"]
        constraints = dated_constraints("grouping", "code")

    def __str__(self) -> str:
        return self.name


class Group(Dated):
    """One row of a grouping."""

    grouping = models.SlugField(max_length=30)
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=80)
    also = ArrayField(
        models.CharField(max_length=80), default=list, blank=True,
        help_text="Other names by which lists and workbooks call it",
    )  # fmt: skip
    in_use = models.BooleanField(default=True, help_text="An own row that is not in use stops a shipped group")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["grouping", "position"]
        constraints = dated_constraints("group", "grouping", "code")

    def __str__(self) -> str:
        return self.name


class StaffSplit(Dated):
    """By which grouping the staff of a kind of provider are split; no grouping means one box for everybody."""

    tier = models.CharField(max_length=16, choices=Tier.choices, blank=True)
    category = models.CharField(max_length=8, blank=True, help_text="Of this category only; comes before the tier")
    grouping = models.SlugField(max_length=30, blank=True)
    roles_down = models.BooleanField(default=False, help_text="Roles are the rows of the grid and lines its columns")

    class Meta:
        ordering = ["category", "tier"]
        constraints = [
            *dated_constraints("staff_split", "tier", "category"),
            models.CheckConstraint(condition=Q(tier="") ^ Q(category=""), name="staff_split_tier_or_category"),
        ]

    def __str__(self) -> str:
        whose = self.category or ("own people" if self.tier == OWN else self.get_tier_display())
        return f"{whose}: {self.grouping or 'everybody together'}"
