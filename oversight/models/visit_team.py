"""Who goes on a visit: people of the commissioner, and people of other bodies by name.

Nobody with a declared interest in the provider goes (hazard 28): the verb refuses, and the form says it at the box.
"""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.models import DeclaredInterest
from accounts.refusals import Refused
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from oversight.models.visits import Visit


class HasInterest(Refused):
    """The person declared an interest in the provider."""


def refuse_interest(person: "User", visit: "Visit", *, on: date) -> None:
    """Somebody who declared an interest in the provider takes no part in a visit to it."""
    if DeclaredInterest.objects.live(on=on).filter(user=person, organisation=visit.organisation_id).exists():
        raise HasInterest(
            f"{person} has declared an interest in {visit.organisation}, so takes no part. Choose somebody else."
        )


class VisitMemberQuerySet(TenantQuerySet):
    """People of visits."""


class VisitMember(models.Model):
    """One person on the team: somebody with an account, or a name with organisation and role."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("oversight.Visit", on_delete=models.CASCADE, related_name="team")
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150, blank=True)
    comes_from = models.CharField("organisation", max_length=200, blank=True)
    role = models.CharField(max_length=120, blank=True)

    objects = VisitMemberQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, name="") | (Q(user__isnull=True) & ~Q(name="")),
                name="visit_member_is_somebody",
            ),
            models.UniqueConstraint(fields=["visit", "user"], name="visit_member_once"),
        ]

    def __str__(self) -> str:
        who = str(self.user) if self.user_id else f"{self.name}, {self.comes_from}"
        return f"{who} ({self.role})" if self.role else who

    @property
    def who(self) -> tuple[int | None, str, str, str]:
        """What tells one person on a team from another."""
        return (self.user_id, self.name, self.comes_from, self.role)

    def may_go(self, visit: "Visit", *, on: date) -> None:
        """Refused for somebody with an interest, or from the provider itself."""
        if self.user is not None:
            refuse_interest(self.user, visit, on=on)
        elif self.comes_from.strip().casefold() == visit.organisation.name.casefold():
            raise HasInterest(f"{self.name} comes from {visit.organisation}, so takes no part. Leave this line out.")

    def join(self, visit: "Visit", *, on: date) -> None:
        """Take part in the visit, unless refused."""
        self.may_go(visit, on=on)
        self.visit, self.commissioner_id, self.organisation_id = visit, visit.commissioner_id, visit.organisation_id
        self.save()
