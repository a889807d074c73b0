"""When figures are collected and when they are questioned: the numbers of a commissioner, dated."""

from decimal import Decimal

from django.db import models

from providers.models.policy import Dated, dated_constraints


class CollectingRule(Dated):
    """How a commissioner collects: whether periods open by themselves, how long they run, what is asked back."""

    automatic = models.BooleanField(default=False, help_text="Periods are opened on their first day after they end")
    quarter_working_days = models.PositiveSmallIntegerField(
        default=20, help_text="A quarter's figures are due so many working days after its end"
    )
    month_working_days = models.PositiveSmallIntegerField(default=10)
    jump = models.DecimalField(
        max_digits=5, decimal_places=1, default=Decimal(20),
        help_text="A denominator that moved by more per cent since last time is asked about",
    )  # fmt: skip
    same_periods = models.PositiveSmallIntegerField(
        default=3, help_text="Identical figures in so many periods running are asked about"
    )
    fewest_moved = models.PositiveSmallIntegerField(
        default=3, help_text="A denominator that moved by fewer than this is not asked about"
    )
    fewest_alike = models.PositiveSmallIntegerField(
        default=20, help_text="Identical figures are not asked about where fewer than this are counted"
    )
    below_periods = models.PositiveSmallIntegerField(
        default=2, help_text="Below the threshold so many periods running: a recovery plan is asked for"
    )
    dip = models.DecimalField(
        max_digits=5, decimal_places=1, default=Decimal(5), help_text="A fall by so many points is an alert"
    )
    flat = models.DecimalField(
        max_digits=5, decimal_places=1, default=Decimal(1),
        help_text="Below the threshold and moved by less than so many points: flat",
    )  # fmt: skip
    fewest_peers = models.PositiveSmallIntegerField(default=5, help_text="Fewer like providers: no comparison is shown")
    query_working_days = models.PositiveSmallIntegerField(default=10, help_text="A question is due after so many")
    correction_working_days = models.PositiveSmallIntegerField(
        default=10, help_text="How long a provider may correct what was typed for it"
    )
    link_days = models.PositiveSmallIntegerField(default=30, help_text="A link opens so many days after the due date")

    class Meta:
        constraints = dated_constraints("collecting_rule")

    def __str__(self) -> str:
        return f"due after {self.quarter_working_days} working days"
