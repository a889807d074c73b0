"""The service profile: a few yes-or-no facts that decide which criteria apply."""

import pghistory
from django.db import models

from providers.models.organisations import Organisation


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


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class ServiceAnswer(models.Model):
    """Yes or no, who said so and when. No row means not known, and then the criterion is asked."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    question = models.ForeignKey(ServiceQuestion, on_delete=models.PROTECT, related_name="+")
    holds = models.BooleanField()
    stated_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    stated_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "question"], name="service_answer_once")]

    def __str__(self) -> str:
        return f"{self.question}: {'yes' if self.holds else 'no'}"
