"""Adding, changing and stopping a line."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q

from design.widgets import Checkboxes, NumberInput, Radios
from providers.models import Category, ServiceQuestion
from providers.models.organisations import Tier
from training.forms.rules import NEW, Rule, name_box, number, which_box
from training.line_words import OWN_PEOPLE
from training.models import Grouping, Line, LineSet, Subject
from training.models.groups import OWN
from training.models.lines import CODE

HOURS = {"min_value": 0, "max_digits": 5, "decimal_places": 1, "required": False, "widget": NumberInput(width=4)}
A_NUMBER = {"invalid": "Enter a number"}


class LineForm(Rule):
    """One line from a day on; returns that are out keep the line that they were issued with."""

    model, which = Line, "line"
    new = "A new line"
    values = (
        "name", "short", "set_code", "family", "subject", "level", "form", "numerator", "denominator", "per",
        "direction", "timing", "tiers", "categories", "service", "split", "headcount", "reasons", "by_host", "refresh",
        "refresh_months", "refresh_hours", "first_hours", "guidance", "source", "position", "in_use",
    )  # fmt: skip
    line = which_box("Which line")
    name = name_box(most=120)
    short = forms.CharField(
        label="Short name", max_length=32, help_text="Heads a column of the overview",
        error_messages={"required": "Enter a short name"},
    )  # fmt: skip
    set_code = forms.ChoiceField(label="Set", error_messages={"required": "Choose the set that it belongs to"})
    family = forms.ChoiceField(
        label="Training or indicator", choices=Line.Family.choices, widget=Radios(inline=True),
        error_messages={"required": "Choose training or indicator"},
    )  # fmt: skip
    subject = forms.ChoiceField(label="Subject of training", required=False)
    level = forms.CharField(label="Level", max_length=20, required=False)
    form = forms.ChoiceField(label="Form", choices=Line.Form.choices, widget=Radios(), initial="share")
    numerator = forms.CharField(
        label="What is counted", max_length=160, help_text="Stands beside the first box",
        error_messages={"required": "Enter what is counted"},
    )  # fmt: skip
    denominator = forms.CharField(
        label="Of what", max_length=160, required=False, help_text="Stands beside the second box; not for a count"
    )
    per = number("For a rate: per", least=1, most=1_000_000, required=False, help_text="For example 1,000")
    direction = forms.ChoiceField(
        label="Which way is better", choices=Line.Direction.choices, widget=Radios(), initial="up"
    )
    timing = forms.ChoiceField(
        label="How often", choices=Line.Timing.choices, widget=Radios(inline=True), initial="quarter"
    )
    tiers = forms.MultipleChoiceField(
        label="Asked of providers with these standards", required=False, help_text="None marked: everybody",
        choices=[*Tier.choices, (OWN, OWN_PEOPLE)], widget=Checkboxes(),
    )  # fmt: skip
    categories = forms.MultipleChoiceField(
        label="Only of these kinds of provider", required=False, help_text="None marked: every kind",
        widget=Checkboxes(small=True),
    )  # fmt: skip
    service = forms.ChoiceField(
        label="Only where this service may be given", required=False,
        help_text="Left out where the provider’s service profile says no",
    )  # fmt: skip
    split = forms.ChoiceField(label="Split by", required=False)
    headcount = forms.BooleanField(label="The headcount in post is asked as well", required=False)
    reasons = forms.ChoiceField(label="Reasons for those not in time", required=False)
    by_host = forms.BooleanField(label="A count for each host area", required=False)
    refresh = forms.ChoiceField(
        label="For training: when somebody is up to date", required=False,
        choices=[("", "Not training"), *Line.Refresh.choices],
    )  # fmt: skip
    refresh_months = number("Within so many months", least=1, most=120, required=False)
    refresh_hours = forms.DecimalField(label="So many hours", error_messages=A_NUMBER, **HOURS)  # type: ignore[arg-type]
    first_hours = forms.DecimalField(
        label="Hours in the first twelve months",
        error_messages=A_NUMBER,
        **HOURS,  # type: ignore[arg-type]
    )
    guidance = forms.CharField(
        label="What to count, and what not", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    source = forms.CharField(label="Source", max_length=200, required=False)
    position = number("Place in its set", most=9999, initial=900)
    in_use = forms.BooleanField(
        label="It is asked", required=False, initial=True, help_text="Without this it stops from that day on."
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        ours: Any = self.fields["commissioner"].queryset  # type: ignore[attr-defined]
        whose, boxes = Q(commissioner=None) | Q(commissioner__in=ours), _boxes(self.fields)
        groupings = Grouping.objects.filter(whose).order_by("commissioner").values_list("code", "name", "of_staff")
        boxes["set_code"].choices = [("", "Choose"), *self.sets.items()]
        subjects = dict(Subject.objects.filter(whose).order_by("commissioner").values_list("code", "name"))
        boxes["subject"].choices = [("", "None"), *subjects.items()]
        boxes["categories"].choices = list(Category.objects.order_by("position").values_list("code", "plural"))
        boxes["service"].choices = [("", "Asked of everybody"), *ServiceQuestion.objects.values_list("key", "question")]
        named = {code: (words, of_staff) for code, words, of_staff in groupings}
        splits = [(code, words) for code, (words, _) in named.items()]
        boxes["split"].choices = [
            ("", "Everybody together"),
            (Line.STAFF, "As the provider’s staff are split"),
            *splits,
        ]
        boxes["reasons"].choices = [
            ("", "Not asked"), *((code, words) for code, (words, of_staff) in named.items() if not of_staff)
        ]  # fmt: skip

    @property
    def sets(self) -> dict[str, str]:
        """The sets by code with the names that they have now; one query, asked once."""
        if not hasattr(self, "_sets"):
            ours: Any = self.fields["commissioner"].queryset  # type: ignore[attr-defined]
            whose = Q(commissioner=None) | Q(commissioner__in=ours)
            rows = LineSet.objects.filter(whose).select_related("organisation").order_by("valid_from")
            shipped_first = sorted(rows, key=lambda row: (row.commissioner_id is not None, row.position))
            self._sets = {
                row.code: f"{row}, {row.organisation} only" if row.organisation else str(row) for row in shipped_first
            }
        return self._sets

    def choices(self, known: Mapping[str, Any]) -> Iterable[Any]:
        """By set."""
        return [
            (words, [(key, str(row)) for key, row in known.items() if row.set_code == code])
            for code, words in self.sets.items()
        ]

    def clean(self) -> dict[str, Any]:
        """What fits together, as the database asks it: each message at the box that is to be changed."""
        given = super().clean() or self.cleaned_data
        for box, wrong, words in PROBLEMS:
            if box not in self.errors and wrong(given):
                self.add_error(box, words)
        before = self.known.get(given.get("line", ""))
        if before is not None and given.get("form") and given["form"] != before.form:
            self.add_error("form", "Its figures were counted in another way. Stop it, and add a new line instead")
        if given.get("family") == Line.Family.INDICATOR and given.get("refresh"):
            self.add_error("refresh", "An indicator has no refresher: choose “Not training”")
        return given

    def row(self) -> dict[str, Any]:
        """The values, with a code that stays."""
        given = self.cleaned_data
        code = self.code(given["name"], most=CODE) if given["line"] == NEW else given["line"]
        return {"code": code, **{each: given[each] for each in self.values}}


def _boxes(fields: Any) -> Any:
    return fields


def _two(given: Mapping[str, Any]) -> bool:
    return given.get("form") in (Line.Form.SHARE, Line.Form.RATE)


PROBLEMS: tuple[tuple[str, Any, str], ...] = (
    ("denominator", lambda x: _two(x) and not x.get("denominator"), "Enter of what they are counted"),
    ("denominator", lambda x: not _two(x) and x.get("denominator"), "A count is not of anything: empty this box"),
    ("per", lambda x: x.get("form") == Line.Form.RATE and not x.get("per"), "Enter per how many, for example 1,000"),
    ("per", lambda x: x.get("form") != Line.Form.RATE and x.get("per"), "Only a rate is per so many. Empty this box"),
    ("refresh_months", lambda x: x.get("refresh") and not x.get("refresh_months"), "Enter within how many months"),
    ("refresh_months", lambda x: not x.get("refresh") and x.get("refresh_months"), "Only training has months"),
    (
        "refresh_hours", lambda x: x.get("refresh") == Line.Refresh.HOURS and not x.get("refresh_hours"),
        "Enter how many hours",
    ),
    (
        "refresh_hours", lambda x: x.get("refresh") != Line.Refresh.HOURS and x.get("refresh_hours") is not None,
        "Only a rule by hours has them. Empty this box",
    ),
    ("by_host", lambda x: x.get("by_host") and x.get("form") != Line.Form.COUNT, "Only a count is asked by host area"),
    ("split", lambda x: x.get("by_host") and x.get("split"), "By host area or by a grouping, not both"),
    ("reasons", lambda x: x.get("reasons") and x.get("form") != Line.Form.SHARE, "Only a share has reasons"),
)  # fmt: skip
