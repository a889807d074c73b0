"""Where every provider of the register stands in a year: the one place that sorts them into states.

Overview, homes, profile and the annual report all ask here, so that their counts cannot differ. A provider with a
live lead contract is in exactly one state, and the states add up to the register at the as-at date.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from assurance.models import InQuestion, LevelResult, SelfAssessment
from assurance.models.assessments import SelfAssessmentQuerySet
from providers.models import Arrangement, Organisation

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Standing:
    """One state: its key, its words, the tone of its tag, and whether a return was received."""

    key: str
    words: str
    tone: str
    received: bool


# Worst first: the order of lists and of the matrix.
STANDINGS: tuple[Standing, ...] = (
    Standing("none", "No assurance", "bad", True),
    Standing("limited", "Limited assurance", "bad", True),
    Standing("overdue", "No return received, overdue", "bad", False),
    Standing("not_due", "No return received, not yet due", "waiting", False),
    Standing("sent_back", "Sent back for more", "waiting", True),
    Standing("awaiting", "Not yet validated", "info", True),
    Standing("reasonable", "Reasonable assurance", "partly", True),
    Standing("significant", "Significant assurance", "good", True),
    Standing("withdrawn", "Return withdrawn", "quiet", False),
    Standing("not_asked", "No return asked for", "quiet", False),
)
# Nobody was asked, and the commissioner's own records hold grades: beside the states, in no figure of the report.
RECORDED = Standing("recorded", "From your records, not validated here", "quiet", False)
BY_KEY: Mapping[str, Standing] = {standing.key: standing for standing in (*STANDINGS, RECORDED)}
LEVELS = ("significant", "reasonable", "limited", "none")
NO_RETURN = ("overdue", "not_due")


def end_of(day: date) -> datetime:
    """The first moment after the day in London: "as at" a day includes the whole of it."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON)


def register(commissioners: Iterable[int], *, as_at: date) -> QuerySet[Organisation]:
    """The providers counted: those with a live lead contract with one of the commissioners on the day."""
    live = Arrangement.objects.live(on=as_at).leading()
    led = live.filter(organisation=OuterRef("pk"), commissioner__in=list(commissioners))
    return Organisation.objects.filter(Exists(led), kind=Organisation.Kind.PROVIDER)


def of_year(
    returns: SelfAssessmentQuerySet,
    commissioners: Iterable[int],
    year: str,
    *,
    as_at: date,
    rounds: Sequence[int] | None = None,
) -> SelfAssessmentQuerySet:
    """One return for each provider of the register that was asked in the year: the one that counts.

    When a provider was asked twice, the latest that was not withdrawn counts. Returns of providers that have left
    the register are not counted; the register is of the as-at date. ``rounds`` are those of the year, where the
    caller knows them: the database then looks at their returns and at no others.
    """
    owners = list(commissioners)
    live = Arrangement.objects.live(on=as_at).leading()
    led = live.filter(organisation=OuterRef("organisation"), commissioner=OuterRef("commissioner"))
    end = end_of(as_at)
    in_year: dict[str, Any] = {"round__year": year} if rounds is None else {"round__in": rounds}
    same = SelfAssessment.objects.filter(
        organisation=OuterRef("organisation"),
        commissioner=OuterRef("commissioner"),
        issued_at__lt=end,
        **in_year,
    )
    # As at the day: what was withdrawn or issued after it changes nothing.
    later = Q(issued_at__gt=OuterRef("issued_at")) | Q(issued_at=OuterRef("issued_at"), pk__gt=OuterRef("pk"))
    withdrawn, own_withdrawn = Q(withdrawn_at__lt=end), Q(own_withdrawn_at__lt=end)
    same = same.alias(own_withdrawn_at=ExpressionWrapper(OuterRef("withdrawn_at"), output_field=DateTimeField()))
    counts_instead = same.filter(~withdrawn & (own_withdrawn | later) | withdrawn & own_withdrawn & later)
    # The commissioner's own return is no provider's: the register does not count it either.
    of_providers = returns.filter(organisation__kind=Organisation.Kind.PROVIDER)
    asked = of_providers.filter(Exists(led), commissioner__in=owners, issued_at__lt=end, **in_year)
    return asked.filter(~Exists(counts_instead))


def with_standing(returns: SelfAssessmentQuerySet, *, as_at: date, strand: str = LevelResult.OVERALL) -> Any:
    """Annotates ``standing`` (a key of STANDINGS), ``level`` and ``rank`` (0 is worst) as at the end of the day."""
    ranks = {standing.key: Value(n) for n, standing in enumerate(STANDINGS)}
    by_level = Case(*(When(result__level=key, then=ranks[key]) for key in LEVELS), default=Value(len(STANDINGS)))
    return returns.annotate(
        result=FilteredRelation("levels", condition=Q(levels__strand=strand)),
        level=F("result__level"),
        standing=_decided({key: Value(key) for key in ranks}, F("result__level"), as_at, output_field=CharField()),
        rank=_decided(ranks, by_level, as_at),
    )


def _decided(outcome: Mapping[str, Any], level: Any, as_at: date, **options: Any) -> Case:
    """Where a return stands, said as the outcome of its state, or of its level once it is validated."""
    end = end_of(as_at)
    received = Q(first_submitted_at__lt=end)
    levelled = received & Q(validated_at__lt=end, state="validated", result__level__isnull=False)
    return Case(
        When(withdrawn_at__lt=end, then=outcome["withdrawn"]),
        When(levelled, then=level),
        When(received & Q(state="sent_back"), then=outcome["sent_back"]),
        When(received, then=outcome["awaiting"]),
        When(due_on__lt=as_at, then=outcome["overdue"]),
        default=outcome["not_due"],
        **options,
    )


@dataclass(frozen=True)
class Counts:
    """How many providers stand where. ``total`` is the register, and everything adds up to it.

    ``in_question`` is beside that: providers, wherever they stand, of which a validated grade is in question.
    """

    total: int
    by_standing: Mapping[str, int]
    late: int
    extended: int
    in_question: int

    def of(self, *keys: str) -> int:
        """Providers in any of these states."""
        return sum(self.by_standing.get(key, 0) for key in keys)

    @property
    def returned(self) -> int:
        """A return was received and not withdrawn."""
        return self.of(*(standing.key for standing in STANDINGS if standing.received))

    @property
    def not_returned(self) -> int:
        """No return received: asked for, and not here."""
        return self.of(*NO_RETURN)

    @property
    def waiting(self) -> int:
        """No return received, not late and not extended."""
        return self.not_returned - self.late - self.extended

    @property
    def validated(self) -> int:
        """Providers with a level."""
        return self.of(*LEVELS)


def counts(returns: Any, total: int, *, as_at: date) -> Counts:
    """Count returns that carry ``with_standing``; whoever of the register is not among them was not asked."""
    return counts_of(tally(returns), total)


def tally(returns: Any, **by: Any) -> list[dict[str, Any]]:
    """How many returns stand where (``n``), with a later date (``moved``), with a grade in question (``doubted``).

    One query.

    ``by`` names further expressions to tell the groups apart.
    """
    moved = Count("pk", filter=Q(due_on__gt=F("original_due_on")))
    doubted = Count("pk", filter=in_question())
    found = returns.order_by().annotate(**by).values("standing", *by)
    return list(found.annotate(n=Count("pk"), moved=moved, doubted=doubted))


def in_question() -> Exists:
    """Of returns: those with a validated grade whose ground has gone since (hazard 15)."""
    return Exists(InQuestion.objects.open().filter(self_assessment=OuterRef("pk")))


def counts_of(rows: Iterable[Mapping[str, Any]], total: int, *, recorded: int = 0) -> Counts:
    """Fold a tally into the counts of a register of so many, ``recorded`` of them known from records only."""
    found: dict[str, int] = {}
    extended = doubted = 0
    for row in rows:
        doubted += row["doubted"]
        found[row["standing"]] = found.get(row["standing"], 0) + row["n"]
        extended += row["moved"] if row["standing"] == "not_due" else 0
    found = with_not_asked({**found, "recorded": recorded}, total)
    return Counts(total, found, late=found.get("overdue", 0), extended=extended, in_question=doubted)


def with_not_asked(found: Mapping[str, int], total: int) -> dict[str, int]:
    """Counts by standing; whoever of the register is in none of them was not asked."""
    return {**found, "not_asked": total - sum(found.values())}


def not_asked(providers: QuerySet[Organisation], returns: Any) -> QuerySet[Organisation]:
    """Providers of the register that are not among the returns of the year."""
    return providers.exclude(pk__in=returns.order_by().values("organisation"))
