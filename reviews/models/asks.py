"""What a provider is asked where learning is marked "action needed": to say that it was read, and what it does."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from chasing.models.due import Due, DueQuerySet, due_indexes

if TYPE_CHECKING:
    from accounts.models import User


class LearningAskQuerySet(DueQuerySet):
    """Learning that providers are asked to act on. A provider meets its own."""


class LearningAsk(Due):
    """One provider is asked by a day. ``ended``: the learning was withdrawn before it answered."""

    kind_code = "learning_ask"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    learning = models.ForeignKey("reviews.Learning", on_delete=models.PROTECT, related_name="asked_of")
    ended = models.BooleanField(default=False)

    objects = LearningAskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learning", "organisation"], name="learning_ask_once"),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="learning_ask_whose"),
            models.CheckConstraint(condition=Q(circle__isnull=True), name="learning_ask_without_a_list"),
        ]
        indexes = due_indexes("learning_ask")

    def __str__(self) -> str:
        return f"Learning {self.reference}"

    @transaction.atomic
    def acknowledge(self, text: str, *, by: "User", at: datetime) -> "Acknowledgement":
        """The provider has read it and says what it does. Once: a second answer is refused."""
        open_ = type(self).objects.filter(pk=self.pk, settled_at__isnull=True)
        if not open_.update(settled_at=at):
            self.refresh_from_db()
            raise Refused(
                "This learning was withdrawn, and nothing is asked of you any more."
                if self.ended
                else "Somebody at your organisation has answered this already."
            )
        self.refresh_from_db()
        return Acknowledgement.objects.create(
            ask=self,
            commissioner_id=self.commissioner_id,
            organisation_id=self.organisation_id,
            text=text,
            by=by,
            at=at,
        )  # type: ignore[no-any-return]


class AcknowledgementQuerySet(TenantQuerySet):
    """Answers of providers."""


class Acknowledgement(models.Model):
    """Append-only: one provider has read it, and what it does about it."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    ask = models.OneToOneField(LearningAsk, on_delete=models.PROTECT, related_name="answer")
    text = models.CharField("what we do", max_length=500)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text
