"""Posts of an organisation and who holds them, from when to when (decision 0024).

A ``Post`` is the seat: it stays when people leave, so the chart and the vacancy clock hang on it. A ``PostHolder`` is
one person's time in it, or the cover for it. Letters go to a contact; a holder may point at the contact that is theirs.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models.memberships import Strand
from accounts.references import new_reference
from providers.models.contacts import Contact
from providers.models.organisations import Organisation
from providers.models.policy import DateRange
from providers.models.register import WithOrganisationQuerySet
from providers.models.versions import Versioned

if TYPE_CHECKING:
    from accounts.models import User

RUNNING = Q(ends_on__isnull=True)


def running(on: date) -> Q:
    """Begun, and not over on the day; the last day is not included."""
    return (RUNNING | Q(ends_on__gt=on)) & Q(starts_on__lte=on)


class PostQuerySet(WithOrganisationQuerySet):
    """Posts in the users' words."""

    def of(self, organisation: Organisation | int) -> Self:
        """The posts of one organisation."""
        return self.filter(organisation=organisation)

    def open(self, *, on: date) -> Self:
        """There is such a post on the day."""
        return self.filter(running(on))

    def as_on(self, on: date) -> Self:
        """Posts of the day with ``holder_name``, ``held_since``, ``checked_on``, ``cover_name`` and ``vacant_since``.

        Empty names where there is nobody; ``vacant_since`` is None while somebody holds the post.
        """
        time = PostHolder.objects.filter(post=OuterRef("pk"))
        now = time.filter(running(on), part=PostHolder.Part.HOLDER)
        cover = time.filter(running(on), part=PostHolder.Part.COVER)
        last = time.filter(part=PostHolder.Part.HOLDER, ends_on__lte=on).order_by("-ends_on")
        text: models.Field[Any, Any] = models.CharField()
        vacated = Coalesce(Subquery(last.values("ends_on")[:1]), F("starts_on"))
        return self.open(on=on).annotate(
            holder_name=Coalesce(Subquery(now.values("name")[:1]), models.Value(""), output_field=text),
            held_since=Subquery(now.values("starts_on")[:1]),
            leaves_on=Subquery(now.values("ends_on")[:1]),
            checked_on=Subquery(now.values("verified_on")[:1]),
            cover_name=Coalesce(Subquery(cover.values("name")[:1]), models.Value(""), output_field=text),
            vacant_since=models.Case(models.When(models.Exists(now), then=None), default=vacated),
        )

    def vacancies(self, *, on: date) -> Self:
        """Posts that nobody holds on the day, covered or not, with ``vacant_since``; longest vacant first."""
        return self.as_on(on).filter(vacant_since__isnull=False).order_by("vacant_since", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Post(Versioned):
    """A seat: what it is, how much of it there is, and whom its holder answers to."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    kind = models.SlugField(max_length=40, blank=True)
    title = models.CharField(max_length=120)
    part = models.CharField(
        "which of several", max_length=60, blank=True, help_text="For a job share or a second post of the same kind."
    )
    strand = models.CharField(max_length=12, choices=Strand.choices, blank=True)
    wte = models.DecimalField("WTE", max_digits=4, decimal_places=2, null=True, blank=True)
    hours = models.DecimalField("hours a week", max_digits=4, decimal_places=1, null=True, blank=True)
    line_manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    public = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["title", "part"]
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="post_whose"),
            models.CheckConstraint(condition=RUNNING | Q(ends_on__gt=F("starts_on")), name="post_ends_after_start"),
            models.CheckConstraint(condition=~Q(line_manager=F("id")), name="post_answers_to_another"),
            models.CheckConstraint(
                condition=Q(wte__isnull=True) | Q(wte__gte=0, wte__lte=20), name="post_wte_is_possible"
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gte=0, hours__lte=168), name="post_hours_are_possible"
            ),
            ExclusionConstraint(
                name="post_once",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("title", RangeOperators.EQUAL),
                    ("part", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.part}" if self.part else self.title


class PostHolderQuerySet(WithOrganisationQuerySet):
    """Times of people in posts."""

    def running(self, *, on: date) -> Self:
        """In the post, or covering it, on the day."""
        return self.filter(running(on))

    def holding(self, *, on: date) -> Self:
        """In the post on the day; cover left out."""
        return self.running(on=on).filter(part=PostHolder.Part.HOLDER)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["name", "successor"], append_only=True)
class PostHolder(Versioned):
    """Somebody in a post, or covering it while its holder is away. Nobody else is in it at the same time."""

    class Part(models.TextChoices):
        HOLDER = "holder", "Holds the post"
        COVER = "cover", "Covers the post"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="times")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=6, choices=Part.choices, default=Part.HOLDER)
    name = models.CharField(max_length=150)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    wte = models.DecimalField("WTE", max_digits=4, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    notice_on = models.DateField("notice given on", null=True, blank=True)
    successor = models.CharField(max_length=150, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = PostHolderQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=RUNNING | Q(ends_on__gt=F("starts_on")), name="post_holder_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="post_holder_has_a_name"),
            models.CheckConstraint(
                condition=Q(wte__isnull=True) | Q(wte__gte=0, wte__lte=20), name="post_holder_wte_is_possible"
            ),
            ExclusionConstraint(
                name="post_holder_one_at_a_time",
                expressions=[
                    ("post", RangeOperators.EQUAL),
                    ("part", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date | None:
        """The last day in the post, as people say it; ``ends_on`` is the first day without."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    def verify(self, *, by: "User", on: date, expected: int) -> None:
        """Still right today: the same person, at the same address where letters go to one."""
        self.change(expected=expected, verified_on=on, verified_by=by)
        if self.contact and self.contact.ended_on is None:
            self.contact.verify(by=by, on=on, expected=self.contact.version)

    def leave(self, *, last_day: date, expected: int, stop_letters: bool, on: date) -> None:
        """The last day in the post. Letters to the person's address stop with it once that day is over."""
        self.change(expected=expected, ends_on=last_day + timedelta(days=1))
        if stop_letters and self.contact and self.contact.ended_on is None and last_day <= on:
            self.contact.end(on=on, expected=self.contact.version)


class CapacityStatementQuerySet(WithOrganisationQuerySet):
    """Statements of a commissioner about its own capacity."""

    organisation_field = "commissioner"


class CapacityStatement(models.Model):
    """What a commissioner said on a day about its safeguarding posts, with the figures of that day (R23)."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stated_on = models.DateField()
    words = models.TextField()
    figures = models.JSONField(default=list)
    stated_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = CapacityStatementQuerySet.as_manager()

    class Meta:
        ordering = ["-stated_on", "-pk"]

    def __str__(self) -> str:
        return f"Capacity on {self.stated_on}"
