"""The commissioner's dated numbers for levels, sampling and staleness (domain.md 4.3)."""

from django.db import models

from providers.models.policy import Dated, dated_constraints


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

    class Meta:
        constraints = dated_constraints("assurance_policy")
        verbose_name_plural = "assurance policies"

    def __str__(self) -> str:
        return f"from {self.valid_from}"
