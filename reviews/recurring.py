"""Recurring themes: how often what comes up, year by year and kind by kind, and said in a sentence.

Counted by one rule over every review that the person may count, so that two readers see the same (hazard 20). No
review, recommendation or provider is named: numbers, years and the words of the pick list only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.capabilities import Can
from design.charts import Cell, Chart, Fill, MatrixRow, Segment, Stack, matrix, stacked_bars
from reviews.kinds import KIND_CHOICES, KINDS
from reviews.lessons import theme_words
from reviews.models import RecommendationAction, RecommendationTheme, Review

if TYPE_CHECKING:
    from accounts.models import User

YEARS, LEAST, SHOWN = 8, 3, 30
OF = {"reviews": "review", "recommendations": "recommendation"}
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
TIMES = ("", "once", "twice", "three times")
# Kinds that are drawn alike: more than these could not be told apart in black and white.
GROUPS: tuple[tuple[str, tuple[str, ...], Fill], ...] = (
    ("About children", ("scr", "rapid", "lcspr", "ncspr"), Fill.DARK),
    ("Safeguarding Adult Reviews", ("sar", "sar_discretionary"), Fill.DIAGONAL),
    ("Domestic homicide and abuse", ("dhr", "dardr"), Fill.DOTS),
    ("Others", ("mhhr", "leder", "learning", "inquiry"), Fill.PALE),
)


def ordinal(n: int) -> str:
    """ "fourth"; "21st" from eleven on."""
    if n < len(ORDINALS):
        return ORDINALS[n]
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def number(n: int) -> str:
    """ "four"; "21" from eleven on."""
    return NUMBERS[n] if n < len(NUMBERS) else str(n)


def sentence(theme: str, years: Iterable[int], by_provider: Iterable[int]) -> str:
    """ "Fourth recommendation on professional curiosity since 2019; two providers twice."; empty for fewer than two.

    ``years`` has one year for each recommendation, ``by_provider`` for each provider of how many of them it has an
    action. Nothing is said of providers that have one only.
    """
    when = sorted(years)
    if len(when) < 2:
        return ""
    said = [f"{ordinal(len(when))} recommendation on {theme[:1].lower()}{theme[1:]} since {when[0]}"]
    often = Counter(n for n in by_provider if n > 1)
    for times, providers in sorted(often.items(), reverse=True):
        how_often = TIMES[times] if times < len(TIMES) else f"{number(times)} times"
        said.append(f"{number(providers)} provider{'' if providers == 1 else 's'} {how_often}")
    words = "; ".join(said)
    return f"{words[0].upper()}{words[1:]}."


class ThemeFilter(forms.Form):
    """What is counted; sent by GET."""

    mark_optional = False
    of = forms.ChoiceField(
        label="Count", required=False, choices=[("reviews", "Reviews"), ("recommendations", "Recommendations")]
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All kinds"), *KIND_CHOICES])


@dataclass(frozen=True)
class Line:
    """One theme: how many in each of the years, by kind, and in all."""

    code: str
    words: str
    years: tuple[int, ...]
    kinds: str
    total: int


@dataclass
class Recurring:
    """Everything on the page. Four queries."""

    user: "User"
    asked: Any
    on: date
    commissioner: int | None = None

    @cached_property
    def form(self) -> ThemeFilter:
        """The filter."""
        form = ThemeFilter(self.asked)
        form.is_valid()
        return form

    @property
    def of(self) -> str:
        """Whether reviews or recommendations are counted."""
        return getattr(self.form, "cleaned_data", {}).get("of") or "reviews"

    @property
    def kind(self) -> str:
        """The kind that was asked for."""
        return getattr(self.form, "cleaned_data", {}).get("kind") or ""

    @cached_property
    def _reviews(self) -> list[tuple[str, int, str]]:
        """Theme, year and kind of each theme of each review."""
        fields = ("kind", "referred_on", "theme_1__code", "theme_2__code", "theme_3__code")
        rows = Review.objects.permitted(self.user, Can.COUNT_REVIEWS).order_by().values_list(*fields)
        return [(code, day.year, kind) for kind, day, *codes in rows for code in codes if code]

    @cached_property
    def _recommendations(self) -> list[tuple[str, int, str, int]]:
        """Theme, year and kind of its review, and the recommendation."""
        counted = Review.objects.permitted(self.user, Can.COUNT_REVIEWS)
        rows = RecommendationTheme.objects.filter(
            recommendation__review__in=counted, recommendation__superseded_at__isnull=True
        )
        of = "recommendation__review__"
        fields = ("theme__code", f"{of}referred_on", f"{of}kind", "recommendation")
        return [(code, day.year, kind, pk) for code, day, kind, pk in rows.values_list(*fields)]

    @cached_property
    def _words(self) -> dict[str, str]:
        codes = sorted({row[0] for row in self._reviews} | {row[0] for row in self._recommendations})
        return dict(zip(codes, theme_words(codes, self.commissioner, self.on), strict=True))

    @cached_property
    def _counted(self) -> dict[str, Counter[tuple[int, str]]]:
        """By theme: how many of each year and kind, of the kind that was asked for."""
        rows: Iterable[Any] = self._reviews if self.of == "reviews" else self._recommendations
        found: dict[str, Counter[tuple[int, str]]] = defaultdict(Counter)
        for code, year, kind, *_ in rows:
            if self.kind in ("", kind):
                found[code][year, kind] += 1
        return found

    @property
    def years(self) -> list[int]:
        """The last years, the latest last: from the first of which there is something, three at least."""
        known = [year for held in self._counted.values() for year, _ in held]
        first = max(self.on.year - YEARS + 1, min([*known, self.on.year - LEAST + 1]))
        return list(range(first, self.on.year + 1))

    @cached_property
    def lines(self) -> list[Line]:
        """The commonest themes first; earlier years stand in the total."""
        found = [_line(code, self._words[code], held, self.years) for code, held in self._counted.items()]
        return sorted(found, key=lambda line: (-line.total, line.words))

    @property
    def picture(self) -> Chart:
        """Theme by year: the number stands in the cell, and darker means more."""
        rows = [MatrixRow(line.words, tuple(_cell(n, OF[self.of]) for n in line.years)) for line in self.lines[:SHOWN]]
        title = f"How many {self.of} there are on each theme, by year"
        return matrix(rows, headings=[str(year) for year in self.years], title=title, heading="Theme")

    @property
    def by_kind(self) -> Chart:
        """Theme by kind, all years together."""
        stacks = [_stack(line.words, self._counted[line.code]) for line in self.lines[:SHOWN]]
        title = f"How many {self.of} there are on each theme, by kind"
        return stacked_bars(stacks, title=title, heading="Theme", to_scale=True)

    @cached_property
    def sentences(self) -> list[str]:
        """What comes up again, the most often first."""
        at: dict[str, dict[int, int]] = defaultdict(dict)
        for code, year, _, pk in self._recommendations:
            at[code][pk] = year
        pairs = self._providers({pk for held in at.values() for pk in held})
        found = []
        for code, held in sorted(at.items(), key=lambda each: (-len(each[1]), self._words[each[0]])):
            each_of = Counter(organisation for pk in held for organisation in pairs.get(pk, ()))
            found.append(sentence(self._words[code], held.values(), each_of.values()))
        return [said for said in found if said]

    @staticmethod
    def _providers(recommendations: set[int]) -> Mapping[int, set[int]]:
        """Who has an action for each of these recommendations."""
        found: dict[int, set[int]] = defaultdict(set)
        rows = RecommendationAction.objects.filter(recommendation__in=recommendations)
        for pk, organisation in rows.values_list("recommendation", "organisation"):
            found[pk].add(organisation)
        return found


def _line(code: str, words: str, held: Counter[tuple[int, str]], years: list[int]) -> Line:
    by_kind: Counter[str] = Counter()
    for (_, kind), n in held.items():
        by_kind[kind] += n
    kinds = ", ".join(f"{KINDS[kind].short} {n}" for kind, n in by_kind.most_common())
    each = tuple(sum(n for (when, _), n in held.items() if when == year) for year in years)
    return Line(code, words, each, kinds, held.total())


def _cell(n: int, what: str) -> Cell:
    fill = Fill.DARK if n > 3 else Fill.PALE if n else Fill.BLANK
    return Cell(str(n), f"{n} {what}{'' if n == 1 else 's'}", fill)


def _stack(words: str, held: Counter[tuple[int, str]]) -> Stack:
    parts = [
        Segment(group, sum(n for (_, kind), n in held.items() if kind in kinds), fill) for group, kinds, fill in GROUPS
    ]
    return Stack(words, tuple(parts))
