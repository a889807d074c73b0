"""Serious incidents as the provider reports them, and other indicators of a provider's quality.

An incident is a number, two dates, a category, a place and a strand: there is no box for what happened, because that
is held in the national system and not here. Categories and indicators are words of ``Term``.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.core.validators import RegexValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Q

from accounts.door import Refused
from accounts.models.memberships import Strand
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from oversight.models.withdrawing import Correctable, correctable_constraints
from providers.models.policy import Dated, dated_constraints

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation

STEIS = RegexValidator(r"^(19|20)\d\d/\d{1,7}$", "Enter the StEIS number as the year, a slash and figures: 2026/12345")


class IncidentRule(Dated):
    """For how many days a provider may correct what it reported; afterwards it withdraws and reports again."""

    correction_days = models.PositiveSmallIntegerField("days in which a report may be corrected", default=10)

    class Meta:
        constraints = dated_constraints("incident_rule")

    def __str__(self) -> str:
        return f"{self.correction_days} days from {self.valid_from}"


class SeriousIncidentQuerySet(TenantQuerySet):
    """Incidents in the users' words."""

    def standing(self) -> Self:
        """Not withdrawn: what counts."""
        return self.filter(withdrawn_at__isnull=True)

    def of(self, organisation: "Organisation | int") -> Self:
        """About one organisation."""
        return self.filter(organisation=organisation)

    def unread(self) -> Self:
        """Nobody of the commissioner has looked at it as it stands now."""
        return self.standing().filter(looked_at__isnull=True)

    def between(self, first: date, last: date) -> Self:
        """Happened between two days, both included."""
        return self.filter(happened_on__range=(first, last))

    def counted(self, *by: str) -> list[dict[str, Any]]:
        """How many of those standing, for each value of the columns ``by``. One query."""
        return list(self.standing().order_by().values(*by).annotate(n=Count("pk")).order_by("-n", *by))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class SeriousIncident(Correctable):
    """One incident that a provider reported. A number is reported once by a provider, unless it was withdrawn."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField("StEIS number", max_length=12, validators=[STEIS])
    happened_on = models.DateField("date of the incident")
    reported_on = models.DateField("date reported on StEIS")
    category = models.ForeignKey("oversight.Term", on_delete=models.PROTECT, related_name="+")
    strand = models.CharField(max_length=12, choices=Strand.choices)
    told_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    looked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(null=True, blank=True)

    objects = SeriousIncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="incident_whose"),
            *correctable_constraints("incident"),
            models.UniqueConstraint(
                fields=["organisation", "number"],
                condition=Q(withdrawn_at__isnull=True),
                name="incident_number_once",
                violation_error_message="This StEIS number has been reported already. Look at it in your list.",
            ),
            models.CheckConstraint(
                condition=Q(reported_on__gte=F("happened_on")), name="incident_reported_after_it_happened"
            ),
            models.CheckConstraint(
                condition=Q(looked_by__isnull=True, looked_at__isnull=True)
                | Q(looked_by__isnull=False, looked_at__isnull=False),
                name="incident_looked_at_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["commissioner", "-happened_on"], name="incident_of_commissioner"),
            models.Index(fields=["organisation", "-happened_on"], name="incident_of_organisation"),
            models.Index(
                fields=["commissioner"],
                condition=Q(looked_at__isnull=True, withdrawn_at__isnull=True),
                name="incident_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"Serious incident {self.number}"

    def correctable_until(self, rule: IncidentRule) -> datetime:
        """The moment after which it is withdrawn and reported again instead."""
        return self.told_at + timedelta(days=rule.correction_days)

    def look(self, *, expected: int, by: "User", at: datetime) -> None:
        """Somebody of the commissioner has looked at it. Refused when it changed, or when a colleague was first."""
        self._refuse_withdrawn()
        seen = type(self).objects.unread().filter(pk=self.pk, version=expected)
        if not seen.update(looked_by=by, looked_at=at, version=F("version") + 1):
            raise Refused("It was corrected or acknowledged in the meantime. Look at it as it stands.")
        self.refresh_from_db()

    def put_right(
        self, rule: IncidentRule, *, expected: int, by: "User", at: datetime, reason: str, **values: Any
    ) -> None:
        """The provider corrects its report while it may; the commissioner looks at it again."""
        if at > self.correctable_until(rule):
            raise Refused(
                f"A report can be corrected for {rule.correction_days} days. Withdraw it and report it again, "
                "or ring your contact at the commissioner."
            )
        seen = {"looked_by": None, "looked_at": None}
        self.correct({**values, **seen}, expected=expected, by=by, at=at, reason=reason)


class IndicatorQuerySet(TenantQuerySet):
    """Other indicators: every value that was ever entered, and which of them stand."""

    def of(self, organisation: "Organisation | int") -> Self:
        """About one organisation."""
        return self.filter(organisation=organisation)

    def standing(self) -> Self:
        """Not replaced by a correction."""
        return self.filter(replaced_by__isnull=True)

    def newest_of_each(self) -> Self:
        """For every indicator of a provider the latest value that stands."""
        kinds = ("organisation_id", "kind__code")
        return self.standing().order_by(*kinds, "-on", "-pk").distinct(*kinds)


class Indicator(models.Model):
    """One value of one indicator, as at a day, from a source. Append-only: a correction is a row that replaces it."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey("oversight.Term", on_delete=models.PROTECT, related_name="+")
    n = models.PositiveIntegerField("how many")
    d = models.PositiveIntegerField("of how many", null=True, blank=True)
    on = models.DateField("as at")
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    because = models.CharField("why it was corrected", max_length=300, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="indicator_whose"),
            models.CheckConstraint(
                condition=Q(d__isnull=True) | Q(d__gt=0, n__lte=F("d")), name="indicator_n_is_part_of_d"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, because="") | Q(replaces__isnull=False) & ~Q(because=""),
                name="indicator_replaces_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "kind", "-on"], name="indicator_of_organisation")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.n}" if self.d is None else f"{self.kind}: {self.n} of {self.d}"

    def replace(self, values: Mapping[str, Any], *, because: str, by: "User", at: datetime) -> "Indicator":
        """Put another value in its place. Refused when somebody else did already."""
        whose = {"commissioner_id": self.commissioner_id, "organisation_id": self.organisation_id, "kind": self.kind}
        told = {"because": because, "entered_by": by, "entered_at": at}
        try:
            with transaction.atomic():
                return type(self).objects.create(replaces=self, **whose, **told, **values)
        except IntegrityError as problem:
            raise Refused("This value was corrected already. Look at the history, and correct the newest.") from problem
