"""What the overview of training and key indicators is about: whose, which period, which lines and which providers.

Everything on the page is asked of one ``Reading``, by the page, by its file and by its paper alike. The returns of the
period are read once: who was asked, who is missing, and the rows of the matrix come from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from accounts.capabilities import Can
from training.models import FigureReturn, Line, Period
from training.resolver import Coverage, Sum, figures, sums
from training.resolver.cells import Cell, cells_of
from training.resolver.cover import Silent, asked_by_return
from training.resolver.keeping import Stamp, kept, kept_of, of_json
from training.resolver.sums import judged_by, met_by, none_of
from training.resolver.trends import EIGHT, Slots, running_below, slots_of, starts_to
from training.words import value_said

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation

GOVERNING_BODY = "governing_body"
MOST_LINES = 20
ROW = ("pk", "reference", "organisation_id", "category", "state", "first_submitted_at", "withdrawn_at",
       "withdrawn_reason", "organisation__name", "organisation__reference", "organisation__category__name")  # fmt: skip


class Asked(NamedTuple):
    """One return of the period as far as the overview reads it; there are as many as providers."""

    pk: int
    reference: str
    organisation_id: int
    category: str
    state: str
    first_submitted_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str
    name: str
    organisation_reference: str
    category_name: str | None

    @property
    def silent(self) -> Silent:
        """Said of it where there is no figure."""
        return Silent(self.pk, self.reference, self.organisation_id, self.name, self.category, self.withdrawn_reason)


@dataclass(frozen=True)
class Row:
    """One provider of the matrix."""

    asked: Asked
    cells: Sequence[Cell]


@dataclass(frozen=True)
class LineRow:
    """One line of the summary: what it comes to, since when below, who is missing and who weighs most."""

    line: Line
    sum: Sum
    below: int
    missing: Sequence[Silent]
    biggest: str

    @property
    def shown(self) -> str:
        """The value in its unit."""
        return value_said(self.sum)

    @property
    def asked(self) -> int:
        """How many providers were asked for it."""
        return self.sum.given + len(self.missing)


@dataclass
class Reading:
    """One overview. ``lines`` are all in force on the period's last day; ``columns`` those of the matrix."""

    user: "User"
    commissioner: "Organisation"
    period: Period
    periods: Sequence[Period]
    on: date
    lines: Sequence[Line]
    columns: Sequence[Line]
    category: str = ""
    words: str = ""
    below_only: bool = False
    can: Can = Can.SEE_FIGURES
    at: datetime | None = None
    # What is frozen is for everybody: returns for named people stay out.
    for_everybody: bool = False
    # The same period of the other commissioners that the person acts for.
    elsewhere: Sequence[Period] = ()
    page: Sequence[Asked] = ()
    _seen: dict[Any, list[Cell]] | None = None

    @cached_property
    def returns(self) -> list[Asked]:
        """Every return of the period that the reader may see, by name. One statement."""
        rows = FigureReturn.objects.permitted(self.user, self.can, on=self.on).filter(period=self.period)
        rows = rows.select_related(None).order_by("organisation__name", "pk")
        rows = rows.filter(circle=None) if self.for_everybody else rows
        return list(map(Asked._make, rows.values_list(*ROW)))

    @cached_property
    def of_providers(self) -> list[Asked]:
        """Without the commissioner's own staff, within the category."""
        others = [each for each in self.returns if each.organisation_id != self.commissioner.pk]
        return [each for each in others if self.category in ("", each.category)]

    @cached_property
    def coverage(self) -> Coverage:
        """ "41 of 46 providers", the others by name."""
        gone = [each for each in self.of_providers if each.state == FigureReturn.State.WITHDRAWN]
        asked = [each for each in self.of_providers if each.state != FigureReturn.State.WITHDRAWN]
        missing = [each.silent for each in asked if each.first_submitted_at is None]
        return Coverage(
            len(asked), len(asked) - len(missing), tuple(missing), tuple(each.silent for each in gone)
        )  # fmt: skip

    @property
    def led_by_others(self) -> list[str]:
        """Providers with a contract of ours that another commissioner leads and counts, by name; with the period."""
        return list(getattr(self.period, "led_by_others", ()))

    @cached_property
    def categories(self) -> list[tuple[str, str]]:
        """Code and name of the categories that were asked."""
        found = {each.category: each.category_name or each.category for each in self.returns if each.category}
        return sorted(found.items(), key=lambda each: each[1])

    @cached_property
    def slots(self) -> Slots:
        """The eight periods up to this one. No statement: the chooser knows the periods."""
        same = [each for each in self.periods if each.timing == self.period.timing]
        return slots_of(starts_to(self.period, EIGHT), self.period.timing, same)

    # --- Lines ---------------------------------------------------------------------------------------------------

    @cached_property
    def summary(self) -> list[LineRow]:
        """Every line that anybody was asked or said anything about, in its order."""
        missing = self._missing
        names = {each.organisation_id: each.name for each in self.returns}
        rows = []
        for line in self.lines:
            over = self._over(line)
            if over[-1].given or missing.get(line.code):
                biggest = names.get(over[-1].biggest.organisation, "") if over[-1].biggest else ""
                rows.append(LineRow(line, over[-1], running_below(over), missing.get(line.code, ()), biggest))
        return rows

    @property
    def short_lines(self) -> list[LineRow]:
        """Lines below their threshold, furthest first."""
        short = [row for row in self.summary if row.sum.state.is_short]
        return sorted(short, key=lambda row: -row.sum.gap)

    @cached_property
    def _missing(self) -> dict[str, list[Silent]]:
        """By line who was asked for it and has not returned, in the order of their names."""
        found: dict[str, list[Silent]] = {line.code: [] for line in self.lines}
        for each in self.coverage.missing:
            for code in self._asked_by_return.get(each.return_pk, ()):
                if code in found:
                    found[code].append(each)
        return found

    @cached_property
    def _asked_by_return(self) -> dict[int, set[str]]:
        """What the returns of the page, one's own and those that are missing ask for. One statement."""
        read = [*self.page, *self._mine]
        return asked_by_return({each.return_pk for each in self.coverage.missing} | {each.pk for each in read})

    def _over(self, line: Line) -> list[Sum]:
        """The line's sums over the eight periods."""
        return [found.get((line.code,)) or none_of(line) for found in self._each_period]

    @cached_property
    def _each_period(self) -> list[dict[tuple[Any, ...], Sum]]:
        """What every line comes to in each of the eight periods; kept until a return of it moves. One statement."""
        shape = tuple((line.pk, line.per) for line in self.lines)
        question = ("sums", self.user.pk, self.can, self.on, self.category, self.at, self.for_everybody, shape)
        pks = [period.pk for period in self.slots.periods if period]
        found = kept_of({pk: ((*question, pk), self._stamp(pk)) for pk in pks}, self._asked_sums)
        return [found[period.pk] if period else {} for period in self.slots.periods]

    def _asked_sums(self, periods: list[int]) -> dict[int, dict[tuple[Any, ...], Sum]]:
        found = figures(self.user, self.commissioner.pk, at=self.at, can=self.can).filter(period__in=periods)
        if self.category:
            found = found.filter(figure_return__category=self.category)
        found = found.filter(figure_return__circle=None) if self.for_everybody else found
        answer: dict[int, dict[tuple[Any, ...], Sum]] = {period: {} for period in periods}
        for (code, period), each in sums(found, self.lines, "period").items():
            answer[period][code,] = each
        return answer

    def _stamp(self, pk: int) -> Stamp | None:
        """How far the returns of a period have moved, as the chooser read it."""
        return next((of_json(getattr(each, "stamp", None)) for each in self.periods if each.pk == pk), None)

    # --- The matrix ----------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> list[Asked]:
        """The providers of the matrix: asked and not withdrawn, found by the words, perhaps only those below."""
        words = self.words.casefold().split()
        found = [
            each
            for each in self.of_providers
            if each.state != FigureReturn.State.WITHDRAWN and all(word in each.name.casefold() for word in words)
        ]
        if not self.below_only:
            return found
        question = ("below", self.user.pk, self.can, self.on, self.period.pk, tuple(line.pk for line in self.columns))
        short = kept(question, self._stamp(self.period.pk), self._short)
        return [each for each in found if each.pk in short]

    def _short(self) -> frozenset[int]:
        """The returns with a figure that misses its threshold in one of the columns. One statement."""
        found = figures(self.user, self.commissioner.pk, at=self.at, can=self.can).filter(
            period=self.period, code__in=[line.code for line in self.columns]
        )  # fmt: skip
        missed = found.filter(judged_by(self.columns)).exclude(met_by(self.columns))
        return frozenset(missed.order_by().values_list("figure_return_id", flat=True))

    def matrix(self, page: Sequence[Asked], *, asked: set[tuple[int, str]] | None = None) -> list[Row]:
        """The rows of one page with their cells. Two statements; one where it is known who was ``asked``."""
        if asked is None:
            self.page = page
            asked = self._asked
        cells = self._cells([*page, *self._mine], asked)
        return [Row(each, cells[each.pk]) for each in page]

    @property
    def _asked(self) -> set[tuple[int, str]]:
        """Return and line of everything that is asked."""
        return {(pk, code) for pk, codes in self._asked_by_return.items() for code in codes}

    def _cells(self, returns: Any, asked: set[tuple[int, str]]) -> dict[Any, list[Cell]]:
        """Of these returns, and of the Governing Body among the commissioner's own staff. One statement."""
        part = (self._mine[0].pk, GOVERNING_BODY) if self._mine else None
        self._seen = cells_of(
            returns, self.columns, user=self.user, at=self.at, can=self.can, asked=asked, part=part
        )  # fmt: skip
        return self._seen

    @cached_property
    def _mine(self) -> list[Asked]:
        """The return of the commissioner's own staff, where it was asked."""
        own = [each for each in self.returns if each.organisation_id == self.commissioner.pk]
        return [each for each in own if each.state != FigureReturn.State.WITHDRAWN]

    @property
    def own(self) -> list[tuple[str, Asked, list[Cell]]]:
        """The commissioner's own staff, and the Governing Body among them; asked with the page of the matrix."""
        if not self._mine:
            return []
        mine, found = self._mine[0], self._seen or self._cells(self._mine, self._asked)
        shown = [("Own staff", mine, found[mine.pk])]
        if board := found.get((mine.pk, GOVERNING_BODY)):
            shown.append(("of whom Governing Body", mine, board))
        return shown
