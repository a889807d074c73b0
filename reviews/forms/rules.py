"""Setting a rule of reviews from a day on: a clock, a look at impact, a theme of the pick list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import slugify

from design.widgets import NumberInput, Radios
from providers.forms.from_a_day import FromADay
from providers.models.policy import let_hold
from reviews.kinds import EVENTS, KINDS
from reviews.models import ClockRule, ImpactRule, ReviewTheme, Unit

NEW = "new"
MOST_DAYS, MOST_MONTHS = 400, 60


class OfOurRules(FromADay):
    """A form over one kind of rule: it offers what ships and what its commissioners set, never a neighbour's."""

    model: Any
    # The box that says which, and the boxes that are values of the row.
    which: str
    values: tuple[str, ...]

    def rows(self) -> Any:
        """What there is, the shipped first."""
        field: Any = self.fields["commissioner"]
        return self.model.objects.filter(Q(commissioner=None) | Q(commissioner__in=field.queryset)).order_by("pk")

    def offer(self, choices: Iterable[Any]) -> None:
        """What may be chosen, with a new one first; what was chosen on the page before stands in the boxes."""
        box: Any = self.fields[self.which]
        box.choices = [("", "Choose"), *choices]
        self.order_fields(["commissioner", self.which, *self.values, "valid_from"])

    def fill(self, row: Any) -> None:
        """What holds of the row, unless something is typed."""
        for name in self.values if row is not None else ():
            self.fields[name].initial = getattr(row, name, None)

    def code(self, words: str) -> str:
        """The code of a new row, from its words; one that there is already stays its own."""
        code, known = slugify(words)[:36] or NEW, set(self.rows().values_list(self.rival, flat=True))
        return code if code not in known else f"{code}-{len(known)}"

    rival = "code"


class ClockForm(OfOurRules):
    """One clock of one kind of review."""

    model, which, rival = ClockRule, "clock", "step"
    values = ("words", "amount", "unit", "direction", "anchor", "until", "law", "source")
    clock = forms.ChoiceField(label="Which clock", error_messages={"required": "Choose which clock"})
    words = forms.CharField(
        label="What has to be done", max_length=120, error_messages={"required": "Enter what has to be done"}
    )
    amount = forms.IntegerField(
        label="How many", min_value=1, max_value=MOST_DAYS, widget=NumberInput(width=3),
        error_messages={"required": "Enter how many", "invalid": "Enter a whole number"},
    )  # fmt: skip
    unit = forms.ChoiceField(label="Of what", choices=Unit.choices, widget=Radios())
    direction = forms.ChoiceField(
        label="Before or after", choices=[("after", "After"), ("before", "Before")], initial="after",
        widget=Radios(inline=True), error_messages={"required": "Choose before or after"},
    )  # fmt: skip
    anchor = forms.ChoiceField(label="Counted from", choices=[("", "Choose"), *EVENTS.items()])
    until = forms.ChoiceField(label="Done when", choices=[("", "Choose"), *EVENTS.items()])
    law = forms.BooleanField(label="By statute or statutory guidance", required=False)
    source = forms.CharField(label="Source", max_length=200, required=False)

    def __init__(self, *args: Any, asked: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: dict[tuple[str, str], ClockRule] = {(row.kind, row.step): row for row in self.rows()}
        self.offer(
            (kind.label, [(f"{code}:{NEW}", f"{kind.short}: a new clock"),
                          *((f"{code}:{step}", f"{kind.short}: {row.words}") for (of, step), row in known.items()
                            if of == code)])
            for code, kind in KINDS.items()
        )  # fmt: skip
        kind, _, step = asked.partition(":")
        self.fill(row := known.get((kind, step)))
        if row is not None:
            self.fields["clock"].initial = asked
            self.fields["amount"].initial = abs(row.amount)
            self.fields["direction"].initial = "after" if row.amount > 0 else "before"

    def clean(self) -> dict[str, Any]:
        """What ends a clock is not what begins it; nobody asks for so many months."""
        given = super().clean() or self.cleaned_data
        if given.get("anchor") and given.get("anchor") == given.get("until"):
            self.add_error("until", "Choose something else than what it is counted from")
        if given.get("unit") == Unit.MONTHS and (given.get("amount") or 0) > MOST_MONTHS:
            self.add_error("amount", f"Enter at most {MOST_MONTHS} months")
        return given

    def set(self) -> None:
        """The commissioner's own rule, from its day; clocks that run keep theirs."""
        given = self.cleaned_data
        kind, _, step = given["clock"].partition(":")
        step = self.code(given["words"]) if step == NEW else step
        amount = given["amount"] if given["direction"] == "after" else -given["amount"]
        said = {name: given[name] for name in ("words", "unit", "anchor", "until", "law", "source")}
        let_hold(ClockRule(kind=kind, step=step, amount=amount, **said, **self.whose), "kind", "step")


class ImpactForm(OfOurRules):
    """When somebody looks whether a change has lasted."""

    model, which, rival, values = ImpactRule, "look", "step", ("words", "months")
    look = forms.ChoiceField(label="Which look", error_messages={"required": "Choose which look"})
    words = forms.CharField(
        label="What has to be done", max_length=120, error_messages={"required": "Enter what has to be done"}
    )
    months = forms.IntegerField(
        label="Months after the verification", min_value=1, max_value=MOST_MONTHS, widget=NumberInput(width=3),
        error_messages={"required": "Enter the months", "invalid": "Enter the months as a number"},
    )  # fmt: skip

    def __init__(self, *args: Any, asked: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {row.step: row for row in self.rows()}
        self.offer([(NEW, "A new one"), *((step, row.words) for step, row in known.items())])
        self.fields["look"].initial = asked if asked in known else ""
        self.fill(known.get(asked))

    def set(self) -> None:
        """The commissioner's own rule, from its day; looks that are due keep theirs."""
        given = self.cleaned_data
        step = self.code(given["words"]) if given["look"] == NEW else given["look"]
        let_hold(ImpactRule(step=step, words=given["words"], months=given["months"], **self.whose), "step")


class ThemeForm(OfOurRules):
    """One theme: a new one, or other words, another place, or out of use."""

    model, which, values = ReviewTheme, "theme", ("label", "position", "in_use")
    theme = forms.ChoiceField(label="Which theme", error_messages={"required": "Choose which theme"})
    label = forms.CharField(
        label="Words on screen", max_length=120, error_messages={"required": "Enter the words on screen"}
    )
    position = forms.IntegerField(
        label="Place in the list", min_value=0, max_value=999, initial=50, widget=NumberInput(width=3),
        error_messages={"required": "Enter the place in the list", "invalid": "Enter the place as a number"},
    )  # fmt: skip
    in_use = forms.BooleanField(label="It may be chosen", required=False, initial=True)

    def __init__(self, *args: Any, asked: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {row.code: row for row in self.rows()}
        self.offer([(NEW, "A new theme"), *((code, row.label) for code, row in known.items())])
        self.fields["theme"].initial = asked if asked in known else ""
        self.fill(known.get(asked))

    def set(self) -> None:
        """The commissioner's own theme, from its day; reviews keep the words that they were given."""
        given = self.cleaned_data
        code = self.code(given["label"]) if given["theme"] == NEW else given["theme"]
        said = {name: given[name] for name in self.values}
        let_hold(ReviewTheme(code=code, **said, **self.whose), "code")
