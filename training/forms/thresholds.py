"""Setting a threshold from a year on: for everybody, one kind of provider or one provider; and ending one."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.db.models import Q

from design.calendar import FinancialYear
from design.widgets import NumberInput, Radios
from providers.forms.from_a_day import FromADay
from providers.models import Category
from providers.models.policy import Overtaken, let_hold
from training.forms.rules import provider_box, refuse_another_commissioners
from training.models import Line, Threshold

if TYPE_CHECKING:
    from accounts.models import User

YEARS_AHEAD = 3
WHOM = (("everybody", "Everybody"), ("category", "One kind of provider"), ("organisation", "One provider"))


class ThresholdForm(FromADay):
    """A value with its reason. Providers see it before the year; set after the year began, it says so."""

    submit_label = "Save: it holds from then"
    mark_optional = False
    line = forms.ChoiceField(label="Line", error_messages={"required": "Choose the line"})
    whom = forms.ChoiceField(
        label="For whom", choices=WHOM, initial="everybody", widget=Radios(),
        error_messages={"required": "Choose for whom"},
    )  # fmt: skip
    category = forms.ChoiceField(label="Which kind of provider", required=False)
    what = forms.ChoiceField(
        label="What", initial="set", widget=Radios(),
        choices=[("set", "Set a threshold"), ("end", "End one of our own: what else is set holds again")],
    )  # fmt: skip
    value = forms.DecimalField(
        label="Threshold", required=False, min_value=0, max_value=999_999, max_digits=9, decimal_places=3,
        widget=NumberInput(width=5), help_text="In per cent where so many of so many are counted; 1 for a milestone",
        error_messages={"invalid": "Enter the threshold as a number"},
    )  # fmt: skip
    amber = forms.DecimalField(
        label="Amber reaches so far from it", required=False, min_value=0, max_value=999_999, max_digits=9,
        decimal_places=3, initial=10, widget=NumberInput(width=5), help_text="In the same unit; 0 for no amber",
        error_messages={"invalid": "Enter how far as a number"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Reason", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed for one kind of provider or one provider, who read it. No word about a person",
    )  # fmt: skip
    source = forms.CharField(label="Source", max_length=200, required=False)
    year = forms.ChoiceField(label="From which year", error_messages={"required": "Choose from which year"})
    that_year_only = forms.BooleanField(label="For that year only", required=False)
    late = forms.BooleanField(
        label="The year has begun: I know that it holds from today, and that providers were not told before the year",
        required=False,
    )

    def __init__(
        self, *args: Any, on: date, by: "User | None" = None, at: datetime | None = None, asked: str = "", **more: Any
    ) -> None:
        super().__init__(*args, on=on, **more)
        self.on, self.by, self.at = on, by, at
        del self.fields["valid_from"]
        ours: Any = self.fields["commissioner"].queryset  # type: ignore[attr-defined]
        held = Line.objects.filter(Q(commissioner=None) | Q(commissioner__in=ours)).order_by("commissioner", "position")
        self.lines = {line.code: line for line in held}
        boxes: Any = self.fields
        ordered = sorted(self.lines.values(), key=lambda line: line.position)
        boxes["line"].choices = [
            ("", "Choose"),
            *((line.code, line.name) for line in ordered if line.direction != "none"),
        ]
        boxes["line"].initial = asked
        boxes["category"].choices = [
            ("", "Choose"),
            *Category.objects.order_by("position").values_list("code", "plural"),
        ]
        boxes["organisation"] = provider_box(ours, on=on, label="Which provider")
        boxes["organisation"].empty_label = "Choose"
        boxes["year"].choices = [("", "Choose"), *((each.label, _words(each, on)) for each in _years(on))]
        self.order_fields(["commissioner", "line", "whom", "category", "organisation"])

    @property
    def whose(self) -> dict[str, Any]:
        """Whose, and the first day of the year, or today where it has begun."""
        return {"commissioner": self.cleaned_data["commissioner"], "valid_from": self.day}

    @property
    def day(self) -> date:
        """From when it holds."""
        return max(FinancialYear.parse(self.cleaned_data["year"]).starts, self.on)

    def clean(self) -> dict[str, Any]:
        """Whom it is for with why, a value that can be reached, and no year that began without saying so."""
        given = super().clean() or self.cleaned_data
        self._clean_whom(given)
        if given.get("what") == "set":
            self._clean_value(given)
        year = given.get("year")
        if year and FinancialYear.parse(year).starts < self.on and not given.get("late"):
            began = FinancialYear.parse(year)
            words = (
                f"{began} began on {began.starts:%-d %B %Y}. Choose {began.next}, or mark this to set it all the same"
            )
            self.add_error("late", words)
        return given

    def _clean_whom(self, given: dict[str, Any]) -> None:
        whom = given.get("whom")
        for box, missing in (("category", "Choose which kind of provider"), ("organisation", "Choose which provider")):
            if whom != box:
                given[box] = None if box == "organisation" else ""
            elif not given.get(box) and box not in self.errors:
                self.add_error(box, missing)
        if whom in ("category", "organisation") and given.get("what") == "set" and not given.get("reason"):
            self.add_error("reason", "Enter why it differs: the provider reads it")
        refuse_another_commissioners(self, given)

    def _clean_value(self, given: dict[str, Any]) -> None:
        line, value = self.lines.get(given.get("line", "")), given.get("value")
        if value is None:
            if "value" not in self.errors:
                self.add_error("value", "Enter the threshold")
        elif line is not None and line.form == Line.Form.SHARE and value > 100:
            self.add_error("value", "Enter 100 per cent at most")
        elif line is not None and line.form == Line.Form.MILESTONE and value not in (0, 1):
            self.add_error("value", "Enter 1: a milestone is reached, or not")
        if given.get("amber") is None and "amber" not in self.errors:
            given["amber"] = Decimal(0)

    def save(self) -> bool:
        """Let it hold; False with the reason beside the year."""
        try:
            with transaction.atomic():
                self.set()
        except Overtaken as problem:
            self.add_error("year", str(problem))
            return False
        return True

    def set(self) -> None:
        """One row, or the end of one. What held before is kept."""
        given, day = self.cleaned_data, self.day
        same = {"code": given["line"], "category": given["category"], "organisation": given["organisation"]}
        own = Threshold.objects.filter(commissioner=given["commissioner"], **same)
        running = own.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lt=day)
        if given["what"] == "end":
            if not running.update(valid_to=day):
                raise Overtaken("No threshold of our own holds there at that time, so there is none to end")
            return
        running.update(valid_to=day)
        until = FinancialYear.of(day).next.starts if given["that_year_only"] else None
        said = {name: given[name] for name in ("value", "amber", "reason", "source")}
        row = Threshold(**same, **said, **self.whose, valid_to=until, set_by=self.by, set_at=self.at)
        let_hold(row, *same)


def _years(on: date) -> list[FinancialYear]:
    years = [FinancialYear.of(on)]
    while len(years) < YEARS_AHEAD:
        years.append(years[-1].next)
    return years


def _words(year: FinancialYear, on: date) -> str:
    return f"{year} (it has begun: from today)" if year.starts < on else str(year)
