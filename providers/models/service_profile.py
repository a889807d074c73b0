"""The service profile: a few yes-or-no facts that decide which criteria apply."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models, transaction

from accounts.door import Stale
from providers.models.organisations import Organisation
from providers.models.register import WithOrganisationQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class ServiceQuestion(models.Model):
    """One question of the profile, as data; criteria name it as their condition."""

    key = models.CharField(max_length=40, unique=True)
    question = models.CharField(max_length=200)
    hint = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.question


class ServiceAnswerQuerySet(WithOrganisationQuerySet):
    """What was said about which organisation's services."""

    def by_key(self) -> dict[str, bool]:
        """Question key to yes or no; what is missing is not known. Asked of one organisation's answers."""
        return dict(self.values_list("question__key", "holds"))

    @transaction.atomic
    def say(
        self,
        organisation: Organisation,
        said: Mapping[str, bool | None],
        *,
        seen: Mapping[str, bool],
        by: "User",
        on: date,
    ) -> int:
        """Keep the answers that differ from what stands, with who and when; None takes an answer back.

        ``seen`` is what the person was shown: when it has changed since, nothing is saved. Returns how many changed.
        """
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        stands = self.filter(organisation=organisation).by_key()
        if stands != dict(seen):
            raise Stale("Somebody else changed this service profile first. Nothing of yours was saved over it.")
        changed = {key: holds for key, holds in said.items() if stands.get(key) != holds}
        questions = ServiceQuestion.objects.in_bulk(list(changed), field_name="key")
        self.filter(organisation=organisation, question__key__in=[k for k, v in changed.items() if v is None]).delete()
        self.bulk_create(
            (
                ServiceAnswer(
                    organisation=organisation, question=questions[key], holds=holds, stated_by=by, stated_on=on
                )
                for key, holds in changed.items()
                if holds is not None
            ),
            update_conflicts=True,
            unique_fields=["organisation", "question"],
            update_fields=["holds", "stated_by", "stated_on"],
        )
        return len(changed)

    def about(self, organisation: Organisation) -> Self:
        """The answers of one organisation with their question and who said so."""
        return self.filter(organisation=organisation).select_related("question", "stated_by")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True)
class ServiceAnswer(models.Model):
    """Yes or no, who said so and when. No row means not known, and then the criterion is asked."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    question = models.ForeignKey(ServiceQuestion, on_delete=models.PROTECT, related_name="+")
    holds = models.BooleanField()
    stated_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    stated_on = models.DateField()

    objects = ServiceAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "question"], name="service_answer_once")]

    def __str__(self) -> str:
        return f"{self.question}: {'yes' if self.holds else 'no'}"
