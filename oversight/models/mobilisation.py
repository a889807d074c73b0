"""A service that is being bought: safeguarding at every stage of commissioning, from need to live (R24, R84, R110).

The safeguarding part is recorded by one person and signed off by another; nothing goes live unsigned. To add a stage,
add it to ``Stage``: the order there is the order of the stages.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
from django.db import models, transaction
from django.db.models import F, Q

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from providers.models.versions import Versioned

if TYPE_CHECKING:
    from accounts.models import User

MOBILISING = "Mobilising – not yet assured"


class MobilisationQuerySet(TenantQuerySet):
    """New services."""

    def running(self) -> Self:
        """Neither live nor abandoned."""
        return self.exclude(stage__in=Mobilisation.OVER)

    def begin(self, commissioner: Any, *, by: "User", at: datetime, **given: Any) -> "Mobilisation":
        """Open the record; its first stage is the first line of its history."""
        with transaction.atomic():
            found: Mobilisation = self.create(commissioner=commissioner, recorded_by=by, recorded_at=at, **given)
            found.steps.create(commissioner=commissioner, stage=found.stage, by=by, at=at)
        return found

    def being_set_up(self) -> Self:
        """The contract is let and the service is not live: its provider shows "mobilising"."""
        return self.filter(stage__in=[Mobilisation.Stage.CONTRACT, Mobilisation.Stage.MOBILISATION])

    def unsigned(self) -> Self:
        """Running, and the safeguarding part waits for its second person."""
        return self.running().filter(signed_at__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Mobilisation(Versioned):
    """One new service: where it stands, what was asked about safeguarding, and who signed that off."""

    class Stage(models.TextChoices):
        NEED = "need", "Need"
        SPECIFICATION = "specification", "Specification"
        PROCUREMENT = "procurement", "Procurement"
        CONTRACT = "contract", "Contract"
        MOBILISATION = "mobilisation", "Mobilisation"
        LIVE = "live", "Live"
        ABANDONED = "abandoned", "Abandoned"

    class Result(models.TextChoices):
        WAITING = "waiting", "Not answered yet"
        MET = "met", "Meets the requirement"
        CONDITIONS = "conditions", "Meets it with conditions"
        NOT_MET = "not_met", "Does not meet it"

    OVER: ClassVar[tuple[str, ...]] = (Stage.LIVE, Stage.ABANDONED)
    TONES: ClassVar[dict[str, str]] = {"live": "good", "abandoned": "quiet", "mobilisation": "waiting"}
    # What the second person signs: a change of any of these takes the signature away.
    SIGNED: ClassVar[tuple[str, ...]] = (
        "question", "result", "score", "conditions", "impact_assessed_on", "impact_answer", "organisation",
    )  # fmt: skip

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="mobilisations"
    )
    service = models.CharField("service", max_length=200)
    stage = models.CharField(max_length=13, choices=Stage.choices, default=Stage.NEED)
    question = models.TextField("safeguarding question", blank=True)
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.WAITING)
    score = models.CharField(max_length=40, blank=True)
    conditions = models.TextField(blank=True)
    impact_assessed_on = models.DateField("quality impact assessment done on", null=True, blank=True)
    impact_answer = models.TextField("what the quality impact assessment says about safeguarding", blank=True)
    go_live_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    signed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_words = models.CharField(max_length=300, blank=True)

    objects = MobilisationQuerySet.as_manager()

    class Meta:
        ordering = ["go_live_on", "service", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner"], name="mobilisation_whose"),
            models.CheckConstraint(condition=~Q(service=""), name="mobilisation_has_a_service"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("recorded_by")),
                name="mobilisation_signed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="mobilisation_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(stage="live")
                | Q(signed_at__isnull=False, organisation__isnull=False, go_live_on__isnull=False),
                name="mobilisation_live_is_signed",
            ),
        ]
        indexes = [models.Index(fields=["commissioner", "stage"], name="mobilisation_by_stage")]

    def __str__(self) -> str:
        return self.service

    @property
    def is_over(self) -> bool:
        """Live or abandoned: nothing of it is changed any more."""
        return self.stage in self.OVER

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the stage."""
        return self.TONES.get(self.stage, "info")

    @transaction.atomic
    def record(self, *, expected: int, by: "User", at: datetime, **given: Any) -> None:
        """Save what is known. Whoever changes the safeguarding part has recorded it, and its sign-off falls away."""
        self._refuse_when_over()
        changed = [name for name in given if getattr(self, name) != given[name]]
        if any(name in self.SIGNED for name in changed):
            given |= {"recorded_by": by, "recorded_at": at, "signed_by": None, "signed_at": None, "signed_words": ""}
        self.change(expected=expected, **given)

    @transaction.atomic
    def sign(self, words: str, *, expected: int, by: "User", at: datetime) -> None:
        """The designated professional has read the safeguarding part and agrees; never who recorded it."""
        self._refuse_when_over()
        if by.pk == self.recorded_by_id:
            raise Refused("You recorded the safeguarding part, so another designated professional has to sign it off.")
        if self.result not in (self.Result.MET, self.Result.CONDITIONS):
            raise Refused("The answer to the safeguarding question does not meet the requirement yet. Record it first.")
        if self.impact_assessed_on is None:
            raise Refused("The quality impact assessment is not recorded yet. Record its date and answer first.")
        self.change(expected=expected, signed_by=by, signed_at=at, signed_words=words)

    @transaction.atomic
    def move(self, stage: str, note: str, *, expected: int, by: "User", at: datetime, on: date) -> None:
        """To another stage, kept in its history. Live only when signed off, on or after the day it goes live."""
        self._refuse_when_over()
        if stage == self.Stage.LIVE:
            self._refuse_unless_ready(on)
        self.change(expected=expected, stage=stage)
        self.steps.create(commissioner_id=self.commissioner_id, stage=stage, note=note, by=by, at=at)

    def _refuse_when_over(self) -> None:
        if self.is_over:
            raise Refused(f"This service is {self.get_stage_display().lower()}, so its record is closed.")

    def _refuse_unless_ready(self, on: date) -> None:
        if self.signed_at is None:
            raise Refused("The safeguarding part is not signed off, so the service cannot go live. Ask for that first.")
        if self.organisation_id is None:
            raise Refused("Name the organisation that gives the service first: it has to be on your register.")
        if self.go_live_on is None or self.go_live_on > on:
            raise Refused("The day on which it goes live is not recorded or has not come. Record that day first.")


class MobilisationStepQuerySet(TenantQuerySet):
    """Seen like the service."""

    organisation_path = ""


class MobilisationStep(models.Model):
    """Append-only: one stage reached, when, by whom, and what was said."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    mobilisation = models.ForeignKey(Mobilisation, on_delete=models.PROTECT, related_name="steps")
    stage = models.CharField(max_length=13, choices=Mobilisation.Stage.choices)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = MobilisationStepQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.get_stage_display()
