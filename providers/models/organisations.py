"""The register: every body held, its sites, and what became of it."""

from datetime import date
from typing import TYPE_CHECKING, Self

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Upper

from accounts.capabilities import Can
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

CODE = RegexValidator(r"^[A-Z0-9]{3,9}$", "Enter a code of 3 to 9 letters and digits, for example E82001 or G7H8J.")
CQC_ID = RegexValidator(r"^1-[0-9]{6,12}$", "Enter a CQC id in the form 1-1234567890.")


class Tier(models.TextChoices):
    """Which set of standards a kind of provider is asked."""

    FULL = "full", "Full standards"
    SMALL = "small", "Small provider standards"
    GENERAL_PRACTICE = "general_practice", "GP standards"
    LIGHT = "light", "Light standards"


class Category(models.Model):
    """A category of provider (domain.md 3.1), as data: code, words, usual contract and standards."""

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=120)
    plural = models.CharField(max_length=120)
    usual_contract = models.CharField(max_length=12)
    tier = models.CharField(max_length=16, choices=Tier.choices)
    code_shape = models.CharField(max_length=80, blank=True, help_text="A pattern; a code that differs is a warning.")
    assured = models.BooleanField(default=True, help_text="Asked for returns in the first place")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class OrganisationQuerySet(TenantQuerySet):
    """Organisations in the users' words."""

    organisation_path = "pk"

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """Commissioner roles: their commissioner, what it commissions and the bodies it works with."""
        return super().permitted(user, can, on=on)

    def _commissioner_reach(self, user: "User", can: Can, on: date) -> Q:
        from accounts.capabilities import Scope, roles_granting
        from providers.models.arrangements import Arrangement, Partnership

        held = self._held(user, on, roles_granting(can, Scope.ALL, Scope.STRAND)).values("organisation")
        commissioned = Arrangement.objects.filter(organisation=OuterRef("pk"), commissioner__in=held)
        partnered = Partnership.objects.filter(board=OuterRef("pk"), commissioner__in=held)
        return Q(pk__in=held) | Q(Exists(commissioned)) | Q(Exists(partnered)) | Q(registered_by__in=held)

    def commissioned_by(self, commissioner: "Organisation", *, on: date) -> Self:
        """Providers: those with a live contract with the commissioner on the day."""
        from providers.models.arrangements import Arrangement

        live = Arrangement.objects.live(on=on).filter(organisation=OuterRef("pk"), commissioner=commissioner)
        return self.filter(Exists(live))

    def matching(self, words: str) -> Self:
        """Search by any part of the name, or by code or reference."""
        for word in words.split():
            self = self.filter(
                Q(name__icontains=word)
                | Q(code__istartswith=word)
                | Q(reference__iexact=word)
                | Q(postcode__istartswith=word)
            )
        return self


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Organisation(models.Model):
    """Any body held. A provider is an organisation with a live arrangement."""

    class Kind(models.TextChoices):
        COMMISSIONER = "commissioner", "Commissioner"
        PROVIDER = "provider", "Provider"
        BOARD = "board", "Safeguarding board or partnership"
        PARTNERSHIP = "partnership", "Partnership body"
        REGULATOR = "regulator", "Regulator"
        LOCAL_AUTHORITY = "local_authority", "Local authority"
        PLACE = "place", "Place"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.PROVIDER)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations"
    )
    name = models.CharField(max_length=200)
    code = models.CharField("ODS code", max_length=9, blank=True, validators=[CODE])
    cqc_provider_id = models.CharField("CQC provider id", max_length=20, blank=True, validators=[CQC_ID])
    cqc_location_id = models.CharField("CQC location id", max_length=20, blank=True, validators=[CQC_ID])
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    mailbox = models.EmailField("organisation mailbox", max_length=254, blank=True)
    website = models.URLField(blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_reason = models.CharField(max_length=300, blank=True)
    registered_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Upper("code"), condition=~Q(code=""), name="organisation_code_once"),
            models.CheckConstraint(
                condition=~Q(kind="provider") | Q(category__isnull=False), name="organisation_provider_has_category"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="organisation_closes_after_opening",
            ),
        ]
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="organisation_name_search")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        """Has a closing date been recorded, whether or not it has passed?"""
        return self.closed_on is not None


class SiteQuerySet(TenantQuerySet):
    """Sites are seen with their organisation."""

    commissioner_path = ""


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Site(models.Model):
    """A place where an organisation works: a ward block, branch surgery or home."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=200)
    code = models.CharField("ODS site code", max_length=9, blank=True, validators=[CODE])
    cqc_location_id = models.CharField("CQC location id", max_length=20, blank=True, validators=[CQC_ID])
    postcode = models.CharField(max_length=10, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("organisation", Upper("name"), name="site_name_once")]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Succession(models.Model):
    """What an organisation became: returns stay with the old body, the new one starts clean."""

    class Kind(models.TextChoices):
        MERGED = "merged", "Merged into"
        TAKEN_OVER = "taken_over", "Taken over by"
        REPLACED = "replaced", "Replaced by"

    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="predecessions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    reason = models.CharField(max_length=300)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} {self.get_kind_display().lower()} {self.successor}"
