"""What one reader's overview is about: which commissioners, which year, which strand, as at which day."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet

from accounts.capabilities import Can
from assurance import standing
from assurance.models import LevelResult, Round, SelfAssessment
from assurance.standing import NO_RETURN, STANDINGS
from design.calendar import FinancialYear
from framework.models import Standard
from providers.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Category

RECEIVED = [each.key for each in STANDINGS if each.received]


def commissioners_of(user: "User") -> QuerySet[Organisation]:
    """The commissioners whose overview this person may see."""
    kind = Organisation.Kind.COMMISSIONER
    return Organisation.objects.permitted(user, Can.SEE_OVERVIEW).filter(kind=kind).order_by("name")


def years_of(commissioners: list[int], *, on: date) -> list[str]:
    """Financial years with a round, newest first; the running one is always there."""
    found = set(Round.objects.filter(commissioner__in=commissioners).values_list("year", flat=True).distinct())
    return sorted(found | {FinancialYear.of(on).slug}, reverse=True)


def default_year(commissioners: list[int], *, on: date) -> str:
    """The newest year in which something was issued; without any, the running one."""
    issued = Round.objects.filter(commissioner__in=commissioners, issued_at__isnull=False)
    return issued.order_by("-year").values_list("year", flat=True).first() or FinancialYear.of(on).slug


@dataclass
class Reading:
    """One overview: everything the page shows is asked of this, so that figures and lists agree."""

    user: "User"
    commissioners: list[int]
    year: str
    as_at: date
    strand: str = LevelResult.OVERALL
    category: "Category | None" = None

    @cached_property
    def providers(self) -> QuerySet[Organisation]:
        """The register at the as-at date, within the category."""
        register = standing.register(self.commissioners, as_at=self.as_at)
        return register.filter(category=self.category) if self.category else register

    @cached_property
    def returns(self) -> Any:
        """The return that counts of each provider asked, with its standing."""
        allowed = SelfAssessment.objects.permitted(self.user, Can.SEE_OVERVIEW, on=self.as_at)
        found = standing.of_year(allowed, self.commissioners, self.year, as_at=self.as_at)
        if self.category:
            found = found.filter(organisation__category=self.category)
        return standing.with_standing(found, as_at=self.as_at, strand=self.strand)

    @cached_property
    def counts(self) -> standing.Counts:
        """Where the register stands. Two queries."""
        return standing.counts(self.returns, self.providers.count(), as_at=self.as_at)

    def rows(self, *, state: str | None = None, words: str | None = None, sort: str = "") -> Any:
        """The returns behind a figure, worst first or by name, optionally searched."""
        found = self.returns
        if state == "returned":
            found = found.filter(standing__in=RECEIVED)
        elif state == "no_return":
            found = found.filter(standing__in=NO_RETURN)
        elif state == "extended":
            found = found.filter(standing="not_due", due_on__gt=F("original_due_on"))
        elif state:
            found = found.filter(standing=state)
        for word in (words or "").split():
            found = found.filter(Q(organisation__name__icontains=word) | Q(organisation__code__istartswith=word))
        order = {"name": ["organisation__name"], "-name": ["-organisation__name"], "due": ["due_on"]}
        return found.select_related("organisation__category").order_by(
            *order.get(sort, ["rank"]), "organisation__name", "pk"
        )

    @cached_property
    def not_asked(self) -> Any:
        """Providers without a return in the year."""
        return standing.not_asked(self.providers, self.returns).select_related("category").order_by("name")

    @cached_property
    def standards(self) -> list[Standard]:
        """The standards asked in the year, one for each number: the columns of the matrix."""
        versions = Round.objects.filter(commissioner__in=self.commissioners, year=self.year).values("framework_version")
        found = Standard.objects.filter(framework_version__in=versions).order_by("number", "-framework_version_id")
        return list(found.distinct("number"))
