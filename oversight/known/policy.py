"""The words of the lists, the matrix of concerns and the days for a correction: read, and set from a day on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import slugify

from design.widgets import NumberInput
from oversight.models import ConcernMatrix, IncidentRule, Term
from providers.forms.from_a_day import FromADay
from providers.models.policy import let_hold

MOST_DAYS = 60
NEW = "new"


@dataclass(frozen=True)
class OneList:
    """One list of a commissioner: its name, the words that may be chosen today, and what comes or has been."""

    code: str
    label: str
    words: list[Term]
    others: list[Term]


@dataclass(frozen=True)
class Lists:
    """Everything of one commissioner."""

    commissioner: Any
    lists: list[OneList]
    cells: list[dict[str, Any]]
    rule: IncidentRule | None


def lists_of(commissioners: Iterable[Any], *, on: date) -> list[Lists]:
    """For each commissioner its own and the shipped rows, and which of them hold. Three queries a commissioner."""
    found = []
    for each in commissioners:
        mine = Q(commissioner=each) | Q(commissioner__isnull=True)
        rows = list(Term.objects.filter(mine).order_by("position", "label", "pk"))
        cells = ConcernMatrix.objects.in_force(each, on)
        holding: dict[tuple[str, str], ConcernMatrix] = {}
        for cell in cells:
            holding.setdefault((cell.vulnerability, cell.likelihood), cell)
        lists = [_one_list(code, label, rows, on) for code, label in Term.List.choices]
        words = {(one.code, word.code): word.label for one in lists for word in one.words}
        said = [_in_words(cell, words) for cell in holding.values()]
        found.append(Lists(each, lists, said, IncidentRule.objects.in_force(each, on).first()))
    return found


def _in_words(cell: ConcernMatrix, words: dict[tuple[str, str], str]) -> dict[str, Any]:
    """One cell as the page says it."""
    scales = {"vulnerability": "vulnerability", "likelihood": "likelihood", "level": "concern_level"}
    said = {name: words.get((scale, getattr(cell, name)), getattr(cell, name)) for name, scale in scales.items()}
    return {**said, "own": cell.commissioner_id is not None, "since": cell.valid_from}


def _one_list(code: str, label: str, rows: list[Term], on: date) -> OneList:
    mine = [row for row in rows if row.kept_in == code]
    holding: dict[str, Term] = {}
    for row in sorted(mine, key=lambda each: each.commissioner_id is None):
        if row.holds(on):
            holding.setdefault(row.code, row)
    words = sorted((row for row in holding.values() if row.in_use), key=lambda row: (row.position, row.label))
    return OneList(code, label, words, [row for row in mine if row not in words])


class OfOurWords(FromADay):
    """A form over the lists: it offers what ships and what its commissioners added, never a neighbour's words."""

    def words(self) -> Any:
        """The words that may be named here."""
        field: Any = self.fields["commissioner"]
        return Term.objects.filter(Q(commissioner=None) | Q(commissioner__in=field.queryset))


class WordForm(OfOurWords):
    """One word of one list: a new one, or other words for one that is there, or out of use."""

    word = forms.ChoiceField(label="Which word", error_messages={"required": "Choose which word"})
    label = forms.CharField(
        label="Words on screen", max_length=120, error_messages={"required": "Enter the words on screen"}
    )
    position = forms.IntegerField(
        label="Place in the list", min_value=0, max_value=999, initial=50, widget=NumberInput(width=3),
        error_messages={"required": "Enter the place in the list", "invalid": "Enter the place as a number"},
    )  # fmt: skip
    in_use = forms.BooleanField(label="It may be chosen", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: dict[tuple[str, str], str] = {}
        for row in self.words().order_by("position", "pk"):
            known.setdefault((row.kept_in, row.code), row.label)
        choices = [
            (label, [(f"{code}:{NEW}", "A new word"),
                     *((f"{code}:{word}", words) for (kept_in, word), words in known.items() if kept_in == code)])
            for code, label in Term.List.choices
        ]  # fmt: skip
        self.fields["word"].choices = choices  # type: ignore[attr-defined]
        self.order_fields(["commissioner", "word", "label", "position", "in_use", "valid_from"])

    def set(self) -> None:
        """The commissioner's own row, from its day."""
        kept_in, _, code = self.cleaned_data["word"].partition(":")
        label = self.cleaned_data["label"]
        code = (slugify(label)[:40] or NEW) if code == NEW else code
        said = {"label": label, "position": self.cleaned_data["position"], "in_use": self.cleaned_data["in_use"]}
        let_hold(Term(kept_in=kept_in, code=code, **said, **self.whose), "kept_in", "code")


class CellForm(OfOurWords):
    """Which level one pair comes to."""

    vulnerability = forms.ChoiceField(label="How vulnerable people are")
    likelihood = forms.ChoiceField(label="How likely harm is")
    level = forms.ChoiceField(label="Level of concern")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kept_in in (
            ("vulnerability", Term.List.VULNERABILITY),
            ("likelihood", Term.List.LIKELIHOOD),
            ("level", Term.List.CONCERN_LEVEL),
        ):
            rows = self.words().filter(kept_in=kept_in).order_by("position", "pk")
            words = dict(rows.values_list("code", "label"))
            self.fields[name].choices = list(words.items())  # type: ignore[attr-defined]
        self.order_fields(["commissioner", "vulnerability", "likelihood", "level", "valid_from"])

    def set(self) -> None:
        """The commissioner's own cell, from its day."""
        said = {name: self.cleaned_data[name] for name in ("vulnerability", "likelihood", "level")}
        let_hold(ConcernMatrix(**said, **self.whose), "vulnerability", "likelihood")


class DaysForm(FromADay):
    """For how long a provider may correct a report of a serious incident."""

    correction_days = forms.IntegerField(
        label="Days in which a report may be corrected", min_value=0, max_value=MOST_DAYS, widget=NumberInput(width=3),
        error_messages={"required": "Enter the days", "invalid": "Enter the days as a number"},
    )  # fmt: skip

    def set(self) -> None:
        """The commissioner's own rule, from its day."""
        let_hold(IncidentRule(correction_days=self.cleaned_data["correction_days"], **self.whose))
