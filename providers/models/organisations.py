"""The register: every body held, and its sites."""

import re
from datetime import date
from typing import TYPE_CHECKING, Self

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Upper

from accounts.capabilities import Can, Scope, roles_granting
from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from providers.models.register import WRITES, WithOrganisationQuerySet
from providers.models.versions import Versioned

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models.arrangements import Arrangement

# Since 2020 every new code has this shape, whatever the organisation is (domain.md 3.3).
NEW_CODE = r"[A-Z][0-9][A-Z][0-9][A-Z]"
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
    placed_in = models.BooleanField(default=False, help_text="People are placed there: in the list for placements")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name

    def fits(self, code: str) -> bool:
        """Whether a code looks as codes of this category do. New codes fit everywhere; no shape, no opinion."""
        return not (code and self.code_shape) or bool(re.fullmatch(f"{self.code_shape}|{NEW_CODE}", code))


class OrganisationQuerySet(TenantQuerySet):
    """Organisations in the users' words."""

    organisation_path = "pk"

    def _commissioner_reach(self, user: "User", can: Can, on: date) -> Q:
        """Their own commissioner, what it commissions or commissioned, its boards, and what it registered.

        Once a contract or partnership has ended, the register entry is read and no longer written.
        """
        from providers.models.arrangements import Arrangement, Partnership

        held = self._places(user, on, roles_granting(can, Scope.ALL, Scope.STRAND))
        commissioned = Arrangement.objects.filter(organisation=OuterRef("pk"), commissioner__in=held)
        partnered = Partnership.objects.filter(board=OuterRef("pk"), commissioner__in=held)
        if can in WRITES:
            commissioned, partnered = commissioned.unended(on=on), partnered.current()
        return Q(pk__in=held) | Q(Exists(commissioned)) | Q(Exists(partnered)) | Q(registered_by__in=held)

    def acted_for(self, user: "User", can: Can, *, on: date) -> Self:
        """The commissioners that the person does this for: every form that makes something names one of them."""
        roles = roles_granting(can, Scope.ALL, Scope.STRAND)
        return self.filter(kind=Organisation.Kind.COMMISSIONER, pk__in=self._places(user, on, roles))

    def with_rights(self, user: "User", *cans: Can, on: date) -> Self:
        """Annotates ``may_edit_contacts`` and so on: what this person may do here, in the same query."""
        rights = {f"may_{can.value}": self.model.objects.permitted(user, can, on=on) for can in cans}
        return self.annotate(**{name: Exists(rows.filter(pk=OuterRef("pk"))) for name, rows in rights.items()})

    def commissioned_by(self, commissioner: "Organisation", *, on: date) -> Self:
        """Providers: those with a live contract with the commissioner on the day."""
        from providers.models.arrangements import Arrangement

        return self.under(Arrangement.objects.live(on=on).filter(commissioner=commissioner))

    def kept_by(self, commissioner: int) -> Self:
        """On the register of one commissioner: itself, what it commissions or commissioned, its boards."""
        from providers.models.arrangements import Arrangement, Partnership

        commissioned = Arrangement.objects.filter(organisation=OuterRef("pk"), commissioner=commissioner)
        partnered = Partnership.objects.filter(board=OuterRef("pk"), commissioner=commissioner)
        return self.filter(
            Q(pk=commissioner) | Q(Exists(commissioned)) | Q(Exists(partnered)) | Q(registered_by=commissioner)
        )

    def under(self, arrangements: "models.QuerySet[Arrangement]") -> Self:
        """Those with at least one of these contracts."""
        return self.filter(Exists(arrangements.filter(organisation=OuterRef("pk"))))

    def open(self, *, on: date) -> Self:
        """Not closed on the day."""
        return self.exclude(closed_on__lte=on)

    def closed(self, *, on: date) -> Self:
        """Closed on the day or before."""
        return self.filter(closed_on__lte=on)

    def counted(self, *, on: date) -> dict[str, int]:
        """How many, how many open, how many closed; the two always add up to the first."""
        found: dict[str, int] = self.aggregate(total=Count("pk"), closed=Count("pk", filter=Q(closed_on__lte=on)))
        return {**found, "open": found["total"] - found["closed"]}

    def matching(self, words: str) -> Self:
        """Search by any part of the name, or by the beginning of the code, reference or postcode.

        A postcode is found with or without its space.
        """
        postcode = Q(postcode__istartswith=" ".join(words.split()))
        for word in words.split():
            self = self.filter(
                Q(name__icontains=word)
                | Q(code__istartswith=word)
                | Q(reference__iexact=word)
                | Q(postcode__istartswith=tidy_postcode(word))
                | postcode
            )
        return self

    def resembling(self, *, name: str, postcode: str) -> Self:
        """Those that may be the same body under another entry: the same name, or the same postcode."""
        same = Q(name__iexact=name.strip())
        return self.filter(same | Q(postcode=postcode) if postcode else same)


def tidy_postcode(text: str) -> str:
    """Capitals, and one space before the last three characters of a whole postcode."""
    joined = "".join(text.split()).upper()
    return f"{joined[:-3]} {joined[-3:]}" if 5 <= len(joined) <= 7 else joined


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Organisation(Versioned):
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

    @property
    def is_provider(self) -> bool:
        """Registered as a body that may be commissioned."""
        return self.kind == self.Kind.PROVIDER

    @property
    def code_is_unusual(self) -> bool:
        """The code has not the shape of its category: worth a second look, never wrong in itself."""
        return self.category is not None and not self.category.fits(self.code)

    @transaction.atomic
    def close(self, *, day: date, reason: str, by: "User", on: date, expected: int) -> None:
        """Close from a day on, with its sites, and end its running contracts that day.

        ``expected`` is the version that the person saw. Refused while another commissioner leads it.
        """
        self._refuse_unless_led_by(by, on=on)
        running = self.arrangements.unended(on=day)
        if running.filter(starts_on__gte=day).exists():
            raise Refused("A contract of this organisation starts on or after that day. Change that contract first.")
        self.change(expected=expected, closed_on=day, closed_reason=reason)
        self.sites.filter(closed_on__isnull=True).update(closed_on=day, version=F("version") + 1)
        running.update(ends_on=day, version=F("version") + 1)

    @transaction.atomic
    def reopen(self, *, by: "User", on: date, expected: int) -> None:
        """Take a closing back. Its contracts and sites stay ended: whoever reopens it says which run again."""
        if self.successions.exists():
            raise Refused("Another organisation has taken this one’s place, so it stays closed.")
        self._refuse_unless_led_by(by, on=on)
        self.change(expected=expected, closed_on=None, closed_reason="")

    def _refuse_unless_led_by(self, by: "User", *, on: date) -> None:
        lead = self.arrangements.live(on=on).leading().select_related("commissioner").first()
        ours = Organisation.objects.acted_for(by, Can.EDIT_PROVIDERS, on=on)
        if lead and not ours.filter(pk=lead.commissioner_id).exists():
            raise Refused(f"{lead.commissioner} leads the contract with {self}, so it records this. Ring them.")


class SiteQuerySet(WithOrganisationQuerySet):
    """Sites are seen with their organisation."""


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Site(Versioned):
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
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="site_whose"),
            models.UniqueConstraint("organisation", Upper("name"), name="site_name_once"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="site_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.name
