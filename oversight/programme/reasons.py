"""Why a provider should be visited: one function for each source of a reason, over all providers at once.

A source gives rows (provider, pieces, since, what) as far as the reader may know of them; all sources are asked in one
statement (``facts``). What a fact weighs is dated data (``VisitWeight``), how it is said stands beside it. To add a
source: a function, its ``Source`` in ``SOURCES``, and a shipped weight in ``data/visits.toml``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest

from accounts.capabilities import Can
from actions.models import Action
from assurance.models import AssurancePolicy, InQuestion, Rating, SelfAssessment, StandardResult
from assurance.models.scoring import VALIDATED
from design.calendar import add_months
from design.several import ask_several
from framework.models import Grade
from oversight.models import Concern, SurveillanceLevel, VisitRule, VisitWeight
from oversight.programme.dated import for_each, standing
from providers.models import Post, PostRule, RegulatorRating
from providers.models.policy import Dated
from training.models import Figure
from training.unplanned import fallen_now, red_now

if TYPE_CHECKING:
    from accounts.models import User

FEW = 50
RED = Grade.objects.filter(counts_as_met=False, excludes=False, severity__gt=1)
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Fact:
    """So many pieces of a reason, from ``n`` things, since when, and what exactly where the source says it."""

    pieces: int
    since: date | None = None
    what: str = ""
    n: int = 1


@dataclass(frozen=True)
class Asked:
    """Whose programme: the reader, the day, the commissioners that it is of, and the providers on it."""

    user: "User"
    on: date
    commissioners: Sequence[int]
    providers: Sequence[int]

    def of(self, rows: Any, can: Can) -> Any:
        """What the reader may know of, of these commissioners and about these providers."""
        return self.here(rows.permitted(self.user, can, on=self.on))

    def here(self, rows: Any) -> Any:
        """Of these commissioners and providers, where everybody who reads their programme may read the rows.

        The providers are those of contracts that the reader is permitted: roles and interests have been asked. A few
        providers are named; many are not, because their commissioners are enough.
        """
        rows = rows.filter(commissioner__in=self.commissioners)
        return rows.filter(organisation__in=self.providers) if len(self.providers) <= FEW else rows

    @cached_property
    def _rows(self) -> dict[str, list[Any]]:
        dated = (AssurancePolicy, PostRule, VisitRule, VisitWeight)
        asked = {each.__name__: standing(each, self.commissioners, self.on) for each in dated}
        return ask_several({**asked, Grade.__name__: RED.all()})

    def holding(self, model: type[Dated], *rivals: str) -> dict[int, dict[tuple[Any, ...], Any]]:
        """The dated rows that hold for each commissioner, by the values of the rivals. One query for all models."""
        return for_each(self._rows[model.__name__], self.commissioners, rivals)

    @property
    def red(self) -> list[str]:
        """The codes of grades that are red in any scheme; asked with the dated rows."""
        return sorted({each.code for each in self._rows[Grade.__name__]})

    @cached_property
    def validated(self) -> Any:
        """The newest validated return of each provider, to be asked within a statement."""
        rows = self.of(SelfAssessment.objects, Can.SEE_VISIT_WORK).filter(state=SelfAssessment.State.VALIDATED)
        return rows.order_by("organisation_id", "-validated_at", "-pk").distinct("organisation_id").values("pk")


Rows = QuerySet[Any, Any]


def told(rows: Any, *, pieces: Any = 1, since: Any = None, what: Any = "") -> Rows:
    """The rows in the columns of a fact; ``pieces``, ``since`` and ``what`` are expressions or plain values."""
    given = {
        "fact_pieces": Cast(pieces if hasattr(pieces, "resolve_expression") else Value(pieces), IntegerField()),
        "fact_since": Cast(since if hasattr(since, "resolve_expression") else Value(since), DateField()),
        "fact_what": Cast(what if hasattr(what, "resolve_expression") else Value(what), CharField()),
    }
    own = ["fact_source"] if "fact_source" in rows.query.annotations else []
    return rows.annotate(**given).values_list("organisation", *given, *own)  # type: ignore[no-any-return]


def counted(rows: Any, since: str) -> Rows:
    """One row for each provider, and each source where the rows say it: how many, and since when the first."""
    if "fact_source" not in rows.query.annotations:
        rows = rows.order_by().values("organisation")
    return told(rows, pieces=Count("pk"), since=Min(since))


def reds(asked: Asked) -> Rows:
    """Criteria that are validated as not met, on the surest basis of each; critical ones are a source of their own."""
    by_scheme = RED.filter(scheme=OuterRef("self_assessment__round__framework_version__grading"))
    same = {name: OuterRef(name) for name in ("self_assessment", "criterion_version")}
    # By name the surer basis comes later; ``test_programme`` compares the two orders.
    surer = Rating.objects.current().filter(**same, basis__in=VALIDATED, basis__gt=OuterRef("basis"))
    found = Rating.objects.current().filter(
        Exists(by_scheme.filter(code=OuterRef("grade"))),
        ~Exists(surer),
        basis__in=VALIDATED,
        self_assessment__in=asked.validated,
        # The codes as they are: the database then passes over nearly all ratings without asking for their scheme.
        grade__in=asked.red,
    )
    critical = When(criterion_version__critical=True, then=Value("critical_reds"))
    source = Case(critical, default=Value("reds"), output_field=CharField())
    return counted(found.order_by().annotate(fact_source=source).values("organisation", "fact_source"), "on")


def in_question(asked: Asked) -> Rows:
    """Validated grades whose ground has gone."""
    return counted(asked.of(InQuestion.objects, Can.SEE_VISIT_WORK).open(), "since")


def stale(asked: Asked) -> Rows:
    """Standards that were last checked longer ago than the commissioner's months."""
    too_old = Q(pk__in=[])
    for commissioner, policy in asked.holding(AssurancePolicy).items():
        if found := policy.get(()):
            oldest = add_months(asked.on, -found.rating_stale_months)
            too_old |= Q(commissioner=commissioner, oldest_on__lt=oldest)
    checked = StandardResult.objects.filter(too_old, basis=StandardResult.Basis.VALIDATED)
    return counted(checked.filter(self_assessment__in=asked.validated), "oldest_on")


def no_return(asked: Asked) -> Rows:
    """Returns that were asked for, are overdue and not here."""
    return counted(asked.of(SelfAssessment.objects, Can.SEE_RETURN_STATUS).late(on=asked.on), "due_on")


def actions_overdue(asked: Asked) -> Rows:
    """Actions past their agreed date."""
    return counted(asked.of(Action.objects, Can.SEE_ACTIONS).overdue(on=asked.on), "due_on")


def vacancies(asked: Asked) -> Rows:
    """Statutory posts that nobody holds."""
    rules = asked.holding(PostRule, "kind")
    kinds = {rule.kind for mine in rules.values() for rule in mine.values() if rule.wanted and rule.statutory}
    rows = Post.objects.filter(kind__in=kinds, organisation__in=asked.providers).vacancies(on=asked.on)
    return told(rows.order_by(), since=F("vacant_since"), what=F("title"))


def regulator(asked: Asked) -> Rows:
    """The newest ratings of the provider and its sites that are below good: so many steps below."""
    order = RegulatorRating.ORDER
    below = order[order.index(RegulatorRating.Overall.GOOD) + 1 :]
    rows = RegulatorRating.objects.filter(organisation__in=asked.providers).newest().filter(overall__in=below)
    steps = Case(*(When(overall=code, then=Value(n)) for n, code in enumerate(below, 1)))
    return told(rows.order_by(), pieces=steps, since=F("published_on"), what=F("overall"))


def surveillance(asked: Asked) -> Rows:
    """A level of surveillance above the usual."""
    rows = asked.here(SurveillanceLevel.objects).live(on=asked.on).heightened()
    return told(rows.order_by(), since=F("starts_on"), what=F("label__name"))


def figures_red(asked: Asked) -> Rows:
    """Lines of training or indicators that were red in the newest quarter."""
    return counted(red_now(asked.of(Figure.objects, Can.SEE_VISIT_WORK), on=asked.on), "period__ends_on")


def figures_fallen(asked: Asked) -> Rows:
    """Lines that fell by more than the commissioner's rule allows since the quarter before."""
    return counted(fallen_now(asked.of(Figure.objects, Can.SEE_VISIT_WORK), on=asked.on), "period__ends_on")


def concerns(asked: Asked) -> Rows:
    """Open concerns that the reader may know of: places above the lowest level, and the words of the level."""
    rows = asked.of(Concern.objects, Can.SEE_INTELLIGENCE).open().with_levels().order_by()
    above = Greatest(Value(1), Coalesce(F("place_now"), Value(2)) - 1)
    return told(rows, pieces=above, what=Coalesce(F("level_now"), Value("not weighed yet")))


def together(found: Sequence[Fact]) -> Fact:
    """Everything of one source added up; the one that began first is named."""
    first = min(found, key=lambda each: each.since or date.max)
    return Fact(sum(each.pieces for each in found), first.since, first.what, len(found))


def the_worst(found: Sequence[Fact]) -> Fact:
    """The heaviest counts, and nothing beside it."""
    return max(found, key=lambda each: each.pieces)


def the_worst_named(found: Sequence[Fact]) -> Fact:
    """Everything added up, and the heaviest is named."""
    return Fact(sum(each.pieces for each in found), None, the_worst(found).what, len(found))


def many(n: int, one: str, several: str = "") -> str:
    """ "two overdue actions": small numbers in words."""
    number = WORDS[n] if n < len(WORDS) else str(n)
    return f"{number} {one if n == 1 else several or one + 's'}"


def _since(fact: Fact, on: date) -> str:
    """ " since May", with the year when it is another."""
    if fact.since is None:
        return ""
    return f" since {fact.since:%B}" if fact.since.year == on.year else f" since {fact.since:%B %Y}"


@dataclass(frozen=True)
class Source:
    """One kind of reason: its code, what it is called where weights are set, and how a fact is said."""

    code: str
    label: str
    rows: Callable[[Asked], Rows] | None
    say: Callable[[Fact, date], str]
    fold: Callable[[Sequence[Fact]], Fact] = together


def _is_late(fact: Fact, on: date) -> str:
    several = many(fact.pieces, "return not received", "returns not received")
    late = "no return received" if fact.pieces == 1 else several
    days = (on - fact.since).days if fact.since else 0
    return f"{late}, {days} day{'' if days == 1 else 's'} overdue"


def _vacant(fact: Fact, on: date) -> str:
    post = f"{fact.what[:1].lower()}{fact.what[1:]}" if fact.what[1:2].islower() else fact.what
    if fact.n == 1:
        return f"{post} vacant{_since(fact, on)}"
    return f"{many(fact.n, 'statutory post')} vacant, {post}{_since(fact, on)}"


def _rated(fact: Fact, on: date) -> str:
    words = RegulatorRating.Overall(fact.what).label.lower()
    return f"rated “{words}” by the regulator in {fact.since:%B %Y}"


def _worrying(fact: Fact, on: date) -> str:
    highest = "the highest " if fact.n > 1 else ""
    return f"{many(fact.n, 'open concern')} ({highest}{fact.what.lower()})"


def _not_visited(fact: Fact, on: date) -> str:
    """The words come with the fact: the programme knows the last visit."""
    return fact.what


SOURCES: tuple[Source, ...] = (
    Source(
        "critical_reds", "Critical criterion validated as not met", reds,
        lambda fact, on: many(fact.pieces, "critical red"),
    ),
    Source(
        "reds", "Other criterion validated as not met", None,
        lambda fact, on: many(fact.pieces, "other criterion not met", "other criteria not met"),
    ),
    Source(
        "in_question", "Validated grade in question", in_question,
        lambda fact, on: f"{many(fact.pieces, 'grade')} in question{_since(fact, on)}",
    ),
    Source(
        "stale", "Standard whose last check is out of date", stale,
        lambda fact, on: f"{many(fact.pieces, 'standard')} with a check out of date",
    ),
    Source("no_return", "Return overdue", no_return, _is_late),
    Source(
        "actions_overdue", "Action overdue", actions_overdue,
        lambda fact, on: f"{many(fact.pieces, 'action')} overdue{_since(fact, on)}",
    ),
    Source("vacancies", "Statutory post vacant", vacancies, _vacant),
    Source(
        "regulator", "Step below “good” in the regulator’s rating", regulator,
        _rated, the_worst,
    ),
    Source(
        "surveillance", "Surveillance above the usual", surveillance,
        lambda fact, on: f"under “{fact.what.lower()}” surveillance{_since(fact, on)}",
    ),
    Source("concerns", "Open concern: each place above the lowest level", concerns, _worrying,
           the_worst_named),
    Source(
        "figures_red", "Line of training or indicators that is red", figures_red,
        lambda fact, on: f"{many(fact.pieces, 'line')} of training or indicators far below the threshold",
    ),
    Source(
        "figures_fallen", "Line of training or indicators that dipped", figures_fallen,
        lambda fact, on: f"{many(fact.pieces, 'line')} of training or indicators fell since the quarter before",
    ),
    Source("not_visited", "Month without a visit beyond the rule", None, _not_visited),
)  # fmt: skip
BY_CODE: Mapping[str, Source] = {each.code: each for each in SOURCES}


def _of_source(rows: Rows, code: str) -> Rows:
    """The rows with their source at the end: the one that they say themselves, else this."""
    return rows if "fact_source" in rows.query.annotations else rows.annotate(fact_source=Value(code, CharField()))


def facts(asked: Asked, *beside: tuple[str, Rows]) -> dict[str, dict[int, Fact]]:
    """By source and provider what the reader may know: one statement for all sources, and for the rows ``beside``."""
    named = [*((each.code, each.rows(asked)) for each in SOURCES if each.rows), *beside]
    first, *rest = (_of_source(rows, code) for code, rows in named)
    found: dict[str, dict[int, list[Fact]]] = {code: {} for code in (*BY_CODE, *(code for code, _ in beside))}
    for organisation, pieces, since, what, code in first.union(*rest, all=True):
        found[code].setdefault(organisation, []).append(Fact(pieces, since, what))
    folds = {each.code: each.fold for each in SOURCES}
    return {
        code: {each: folds.get(code, together)(held) for each, held in by_provider.items()}
        for code, by_provider in found.items()
    }
