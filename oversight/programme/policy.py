"""The dated rules, weights and questions of visits: how they are read, and how they are set from a day on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from design.fields import LongTextField
from design.widgets import NumberInput
from oversight.models import StaffQuestions, VisitRule, VisitWeight
from oversight.models.programme import MOST_MONTHS, MOST_POINTS
from oversight.programme.reasons import SOURCES
from providers.forms.from_a_day import FromADay
from providers.models import Category
from providers.models.organisations import Tier
from providers.models.policy import let_hold

MOST_QUESTIONS = 20


@dataclass(frozen=True)
class Held:
    """One dated row as the page shows it: what it is about, what it says, and whether it holds today."""

    about: str
    row: Any
    holds: bool


@dataclass(frozen=True)
class Numbers:
    """Everything of one commissioner: its own rows and the shipped ones, in the order of the page."""

    commissioner: Any
    rules: list[Held]
    weights: list[Held]
    questions: list[Held]


def numbers_of(commissioners: Iterable[Any], *, on: date) -> list[Numbers]:
    """For each commissioner its own and the shipped rows, and which of them hold. Four queries."""
    ours = list(commissioners)
    kinds = dict(kinds_of_provider())
    labels = {each.code: each.label for each in SOURCES}
    models = (VisitRule, VisitWeight, StaffQuestions)
    mine = Q(commissioner__in=ours) | Q(commissioner__isnull=True)
    rules, weights, questions = (list(model.objects.filter(mine).order_by("-valid_from", "pk")) for model in models)
    found = []
    for each in ours:
        said = [(kinds.get(row.who, row.who), row, (row.who, row.from_points)) for row in _whose(rules, each)]
        said.sort(key=lambda one: (list(kinds.values()).index(one[0]) if one[0] in kinds.values() else 99,
                                   one[1].from_points))  # fmt: skip
        weigh = [(labels[row.source], row, row.source) for row in _whose(weights, each) if row.source in labels]
        weigh.sort(key=lambda one: list(labels.values()).index(one[0]))
        ask = [("Asked of staff", row, "") for row in _whose(questions, each)]
        found.append(Numbers(each, _held(said, on), _held(weigh, on), _held(ask, on)))
    return found


def _whose(rows: Iterable[Any], commissioner: Any) -> list[Any]:
    return [row for row in rows if row.commissioner_id in (None, commissioner.pk)]


def _held(said: Iterable[tuple[str, Any, Any]], on: date) -> list[Held]:
    """Mark those that hold: of rivals in force the commissioner's own."""
    rows = list(said)
    holding: dict[Any, Any] = {}
    for _, row, key in sorted(rows, key=lambda each: each[1].commissioner_id is None):
        if row.holds(on):
            holding.setdefault(key, row)
    return [Held(about, row, holding.get(key) is row) for about, row, key in rows]


def kinds_of_provider() -> list[tuple[str, str]]:
    """What a rule can be about: a tier, or one category. One query."""
    categories = Category.objects.order_by("position").values_list("code", "plural")
    return [*((each.value, f"{each.label}: every category") for each in Tier), *categories]


class RuleForm(FromADay):
    """How often one kind of provider is visited."""

    who = forms.ChoiceField(label="Kind of provider")
    from_points = forms.IntegerField(
        label="From so many points on", min_value=0, max_value=300, initial=0, widget=NumberInput(width=3),
        help_text="0 for all of them. A second rule with more points says how often those are visited that need it "
        "more; months without a visit are not counted here.",
        error_messages={"required": "Enter the points, or 0", "invalid": "Enter the points as a number"},
    )  # fmt: skip
    months = forms.IntegerField(
        label="Months between visits", required=False, min_value=1, max_value=MOST_MONTHS, widget=NumberInput(width=3),
        help_text="Empty: no regular visit.", error_messages={"invalid": "Enter the months as a number"},
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["who"].choices = kinds_of_provider()  # type: ignore[attr-defined]

    def set(self) -> None:
        """One row."""
        given = {name: self.cleaned_data[name] for name in ("who", "from_points", "months")}
        let_hold(VisitRule(**self.whose, **given), "who", "from_points")


class WeightsForm(FromADay):
    """What every reason weighs; those that stay as they are get no new row."""

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, on=on, **more)
        self.on = on
        start: Any = self.fields["commissioner"].initial
        now = VisitWeight.objects.one_each(start, on, by="source")
        for each in SOURCES:
            weight = now.get(each.code)
            for part, words in (("points", "points for each"), ("most", "at most")):
                self.fields[f"{each.code}_{part}"] = forms.IntegerField(
                    label=f"{each.label}: {words}", min_value=0, max_value=MOST_POINTS,
                    initial=getattr(weight, part, 0), widget=NumberInput(width=3),
                    error_messages={"required": "Enter the points, or 0", "invalid": "Enter the points as a number"},
                )  # fmt: skip

    def set(self) -> None:
        """One row for each reason whose numbers differ from those that would hold."""
        whose = self.whose
        held = VisitWeight.objects.one_each(whose["commissioner"], whose["valid_from"], by="source")
        for each in SOURCES:
            points, most = (self.cleaned_data[f"{each.code}_{part}"] for part in ("points", "most"))
            now = held.get(each.code)
            if now is None or (now.points, now.most) != (points, most):
                let_hold(VisitWeight(**whose, source=each.code, points=points, most=most), "source")


class QuestionsForm(FromADay):
    """What staff are asked on a visit, a question a line."""

    questions = LongTextField(
        label="Questions, one a line", max_length=4000, error_messages={"required": "Enter at least one question"}
    )

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, on=on, **more)
        start: Any = self.fields["commissioner"].initial
        now = StaffQuestions.objects.in_force(start, on).first()
        self.fields["questions"].initial = "\n".join(now.questions) if now else ""

    def clean_questions(self) -> list[str]:
        """The lines that hold something."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > MOST_QUESTIONS:
            raise forms.ValidationError(f"Enter at most {MOST_QUESTIONS} questions: a visit has an end")
        if long := next((n for n, line in enumerate(lines, 1) if len(line) > 200), None):
            raise forms.ValidationError(f"Question {long} is longer than 200 characters. Shorten it")
        return lines

    def set(self) -> None:
        """One row with all of them."""
        let_hold(StaffQuestions(**self.whose, questions=self.cleaned_data["questions"]))
