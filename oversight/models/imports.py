"""One file that was brought in: what was read of it, and whether it was accepted, discarded or undone.

The file itself is not kept; its rows are, as they were read, until they are discarded or undone. Everything that an
accepted import made hangs on it by a ``Trace``. A kind of import is a member of ``Import.Kind`` and an entry of
``oversight.bringing.KINDS``.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class AlreadyDecided(Refused):
    """Somebody accepted, discarded or undid it first."""


class ImportQuerySet(TenantQuerySet):
    """Imports of a commissioner, narrowed to the kinds that the capability is about."""

    organisation_path = ""

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """Organisations by one capability, grades, actions and figures by another; reviews are their reader's alone."""
        rows = super().permitted(user, can, on=on).filter(kind__in=Import.BY_CAPABILITY.get(can, ()))
        return rows.filter(read_by=user.pk) if can is Can.REGISTER_REVIEW else rows

    def newest(self, kind: str) -> Self:
        """Of one kind, newest first, with who read each."""
        return self.filter(kind=kind).select_related("read_by", "commissioner").order_by("-read_at", "-pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["lines"], append_only=True)
class Import(models.Model):
    """A workbook read row by row. Nothing of it is in the register until somebody accepts it."""

    class Kind(models.TextChoices):
        ORGANISATIONS = "organisations", "Organisations and contacts"
        GRADES = "grades", "Grades of past years"
        ACTIONS = "actions", "Open actions"
        RATINGS = "ratings", "Regulator’s ratings"
        REVIEWS = "reviews", "Reviews and their open plans"
        FIGURES = "figures", "Figures of past quarters"

    class State(models.TextChoices):
        READ = "read", "Read, not accepted"
        ACCEPTED = "accepted", "Accepted"
        DISCARDED = "discarded", "Discarded"
        UNDONE = "undone", "Undone"

    BY_CAPABILITY: ClassVar[dict[Can, tuple[str, ...]]] = {
        Can.BRING_IN_ORGANISATIONS: (Kind.ORGANISATIONS,),
        Can.BRING_IN_RECORDS: (Kind.GRADES, Kind.ACTIONS, Kind.RATINGS, Kind.FIGURES),
        Can.REGISTER_REVIEW: (Kind.REVIEWS,),
    }
    TONES: ClassVar[dict[str, str]] = {"read": "waiting", "accepted": "good", "discarded": "quiet", "undone": "quiet"}

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.READ)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    framework_version = models.ForeignKey(
        "framework.FrameworkVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    lines = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    left_out = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    read_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()
    accepted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    discarded_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="grades") | Q(framework_version__isnull=True), name="import_grades_have_standards"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "undone"])
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="import_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="import_undone_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind="reviews") | Q(state="read") | Q(lines=[]), name="import_of_reviews_keeps_no_rows"
            ),
        ]
        indexes = [models.Index(fields=["commissioner", "kind"], name="import_of_commissioner")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.file_name}"

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the state."""
        return self.TONES[self.state]

    @property
    def waits(self) -> bool:
        """Read, and nobody has decided yet."""
        return self.state == self.State.READ

    def lock(self) -> None:
        """Hold it until the transaction ends, and read it as it is now."""
        type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
        self.refresh_from_db()

    def accept(self, counts: dict[str, int], *, by: "User", at: datetime) -> None:
        """It is in the register; of two at once the second is refused. Rows of reviews are forgotten at once."""
        kept: dict[str, Any] = {"lines": []} if self.kind == self.Kind.REVIEWS else {}
        self._move(self.State.READ, state=self.State.ACCEPTED, accepted_by=by, accepted_at=at, counts=counts, **kept)

    def discard(self, *, by: "User", at: datetime) -> None:
        """Nothing of it was wanted: the rows are forgotten."""
        self._move(self.State.READ, state=self.State.DISCARDED, discarded_by=by, discarded_at=at, lines=[])

    def undo(self, *, by: "User", at: datetime) -> None:
        """What it made is gone again, and so are its rows."""
        self._move(self.State.ACCEPTED, state=self.State.UNDONE, undone_by=by, undone_at=at, lines=[])

    def _move(self, old: str, **changes: Any) -> None:
        moved = Import.objects.filter(pk=self.pk, state=old).update(**changes)
        self.refresh_from_db()
        if not moved:
            raise AlreadyDecided(f"This file is “{self.get_state_display()}” by now. Look at it as it stands.")


class OrganisationImport(Import):
    """The imports of organisations, for the door."""

    class Meta:
        proxy = True


class RecordImport(Import):
    """The imports of grades and of actions, for the door."""

    class Meta:
        proxy = True


class ReviewImport(Import):
    """The imports of reviews, for the door: each is seen by the person who read it."""

    class Meta:
        proxy = True
