"""What one reader's overview is about: which commissioners, which year, which strand, as at which day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.http import HttpRequest

from accounts.acting import acting_with
from accounts.capabilities import Can
from assurance import records, standing
from assurance.models import InQuestion, LevelResult, RecordedGrade, Round, SelfAssessment
from assurance.overview import Change, change_of, previous_level
from assurance.standing import NO_RETURN, STANDINGS
from design.calendar import FinancialYear
from design.counting import counted
from framework.models import Standard
from providers.models import Arrangement, Organisation

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Category

CATEGORY = F("organisation__category__plural")
RECEIVED = [each.key for each in STANDINGS if each.received]


def commissioners_of(request: HttpRequest) -> list[Organisation]:
    """The commissioners whose overview this person may see and acts for just now, by name. No query of its own."""
    ours = acting_with(request, Can.SEE_OVERVIEW)
    return [each for each in ours if each.kind == Organisation.Kind.COMMISSIONER]


@dataclass(frozen=True)
class Years:
    """Financial years with a round or with grades from records, newest first, the running one always there.

    ``default`` is the newest that was issued, else the newest of the records; ``recorded`` those with records, and
    ``rounds`` the ids of the rounds of each year.
    """

    all: list[str]
    default: str
    recorded: frozenset[str]
    rounds: Mapping[str, Sequence[int]]


def years_of(commissioners: list[int], *, on: date) -> Years:
    """Of which years these commissioners know something. One query."""
    rounds = Round.objects.filter(commissioner__in=commissioners).order_by()
    records = RecordedGrade.objects.current().filter(commissioner__in=commissioners).order_by()
    moment, key = Cast(Value(None), DateTimeField()), Cast(Value(None), BigIntegerField())
    of_rounds = rounds.values_list("year", "issued_at", "pk")
    known: dict[str, list[int]] = {}
    issued, recorded = set(), set()
    for year, issued_at, pk in of_rounds.union(records.values_list("year", moment, key).distinct()):
        if pk is None:
            recorded.add(year)
            continue
        known.setdefault(year, []).append(pk)
        if issued_at:
            issued.add(year)
    running = FinancialYear.of(on).slug
    default = max(issued, default=max(recorded, default=running))
    return Years(sorted({running, *known, *recorded}, reverse=True), default, frozenset(recorded), known)


def newest_year(commissioners: list[int]) -> Coalesce:
    """The newest year in which something was issued, else of grades from records, as an annotation; or nothing."""
    issued = Round.objects.filter(commissioner__in=commissioners, issued_at__isnull=False)
    recorded = RecordedGrade.objects.current().filter(commissioner__in=commissioners)
    return Coalesce(*(Subquery(rows.order_by("-year").values("year")[:1]) for rows in (issued, recorded)))


@dataclass(frozen=True)
class Asked:
    """A standard that was asked."""

    number: int
    title: str


@dataclass
class Reading:
    """One overview: everything the page shows is asked of this, so that figures and lists agree."""

    user: "User"
    commissioners: list[int]
    year: str
    as_at: date
    strand: str = LevelResult.OVERALL
    category: "Category | None" = None
    # False where it is known that no records speak of the year: then nothing is asked of them.
    with_records: bool = True
    # The rounds of each year where they are known, so that the database looks at their returns only.
    rounds: Mapping[str, Sequence[int]] | None = None

    # What the pages show of a return; hundreds of rows a page are read faster without the rest.
    SHOWN: ClassVar[tuple[str, ...]] = (
        "reference", "commissioner", "due_on", "original_due_on", "first_submitted_at",
        "organisation__name", "organisation__reference", "organisation__category__name",
    )  # fmt: skip
    # Anything else sorts the worst first.
    ORDERS: ClassVar[dict[str, str]] = {"name": "organisation__name", "-name": "-organisation__name", "due": "due_on"}

    @cached_property
    def providers(self) -> QuerySet[Organisation]:
        """The register at the as-at date, within the category."""
        register = standing.register(self.commissioners, as_at=self.as_at)
        return register.filter(category=self.category) if self.category else register

    @cached_property
    def returns(self) -> Any:
        """The return that counts of each provider asked, with its standing."""
        allowed = SelfAssessment.objects.permitted(self.user, Can.SEE_OVERVIEW, on=self.as_at)
        rounds = None if self.rounds is None else self.rounds.get(self.year, [])
        found = standing.of_year(allowed, self.commissioners, self.year, as_at=self.as_at, rounds=rounds)
        if self.category:
            found = found.filter(organisation__category=self.category)
        return standing.with_standing(found, as_at=self.as_at, strand=self.strand)

    @cached_property
    def counts(self) -> standing.Counts:
        """Where the register stands. One query, two for a register where nobody was asked; shared with ``change``."""
        rows = self._tally
        first = rows[0] if rows else self.providers.aggregate(register=Count("pk"), **self._counted_records)
        return standing.counts_of(rows, first["register"], recorded=first.get("recorded", 0))

    @cached_property
    def change(self) -> Change:
        """Levels against last year's. One query, and the counts come with it."""
        before = previous_level(self.year, self.strand, rounds=self.rounds)
        self._tally = standing.tally(self.returns, **self._beside, before=before)
        return change_of(self._tally)

    @cached_property
    def _tally(self) -> list[dict[str, Any]]:
        return standing.tally(self.returns, **self._beside)

    @property
    def _beside(self) -> dict[str, Any]:
        known = {"recorded": counted(self.recorded)} if self.with_records else {}
        return {"register": self._register, "of_category": CATEGORY, **known}

    @property
    def _counted_records(self) -> dict[str, Count]:
        """How many of the register are known from records only, counted with it; nothing where no records speak."""
        if not self.with_records:
            return {}
        return {"recorded": Count("pk", filter=Q(pk__in=self.recorded.order_by().values("pk")))}

    @cached_property
    def records(self) -> QuerySet[RecordedGrade]:
        """The year's grades from records, of every provider."""
        return records.in_year(self.user, self.commissioners, self.year, as_at=self.as_at)

    @cached_property
    def recorded(self) -> QuerySet[Organisation]:
        """Providers of the register that were not asked for a return in the year, and of which the records speak."""
        return records.with_records(standing.not_asked(self.providers, self.returns), self.records)

    @property
    def _register(self) -> Coalesce:
        """How many providers the register has, asked once beside the returns and not for each of them."""
        return counted(self.providers)

    @cached_property
    def _sizes(self) -> list[dict[str, Any]]:
        """The register by category, in its order, and with it the standards asked in the year. One query."""
        register = self.providers.order_by("category__position", "category__code")
        sizes: Any = register.values(of_category=F("category__plural"), standards=self._asked)
        return list(sizes.annotate(n=Count("pk"), **self._counted_records))

    @property
    def by_category(self) -> list[tuple[str, dict[str, int]]]:
        """For each category of the register, in its order, how many providers stand where."""
        found: dict[str, dict[str, int]] = {}
        for row in self._tally:
            stands = found.setdefault(row["of_category"], {})
            stands[row["standing"]] = stands.get(row["standing"], 0) + row["n"]
        return [
            (
                row["of_category"],
                standing.with_not_asked(
                    {**found.get(row["of_category"], {}), "recorded": row.get("recorded", 0)}, row["n"]
                ),
            )
            for row in self._sizes
        ]

    def how_many(self, state: str | None, words: str | None = None) -> int | None:
        """How many ``rows`` there are, as far as the counts say it: not when somebody searched. No query of its own."""
        if words:
            return None
        named = {"returned": self.counts.returned, "no_return": self.counts.not_returned,
                 "extended": self.counts.extended, "in_question": self.counts.in_question,
                 "not_asked": 0, "recorded": 0}  # fmt: skip
        everybody = self.counts.total - self.counts.of("not_asked", "recorded")
        return named.get(state, self.counts.of(state)) if state else everybody

    def rows(self, *, state: str | None = None, words: str | None = None, sort: str = "") -> Any:
        """The returns behind a figure, worst first or by name, optionally searched."""
        found = self.returns.annotate(reasons=F("result__reasons"))
        if state == "returned":
            found = found.filter(standing__in=RECEIVED)
        elif state == "no_return":
            found = found.filter(standing__in=NO_RETURN)
        elif state == "in_question":
            since = InQuestion.objects.since_when(self_assessment=OuterRef("pk"))
            found = found.filter(standing.in_question()).annotate(doubted_since=since)
        elif state == "extended":
            found = found.filter(standing="not_due", due_on__gt=F("original_due_on"))
        elif state:
            found = found.filter(standing=state)
        for word in (words or "").split():
            found = found.filter(Q(organisation__name__icontains=word) | Q(organisation__code__istartswith=word))
        order = self.ORDERS.get(sort, "rank")
        lean = found.select_related(None).select_related("organisation__category").only(*self.SHOWN)
        return lean.order_by(order, "organisation__name", "pk")

    @cached_property
    def not_asked(self) -> Any:
        """Neither asked nor known from records."""
        found = standing.not_asked(self.providers, self.returns)
        if self.with_records:
            found = found.exclude(pk__in=self.recorded.order_by().values("pk"))
        return found.select_related("category").order_by("name")

    @cached_property
    def shared(self) -> list[Organisation]:
        """Providers that another commissioner leads and counts, with its name and the level it gave (hazard 29)."""
        live = Arrangement.objects.live(on=self.as_at)
        here = {"organisation": OuterRef("pk")}
        ours = live.filter(commissioner__in=self.commissioners, part=Arrangement.Part.ASSOCIATE, **here)
        led = live.leading().filter(commissioner__in=self.commissioners, **here)
        levels = LevelResult.objects.shared().filter(self_assessment__round__year=self.year, strand=self.strand, **here)
        found = Organisation.objects.filter(Exists(ours), ~Exists(led)).annotate(
            led_by=Subquery(live.leading().filter(**here).values("commissioner__name")[:1]),
            level=Subquery(levels.order_by("-decided_at").values("level")[:1]),
        )
        if self.category:
            found = found.filter(category=self.category)
        return list(found.select_related("category").order_by("name"))

    @property
    def standards(self) -> list[Asked]:
        """The standards asked in the year, one for each number: the columns of the matrix; none without providers."""
        return [Asked(**each) for each in self._sizes[0]["standards"]] if self._sizes else []

    @property
    def _asked(self) -> ArraySubquery:
        versions = Round.objects.filter(commissioner__in=self.commissioners, year=self.year).values("framework_version")
        found = Standard.objects.filter(framework_version__in=versions).order_by("number", "-framework_version_id")
        return ArraySubquery(found.distinct("number").values(each=JSONObject(number="number", title="title")))
