"""A criterion keeps its identity for ever; each version words it anew, for each kind of provider."""

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value

from accounts.capabilities import Can
from accounts.models.memberships import Membership, Strand
from framework.models.versions import FrameworkVersion, Standard
from providers.models import ServiceQuestion
from providers.models.organisations import Tier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Criterion(models.Model):
    """The stable identity. Never reused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    def __str__(self) -> str:
        return str(self.id)


class RefOrder(Func):
    """Sorts "1.10" after "1.9": the reference as an array of integers."""

    function = "string_to_array"
    template = "%(function)s(%(expressions)s)::int[]"
    output_field = ArrayField(models.IntegerField())


class CriterionVersionQuerySet(models.QuerySet["CriterionVersion"]):
    """Criteria in reading order."""

    def in_order(self) -> "CriterionVersionQuerySet":
        """By reference, as a person counts: 1.9 before 1.10."""
        return self.order_by(RefOrder(F("ref"), Value(".")))

    def for_tier(self, tier: str) -> "CriterionVersionQuerySet":
        """Those asked of a kind of provider; the light set is its own tier."""
        return self.filter(light=True) if tier == Tier.LIGHT else self.filter(tiers__contains=[tier])


class CriterionVersion(models.Model):
    """What one framework version asks under one reference."""

    class Kind(models.TextChoices):
        GRADE = "grade", "Grade with narrative"

    class Change(models.TextChoices):
        NEW = "new", "New"
        UNCHANGED = "unchanged", "Unchanged"
        REWORDED = "reworded", "Reworded"
        CHANGED = "changed", "Changed in substance"

    framework_version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="criteria")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="versions")
    ref = models.CharField(max_length=12)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.GRADE)
    tiers = ArrayField(models.CharField(max_length=16, choices=Tier.choices))
    strands = ArrayField(models.CharField(max_length=12, choices=Strand.choices))
    critical = models.BooleanField(default=False)
    light = models.BooleanField(default=False)
    condition = models.ForeignKey(ServiceQuestion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    change = models.CharField(max_length=9, choices=Change.choices, default=Change.NEW)
    change_note = models.CharField(max_length=400, blank=True)
    supersedes = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = CriterionVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["framework_version", "ref"], name="criterion_ref_once"),
            models.UniqueConstraint(fields=["framework_version", "criterion"], name="criterion_once_a_version"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def asked_of(self) -> set[str]:
        """The tiers that need words: those named, and the light set when it is in it."""
        return {*(self.tiers or []), *([Tier.LIGHT.value] if self.light else [])}

    @property
    def asked_in_words(self) -> str:
        """Who is asked: "full, small provider, GP"."""
        said = [str(tier.label).removesuffix(" standards") for tier in Tier if tier in self.asked_of]
        return ", ".join(label if label.isupper() else label.lower() for label in said) or "nobody"

    @property
    def strands_in_words(self) -> str:
        """ "Children, adults"."""
        return ", ".join(str(Strand(strand).label) for strand in self.strands).capitalize()


class Wording(models.Model):
    """The words of a criterion for one kind of provider, with what to send and what not to."""

    criterion_version = models.ForeignKey(CriterionVersion, on_delete=models.PROTECT, related_name="wordings")
    tier = models.CharField(max_length=16, choices=Tier.choices)
    text = models.TextField()
    why = models.TextField(blank=True)
    guidance = models.TextField(blank=True)
    evidence = ArrayField(models.CharField(max_length=300), default=list)
    do_not_send = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["criterion_version", "tier"], name="wording_once_a_tier")]

    def __str__(self) -> str:
        return self.text[:80]


class ReferenceQuerySet(models.QuerySet["Reference"]):
    """The library: what ships, and what commissioners have added to it."""

    def permitted(self, user: "User | AnonymousUser", can: Can) -> Self:
        """What ships is everybody's to read; an entry of a commissioner's own is its people's, and theirs who read a
        version that cites it. Only own entries are drafted."""
        if not user.is_authenticated:
            return self.none()
        own = Q(commissioner__in=Membership.objects.acting(user).granting(can).values("organisation"))
        if can != Can.READ_STANDARDS:
            return self.filter(own)
        versions = FrameworkVersion.objects.permitted(user, can)
        cited = Citation.objects.filter(cited=OuterRef("pk"), criterion_version__framework_version__in=versions)
        return self.filter(Q(commissioner__isnull=True) | own | Exists(cited))


class Reference(models.Model):
    """Law, guidance or report that a criterion cites. Without a commissioner it is part of what ships."""

    class Kind(models.TextChoices):
        LAW = "law", "Law"
        STATUTORY_GUIDANCE = "statutory_guidance", "Statutory guidance"
        GUIDANCE = "guidance", "Guidance"
        REPORT = "report", "Report or inquiry"
        STANDARD = "standard", "Standard"
        LETTER = "letter", "Letter"

    key = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    issuer = models.CharField(max_length=200, blank=True)
    year = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    address = models.URLField(max_length=500, blank=True)
    note = models.CharField(max_length=300, blank=True)
    commissioner = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_locked(self) -> bool:
        """Does a published version cite it? Then it stays as it was read."""
        state = FrameworkVersion.State.PUBLISHED
        return self.citations.filter(criterion_version__framework_version__state=state).exists()


class Citation(models.Model):
    """A criterion cites a reference; the statute comes first."""

    criterion_version = models.ForeignKey(CriterionVersion, on_delete=models.PROTECT, related_name="citations")
    cited = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="citations")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["criterion_version", "cited"], name="citation_once")]

    def __str__(self) -> str:
        return str(self.cited)
