"""A framework and its published, locked versions."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models, transaction
from django.db.models import Exists, F, Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from framework.models.grading import GradingScheme
from providers.models.organisations import Tier

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation


class NotPublishable(Refused):
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

    def in_use(self) -> Self:
        """The published ones: locked, and open to rounds."""
        return self.filter(state=FrameworkVersion.State.PUBLISHED)

    def usable_by(self, commissioner: "Organisation") -> Self:
        """What a commissioner may ask its providers: published, and shipped or its own."""
        whose = Q(framework__commissioner__isnull=True) | Q(framework__commissioner=commissioner)
        return self.in_use().filter(whose)

    def _commissioner_reach(self, user: "User", can: Can, on: date) -> Q:
        """Drafts: whoever may draft for the commissioner. Published: its people and its providers; shipped: all."""
        from accounts.capabilities import roles_granting
        from providers.models import Arrangement

        held = self._held(user, on, roles_granting(can)).values("organisation")
        if can != Can.READ_STANDARDS:
            return Q(framework__commissioner__in=held)
        drafting = self._held(user, on, roles_granting(Can.DEFINE_STANDARDS)).values("organisation")
        published = Q(state=FrameworkVersion.State.PUBLISHED)
        ours = Arrangement.objects.live(on=on).filter(organisation__in=held).values("commissioner")
        shipped = Q(framework__commissioner__isnull=True) & Q(Exists(held))
        theirs = Q(framework__commissioner__in=held) | Q(framework__commissioner__in=ours)
        return Q(framework__commissioner__in=drafting) | (published & (shipped | theirs))


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

    @property
    def is_published(self) -> bool:
        """Locked, here and in the database."""
        return self.state == self.State.PUBLISHED

    @transaction.atomic
    def propose(self, *, by: "User") -> None:
        """Put the draft before a second person; nobody can change it meanwhile. Refused while words are missing."""
        self._move(self.State.DRAFT, state=self.State.PROPOSED, proposed_by=by)
        self._refuse_gaps()

    def take_back(self) -> None:
        """Make a proposed version a draft again, so that it can be changed."""
        self._move(self.State.PROPOSED, state=self.State.DRAFT, proposed_by=None)

    @transaction.atomic
    def publish(self, *, by: "User", at: datetime) -> None:
        """Publish and lock, and with it the own library's entries that it cites. Refused to the person who proposed it,
        and while words are missing."""
        if self.proposed_by_id == by.pk:
            raise NotPublishable("A second person has to publish this version: you proposed it.")
        self._hold_entries()
        self._move(self.State.PROPOSED, state=self.State.PUBLISHED, published_by=by, published_at=at)
        self._refuse_gaps()

    def _hold_entries(self) -> None:
        """Whoever is changing a cited entry just now finishes first; whoever begins later finds it locked."""
        from framework.models.criteria import Citation, Reference

        cited = Citation.objects.filter(criterion_version__framework_version=self).values("cited")
        own = Reference.objects.filter(pk__in=cited, commissioner__isnull=False).order_by("pk")
        list(own.select_for_update().values_list("pk"))

    def gaps(self) -> list[str]:
        """What is missing before it can be published, in words; empty when it is complete. Two queries."""
        found = []
        criteria = list(self.criteria.in_order().prefetch_related("wordings"))
        for criterion in criteria:
            worded = {words.tier for words in criterion.wordings.all()}
            missing = criterion.asked_of - worded
            found += [f"{criterion.ref} has no words for the {tier.label}" for tier in Tier if tier in missing]
            if not criterion.asked_of:
                found.append(f"{criterion.ref} is asked of nobody: choose who is asked")
        return found if criteria else ["Add at least one criterion"]

    def _refuse_gaps(self) -> None:
        if gaps := self.gaps():
            more = f", and {len(gaps) - 5} more" if len(gaps) > 5 else ""
            raise NotPublishable(f"Not ready yet: {'; '.join(gaps[:5])}{more}.")

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
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["framework_version", "number"], name="standard_number_once")]

    def __str__(self) -> str:
        return f"Standard {self.number}: {self.title}"
