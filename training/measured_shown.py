"""What is measured as its pages show it: the list of lines, one line with its history, and how figures are split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from design.calendar import FinancialYear, london_date
from providers.models import Category, Organisation, ServiceQuestion
from providers.models.organisations import Tier
from training import line_words
from training.models import CollectingRule, Group, Grouping, Line, LineSet, StaffSplit, Subject, Threshold
from training.models.groups import OWN
from training.rulebook import Rulebook


class MeasuredFilter(forms.Form):
    """Whose lines, as at when, and which of them; sent by GET."""

    mark_optional = False
    whose: Any = forms.ModelChoiceField(label="Commissioner", queryset=None, required=False, empty_label=None)
    year = forms.ChoiceField(label="As they hold", required=False)
    family = forms.ChoiceField(
        label="Kind of line", required=False, choices=[("", "Training and indicators"), *Line.Family.choices]
    )
    use = forms.ChoiceField(
        label="Use", required=False, choices=[("", "In use"), ("stopped", "Not in use"), ("all", "All")]
    )
    q = forms.CharField(label="Words in its name", required=False, max_length=60)

    def __init__(self, *args: Any, commissioners: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on, self.ours = on, list(commissioners)
        following = FinancialYear.of(on).next
        self.fields["year"].choices = [("", "Today"), (following.label, f"On {following.starts:%-d %B %Y}")]  # type: ignore[attr-defined]
        whose: Any = self.fields["whose"]
        whose.queryset = commissioners
        whose.initial = self.ours[0].pk if self.ours else None
        if len(self.ours) < 2:
            del self.fields["whose"]

    @property
    def given(self) -> dict[str, Any]:
        """What can be read of it."""
        return self.cleaned_data if self.is_valid() else {}

    @property
    def day(self) -> date:
        """Today, or the first day of the next year."""
        return FinancialYear.of(self.on).next.starts if self.given.get("year") else self.on

    @property
    def chosen(self) -> Organisation | None:
        """Whose lines are shown."""
        return self.given.get("whose") or (self.ours[0] if self.ours else None)

    def takes(self, line: Line, sets: dict[str, LineSet]) -> bool:
        """Is the line shown?"""
        given, of = self.given, sets.get(line.set_code)
        used = line.in_use and of is not None and of.in_use
        if (wanted := given.get("use")) != "all" and used == (wanted == "stopped"):
            return False
        words = (given.get("q") or "").casefold()
        return given.get("family") in (None, "", line.family) and words in f"{line.name} {line.short}".casefold()


@dataclass(frozen=True)
class Shown:
    """One line in the words of the list."""

    line: Line
    set_name: str
    used: bool
    counted: str
    asked: str
    refreshed: str
    threshold: str
    local: tuple[str, ...]

    @property
    def whose(self) -> str:
        """Supplied with the portal, or the commissioner's own."""
        return "Own" if self.line.commissioner_id else "Supplied"


def names() -> tuple[dict[str, str], dict[str, str]]:
    """Categories by code, and the questions of the service profile by key. Two queries."""
    return (
        dict(Category.objects.values_list("code", "plural")),
        dict(ServiceQuestion.objects.values_list("key", "question")),
    )


def lines_shown(form: MeasuredFilter) -> list[Shown]:
    """The lines that the filter leaves, in the order of their sets and their own. Five queries."""
    if (whose := form.chosen) is None:
        return []
    book, on, words = Rulebook([whose], Line, LineSet, Threshold), form.day, names()
    sets, lines = book.each(LineSet, whose, on), book.each(Line, whose, on).values()
    levels = list(book.each(Threshold, whose, on).values())
    kept = [line for line in lines if form.takes(line, sets)]
    places = {code: (each.position, each.name) for code, each in sets.items()}
    kept.sort(key=lambda line: (places.get(line.set_code, (999, "")), line.position, line.code))
    return [_shown(line, sets.get(line.set_code), [row for row in levels if row.code == line.code], words)
            for line in kept]  # fmt: skip


def _shown(line: Line, of: LineSet | None, held: Sequence[Threshold], words: tuple[Any, Any]) -> Shown:
    plain = next((row for row in held if not row.category and not row.organisation_id), None)
    local = sorted((row for row in held if row is not plain), key=lambda row: (row.category == "", str(row)))
    return Shown(
        line, _set_name(of, line), line.in_use and of is not None and of.in_use, line_words.counted(line),
        line_words.asked_of_whom(line, *words), line_words.refreshed(line), line_words.threshold(line, plain),
        tuple(f"{line_words.for_whom(row, words[0])}: {line_words.value(line, row.value)}" for row in local),
    )  # fmt: skip


def _set_name(of: LineSet | None, line: Line) -> str:
    if of is None:
        return line.set_code
    return f"{of}, {of.organisation} only" if of.organisation else str(of)


@dataclass(frozen=True)
class OneLine:
    """A line of one commissioner with everything that held, holds and will hold."""

    commissioner: Organisation
    shown: Shown | None
    rows: list[tuple[Line, str, str, bool]]
    thresholds: list[tuple[Threshold, str, str, bool, bool]]


def one_line(commissioners: Iterable[Organisation], code: str, *, on: date) -> list[OneLine]:
    """For each commissioner that has the line. Five queries."""
    ours = list(commissioners)
    book, words = Rulebook(ours, Line, LineSet, Threshold), names()
    found = []
    for each in ours:
        rows = [row for row in book.of(Line, each) if row.code == code]
        if not rows:
            continue
        now, levels = book.each(Line, each, on).get(code), book.each(Threshold, each, on).values()
        line, sets = now or rows[-1], book.each(LineSet, each, on)
        held = [row for row in levels if row.code == code]
        told = [(row, line_words.counted(row), line_words.refreshed(row), row is now) for row in reversed(rows)]
        limits = [row for row in book.of(Threshold, each) if row.code == code]
        limits.sort(key=lambda row: (row.organisation_id is not None, row.category, str(row.organisation or "")))
        shown = _shown(line, sets.get(line.set_code), held, words) if now else None
        found.append(OneLine(each, shown, told, [_limit(line, row, row in held, words[0]) for row in limits]))
    return found


def _limit(line: Line, row: Threshold, holds: bool, categories: Any) -> tuple[Threshold, str, str, bool, bool]:
    late = row.set_at is not None and london_date(row.set_at) > FinancialYear.of(row.valid_from).starts
    return row, line_words.for_whom(row, categories), line_words.threshold(line, row), holds, late


@dataclass(frozen=True)
class Split:
    """How the figures of one commissioner are split and collected, and its own rows of other days."""

    commissioner: Organisation
    groupings: list[tuple[Grouping, list[Group]]]
    splits: list[tuple[str, str, StaffSplit]]
    subjects: list[Subject]
    sets: list[LineSet]
    rule: CollectingRule | None
    others: list[str]


def splits_shown(commissioners: Iterable[Organisation], *, on: date) -> list[Split]:
    """For each commissioner. Seven queries."""
    ours = list(commissioners)
    kinds = (Grouping, Group, StaffSplit, Subject, LineSet, CollectingRule)
    book, categories = Rulebook(ours, *kinds), dict(Category.objects.values_list("code", "plural"))
    return [_split(each, book, kinds, categories, on) for each in ours]


def _split(whose: Organisation, book: Rulebook, kinds: Any, categories: dict[str, str], on: date) -> Split:
    groupings = book.each(Grouping, whose, on)
    groups = sorted(book.each(Group, whose, on).values(), key=lambda row: row.position)
    whom = {**dict(Tier.choices), OWN: line_words.OWN_PEOPLE, **categories}
    splits = [
        (whom.get(row.category or row.tier, row.category), str(groupings.get(row.grouping, "Everybody together")), row)
        for row in book.each(StaffSplit, whose, on).values()
    ]
    others = [row for kind in kinds for row in book.of(kind, whose)
              if row.commissioner_id is not None and not row.holds(on)]  # fmt: skip
    return Split(
        whose,
        [(each, [row for row in groups if row.grouping == code]) for code, each in groupings.items()],
        sorted(splits, key=lambda each: list(whom.values()).index(each[0]) if each[0] in whom.values() else 99),
        sorted(book.each(Subject, whose, on).values(), key=lambda row: row.position),
        sorted(book.each(LineSet, whose, on).values(), key=lambda row: (row.position, row.name)),
        next(iter(book.holding(CollectingRule, whose, on)), None), [_dated(row) for row in others],
    )  # fmt: skip


def _dated(row: Any) -> str:
    until = f" until {row.valid_to:%-d %B %Y} (that day not included)" if row.valid_to else ""
    return f"{row._meta.verbose_name.capitalize()} {row}, from {row.valid_from:%-d %B %Y}{until}"


def providers_of(commissioners: Any, *, on: date) -> Any:
    """Those from whom the commissioners collect, and the commissioners themselves, by name."""
    from providers.models import Arrangement

    led = Arrangement.objects.live(on=on).leading().filter(commissioner__in=commissioners)
    found = Organisation.objects.filter(Q(pk__in=led.values("organisation")) | Q(pk__in=commissioners.values("pk")))
    return found.order_by("name")
