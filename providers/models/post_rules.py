"""Which posts an organisation must have, as dated rows: by category, by service, for the commissioner itself.

Shipped rows come from ``providers/data/posts.toml`` (domain.md 2.1, 2.2); a commissioner's own row of the same kind
comes before them. The row of a kind that is not wanted any more says so with ``wanted``, so that it can be dated.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models.memberships import Strand
from providers.models.contacts import Contact
from providers.models.policy import Dated, DatedPolicyQuerySet, dated_constraints

if TYPE_CHECKING:
    from providers.models.organisations import Organisation

# Stands among the categories for the commissioner itself, which has none.
COMMISSIONER = "COMMISSIONER"


class PostRuleQuerySet(DatedPolicyQuerySet):
    """Rules of posts."""

    def by_kind(self, commissioner: "Organisation | int | None", on: date) -> dict[str, "PostRule"]:
        """The rule in force for each kind of post, in the order of the screen."""
        found: dict[str, PostRule] = self.one_each(commissioner, on, by="kind")
        return dict(sorted(found.items(), key=lambda pair: (pair[1].position, pair[0])))

    def statutory_kinds(self, commissioner: "Organisation | int | None", on: date) -> frozenset[str]:
        """The kinds of post that law or statutory guidance asks for."""
        return frozenset(
            kind for kind, rule in self.by_kind(commissioner, on).items() if rule.wanted and rule.statutory
        )


class PostRule(Dated):
    """A kind of post: who must have it, how it is checked, and which other posts its holder must not hold."""

    kind = models.SlugField(max_length=40)
    title = models.CharField(max_length=120)
    categories = ArrayField(models.CharField(max_length=16), default=list)
    service = models.CharField(max_length=40, blank=True, help_text="Only where this service is given.")
    wanted = models.BooleanField(default=True)
    statutory = models.BooleanField(default=False)
    strand = models.CharField(max_length=12, choices=Strand.choices, blank=True)
    required_wte = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    verify_days = models.PositiveSmallIntegerField(default=365)
    apart_from = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    contact_kind = models.CharField(max_length=20, choices=Contact.Kind.choices, blank=True)
    public = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects = PostRuleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["position", "kind"]
        constraints = [
            *dated_constraints("post_rule", "kind"),
            models.CheckConstraint(condition=Q(verify_days__range=(1, 1500)), name="post_rule_verify_days"),
        ]

    def __str__(self) -> str:
        return self.title

    def asks(self, category: str, services: Collection[str]) -> bool:
        """Must a body of this category, giving these services, have the post?"""
        return self.wanted and category in self.categories and (not self.service or self.service in services)


def asked_of(rules: Iterable[PostRule], organisation: "Organisation", services: Collection[str]) -> list[PostRule]:
    """The posts that an organisation must have, in the order of the rules."""
    if organisation.kind == "commissioner":
        category = COMMISSIONER
    else:
        category = organisation.category.code if organisation.category else ""
    return [rule for rule in rules if rule.asks(category, services)]
