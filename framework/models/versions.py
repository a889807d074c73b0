"""A framework and its published, locked versions."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.db.models import Exists, F, Q

from accounts.capabilities import Can
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from framework.models.grading import GradingScheme

if TYPE_CHECKING:
    from accounts.models import User


class NotPublishable(Exception):
    """The version cannot be published now; the message says why."""


class Framework(models.Model):
    """A family of versions. Without an owner it is the shipped catalogue, copied on use."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    commissioner = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.name


class FrameworkVersionQuerySet(TenantQuerySet):
    """The shipped catalogue is everybody's to read; a commissioner's own is its own and its providers'."""

    commissioner_path = "framework__commissioner"
    organisation_path = ""

    def _commissioner_reach(self, user: "User", can: Can, on: date) -> Q:
        from accounts.capabilities import roles_granting
        from providers.models import Arrangement

        held = self._held(user, on, roles_granting(can)).values("organisation")
        mine = Q(framework__commissioner__in=held)
        if can != Can.READ_STANDARDS:
            return mine
        published = Q(state=FrameworkVersion.State.PUBLISHED)
        ours = Arrangement.objects.live(on=on).filter(organisation__in=held).values("commissioner")
        shipped = Q(framework__commissioner__isnull=True) & Q(Exists(held))
        return mine | (published & (shipped | Q(framework__commissioner__in=ours)))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class FrameworkVersion(models.Model):
    """One version. Publication takes two people and locks every row beneath it (database trigger)."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Waiting for a second person to publish it"
        PUBLISHED = "published", "Published"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(max_length=40)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    grading = models.ForeignKey(GradingScheme, on_delete=models.PROTECT, related_name="+")
    levels = models.ForeignKey(GradingScheme, on_delete=models.PROTECT, related_name="+")
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")
    valid_from = models.DateField()
    proposed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        ordering = ["framework__name", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "label"], name="framework_version_label_once"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="framework_published_has_a_date"
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("proposed_by")),
                name="framework_version_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def propose(self, *, by: "User") -> None:
        """Put the draft in front of a second person."""
        self._move(self.State.DRAFT, state=self.State.PROPOSED, proposed_by=by)

    def publish(self, *, by: "User", at: datetime) -> None:
        """Publish and lock. Refused to the person who proposed it, and without criteria."""
        if self.proposed_by_id == by.pk:
            raise NotPublishable("A second person has to publish this version: you proposed it.")
        if not self.criteria.exists():
            raise NotPublishable("Add at least one criterion before you publish.")
        self._move(self.State.PROPOSED, state=self.State.PUBLISHED, published_by=by, published_at=at)

    def _move(self, old: str, **changes: object) -> None:
        moved = type(self).objects.filter(pk=self.pk, state=old).update(version=F("version") + 1, **changes)
        if not moved:
            raise NotPublishable(f"This version is no longer “{self.State(old).label}”. Reload the page.")
        self.refresh_from_db()


class Standard(models.Model):
    """A standard of one version: its number, title and why it is there."""

    framework_version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="standards")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["framework_version", "number"], name="standard_number_once")]

    def __str__(self) -> str:
        return f"Standard {self.number}: {self.title}"
