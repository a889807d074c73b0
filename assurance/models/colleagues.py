"""Asking a colleague of the provider's own to answer one standard: who, by whom, when, and taken back or not.

Asking gives no right that the colleague does not have; it is a letter with a link, and a line on the task list.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.models import Membership
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from assurance.models.assessments import IllegalMove, SelfAssessment
from assurance.models.recipients import tell_person
from design.calendar import london_date
from framework.models import Standard

if TYPE_CHECKING:
    from accounts.models import User


class ColleagueAskQuerySet(TenantQuerySet):
    """The provider's own; its commissioner does not see who writes what."""

    commissioner_path = ""
    circle_path = "self_assessment__circle"

    def open(self) -> Self:
        """Not taken back."""
        return self.filter(ended_at__isnull=True)


class ColleagueAsk(models.Model):
    """One colleague was asked to answer one standard of one return."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="colleague_asks")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ColleagueAskQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["self_assessment", "standard", "colleague"],
                condition=Q(ended_at__isnull=True),
                name="colleague_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="colleague_ask_ended_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def take_back(self, *, by: "User", at: datetime) -> None:
        """The colleague is not asked any more; a letter that has not gone yet does not go. Kept with by whom."""
        mine = type(self).objects.open().filter(pk=self.pk)
        if not mine.update(ended_by=by, ended_at=at):
            raise Refused("This has been taken back already.")
        self.refresh_from_db()


def may_answer(colleague: "User", organisation: int, *, on: date) -> bool:
    """Does the person fill in returns for the organisation?"""
    held = Membership.objects.live(on=on).granting(Can.FILL_ASSESSMENT)
    return held.filter(organisation=organisation, user=colleague).exists()


@transaction.atomic
def ask_colleague(
    assessment: SelfAssessment, standard: Standard, colleague: "User", *, by: "User", at: datetime
) -> ColleagueAsk:
    """Ask somebody of the same organisation to answer a standard; they get a letter with the link to it."""
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    if not locked.is_editable or locked.entering:
        raise IllegalMove(f"This return is “{locked.get_state_display()}”, so nobody is asked to write in it now.")
    if not may_answer(colleague, locked.organisation_id, on=london_date(at)):
        raise Refused(f"{colleague.name} does not fill in returns for your organisation. Choose somebody else.")
    try:
        with transaction.atomic():
            ask = ColleagueAsk.objects.create(
                commissioner_id=locked.commissioner_id, organisation_id=locked.organisation_id,
                self_assessment=locked, standard=standard, colleague=colleague, by=by, at=at,
            )  # fmt: skip
    except IntegrityError as problem:
        raise Refused(f"{colleague.name} has been asked for this standard already.") from problem
    tell_person("colleague_asked", locked, colleague, at=at, about={"ask": ask.pk})
    return ask
