"""The base of every form that sets something measured from a day on, and the short ones: sets, groups, splits."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import slugify

from design.widgets import NumberInput, Radios
from providers.forms.from_a_day import FromADay
from providers.models import Category, Organisation
from providers.models.organisations import Tier
from providers.models.policy import let_hold
from training.line_words import OWN_PEOPLE
from training.measured_shown import providers_of
from training.models import CollectingRule, Group, Grouping, LineSet, StaffSplit, Subject
from training.models.groups import OWN
from training.resolver.trends import EIGHT

NEW = "new"
EVERYBODY = "Everybody together"


def number(label: str, *, least: int = 0, most: int = 999, **more: Any) -> forms.IntegerField:
    """A box for a whole number."""
    said = {"required": f"Enter {label[:1].lower()}{label[1:]}", "invalid": "Enter a whole number"}
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=NumberInput(width=4), error_messages=said, **more
    )


class Rule(FromADay):
    """A form over one kind of dated row: it offers what ships and what its commissioners set, never a neighbour's."""

    model: Any
    # The box that says which row, and the boxes that are values of it.
    which: str
    values: tuple[str, ...]
    rivals: tuple[str, ...] = ("code",)
    new = "A new one"

    def __init__(self, *args: Any, asked: str = "", on: date, **more: Any) -> None:
        super().__init__(*args, on=on, **more)
        self.on, self.ours = on, list(more["commissioners"])
        self.add_boxes(self.fields["commissioner"].queryset)  # type: ignore[attr-defined]
        self.known = self._known(on)
        box: Any = self.fields[self.which]
        box.choices = [("", "Choose"), (NEW, self.new), *self.choices(self.known)]
        self.order_fields(["commissioner", self.which, *self.values, "valid_from"])
        if (row := self.known.get(asked)) is not None:
            box.initial = asked
            for name in self.values:
                self.fields[name].initial = self.shown(row, name)

    def add_boxes(self, ours: Any) -> None:
        """Boxes whose choices depend on whose form it is."""

    def _known(self, on: date) -> dict[str, Any]:
        """By code the row that holds: the first commissioner's own, else another's or the shipped one."""
        whose = [each.pk for each in self.ours]
        rows = self.model.objects.filter(Q(commissioner=None) | Q(commissioner__in=whose)).order_by("valid_from", "pk")
        found = sorted(rows, key=lambda row: (row.holds(on), whose[::-1].index(row.commissioner_id) + 1
                                              if row.commissioner_id else 0))  # fmt: skip
        return dict(sorted(((self.key(row), row) for row in found), key=lambda each: self.order(each[1])))

    def key(self, row: Any) -> str:
        """What stands in the box for a row."""
        return str(row.code)

    def order(self, row: Any) -> Any:
        """Its place among the choices."""
        return getattr(row, "position", 0), str(row)

    def choices(self, known: Mapping[str, Any]) -> Iterable[Any]:
        """What may be chosen beside a new one."""
        return [(key, str(row)) for key, row in known.items()]

    def shown(self, row: Any, name: str) -> Any:
        """What a box begins with."""
        return getattr(row, name)

    def code(self, words: str, *, most: int = 30) -> str:
        """The code of a new row, from its words, beside those that there are."""
        code = slugify(words)[: most - 4] or NEW
        return code if code not in self.known else f"{code}-{len(self.known)}"

    def set(self) -> None:
        """The commissioner's own row from its day; the one before it ends then and is kept."""
        let_hold(self.model(**self.row(), **self.whose), *self.rivals)

    def row(self) -> dict[str, Any]:
        """The values of the new row."""
        given = self.cleaned_data
        chosen = given[self.which]
        code = self.code(given["name"]) if chosen == NEW else chosen
        return {"code": code, **{name: given[name] for name in self.values}}


def which_box(label: str) -> forms.ChoiceField:
    """The box that says which row."""
    return forms.ChoiceField(label=label, error_messages={"required": f"Choose {label[:1].lower()}{label[1:]}"})


def name_box(label: str = "Name", *, most: int = 80) -> forms.CharField:
    """The words on screen."""
    return forms.CharField(label=label, max_length=most, error_messages={"required": "Enter its name"})


def provider_box(ours: Any, *, on: date, label: str, **more: Any) -> forms.ModelChoiceField:
    """One organisation from which the commissioners collect; optional."""
    return forms.ModelChoiceField(
        providers_of(ours, on=on), label=label, required=False, empty_label="Everybody", **more
    )


def refuse_another_commissioners(form: Any, given: dict[str, Any]) -> None:
    """A provider that is not the chosen commissioner's cannot be named."""
    whose, organisation = given.get("commissioner"), given.get("organisation")
    if whose and organisation:
        theirs = providers_of(Organisation.objects.filter(pk=whose.pk), on=form.on)
        if not theirs.filter(pk=organisation.pk).exists():
            form.add_error("organisation", f"{whose} does not collect from this provider. Choose another")


class SubjectForm(Rule):
    """A subject of training: a new one, or other words."""

    model, which, values = Subject, "subject", ("name", "strand", "source", "position")
    subject = which_box("Which subject")
    name = name_box()
    strand = forms.ChoiceField(
        label="Whom it is about", required=False,
        choices=[("", "Everybody"), ("children", "Children"), ("adults", "Adults"),
                 ("looked_after", "Looked after children")],
    )  # fmt: skip
    source = forms.CharField(label="Source", max_length=200, required=False)
    position = number("Place in the list", initial=100)


class SetForm(Rule):
    """A set of lines: key indicators, a quality schedule or a CQUIN scheme, of everybody or one provider's own."""

    model, which = LineSet, "line_set"
    values = ("name", "kind", "organisation", "contract_reference", "position", "in_use")
    line_set = which_box("Which set")
    name = name_box(most=120)
    kind = forms.ChoiceField(label="What it is", choices=LineSet.Kind.choices, initial="kpi_set", widget=Radios())
    contract_reference = forms.CharField(
        label="Where it stands in the contract", max_length=120, required=False, help_text="Schedule and page"
    )
    position = number("Place in the list", initial=100)
    in_use = forms.BooleanField(
        label="It is in use", required=False, initial=True,
        help_text="Without this nobody is asked its lines from that day on.",
    )  # fmt: skip

    def add_boxes(self, ours: Any) -> None:
        """One provider, or everybody."""
        self.fields["organisation"] = provider_box(ours, on=self.on, label="Of one provider only")

    def clean(self) -> dict[str, Any]:
        """The provider is one of the chosen commissioner's; what is everybody's does not become one provider's."""
        given = super().clean() or self.cleaned_data
        refuse_another_commissioners(self, given)
        before = self.known.get(given.get("line_set", ""))
        if before is not None and before.organisation_id != getattr(given.get("organisation"), "pk", None):
            self.add_error("organisation", "A set stays whose it is. Make a new set for another provider")
        return given

    def row(self) -> dict[str, Any]:
        """The values, with a code that its lines keep."""
        given = self.cleaned_data
        code = self.code(given["name"], most=40) if given["line_set"] == NEW else given["line_set"]
        return {"code": code, **{each: given[each] for each in self.values}}

    def shown(self, row: Any, name: str) -> Any:
        """The provider by its key."""
        return row.organisation_id if name == "organisation" else getattr(row, name)


class GroupingForm(Rule):
    """One way of splitting a figure; its rows are set one by one."""

    model, which, values = Grouping, "grouping", ("name", "heading", "of_staff")
    grouping = which_box("Which grouping")
    name = name_box()
    heading = forms.CharField(
        label="Heading of its column", max_length=40, help_text="For example Staff group, Role, Age",
        error_messages={"required": "Enter the heading of its column"},
    )  # fmt: skip
    of_staff = forms.BooleanField(
        label="People who work for the provider are split by it", required=False, initial=True
    )


class GroupForm(Rule):
    """One row of a grouping: a new one, other words, another place, or out of use."""

    model, which, rivals = Group, "group", ("grouping", "code")
    values = ("name", "also", "position", "in_use")
    group = which_box("Which row")
    name = name_box()
    also = forms.CharField(
        label="Other names for it in lists and workbooks", max_length=400, required=False,
        help_text="With commas between them",
    )  # fmt: skip
    position = number("Place in the list", initial=100)
    in_use = forms.BooleanField(label="It is in use", required=False, initial=True)

    def key(self, row: Any) -> str:
        """Grouping and code."""
        return f"{row.grouping}:{row.code}"

    def order(self, row: Any) -> Any:
        """By grouping."""
        return row.grouping, row.position

    def choices(self, known: Mapping[str, Any]) -> Iterable[Any]:
        """A new one of each grouping, then those that there are."""
        ours: Any = self.fields["commissioner"].queryset  # type: ignore[attr-defined]
        held = Grouping.objects.filter(Q(commissioner=None) | Q(commissioner__in=ours)).order_by("commissioner")
        names = {each.code: each.name for each in held}
        return [
            (name, [(f"{code}:{NEW}", f"A new row of: {name}"),
                    *((key, str(row)) for key, row in known.items() if row.grouping == code)])
            for code, name in names.items()
        ]  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        box: Any = self.fields["group"]
        box.choices = [each for each in box.choices if each[0] != NEW]

    def shown(self, row: Any, name: str) -> Any:
        """Names with commas."""
        return ", ".join(row.also) if name == "also" else getattr(row, name)

    def clean_also(self) -> list[str]:
        """The names, each once."""
        names = list(dict.fromkeys(" ".join(each.split()) for each in self.cleaned_data["also"].split(",")))
        if any(len(each) > 80 for each in names):
            raise forms.ValidationError("Each name may have 80 characters. Put commas between names")
        return [each for each in names if each]

    def row(self) -> dict[str, Any]:
        """The values, with the grouping that it is of."""
        given = self.cleaned_data
        grouping, _, code = given["group"].partition(":")
        if code == NEW:
            there = {row.code for row in self.known.values() if row.grouping == grouping}
            code = slugify(given["name"])[:26] or NEW
            code = code if code not in there else f"{code}-{len(there)}"
        return {"grouping": grouping, "code": code, **{each: given[each] for each in self.values}}


class SplitForm(FromADay):
    """By what the staff of one kind of provider are split."""

    who = forms.ChoiceField(label="Whose staff", error_messages={"required": "Choose whose staff"})
    grouping = forms.ChoiceField(label="Split by", required=False)
    roles_down = forms.BooleanField(
        label="One row for each role, and a column for each line", required=False,
        help_text="As general practices are asked. Without it each line is asked with its groups.",
    )  # fmt: skip

    def __init__(self, *args: Any, on: date, asked: str = "", **more: Any) -> None:
        super().__init__(*args, on=on, **more)
        ours: Any = self.fields["commissioner"].queryset  # type: ignore[attr-defined]
        held = Grouping.objects.filter(Q(commissioner=None) | Q(commissioner__in=ours), of_staff=True)
        boxes: Any = self.fields
        boxes["grouping"].choices = [
            ("", EVERYBODY),
            *dict(held.order_by("commissioner").values_list("code", "name")).items(),
        ]
        tiers = [(tier.value, f"{tier.label}: every category") for tier in Tier]
        boxes["who"].choices = [
            ("", "Choose"), (OWN, OWN_PEOPLE), *tiers,
            *Category.objects.order_by("position").values_list("code", "plural"),
        ]  # fmt: skip
        boxes["who"].initial = asked
        self.order_fields(["commissioner", "who", "grouping", "roles_down", "valid_from"])

    def clean(self) -> dict[str, Any]:
        """Rows of roles need roles."""
        given = super().clean() or self.cleaned_data
        if given.get("roles_down") and not given.get("grouping"):
            self.add_error("grouping", "Choose by what, or take away the mark below")
        return given

    def set(self) -> None:
        """One row, for a tier or a category."""
        given = self.cleaned_data
        of_tier = given["who"] in {*Tier.values, OWN}
        whom = {"tier": given["who"], "category": ""} if of_tier else {"tier": "", "category": given["who"]}
        said = {each: given[each] for each in ("grouping", "roles_down")}
        let_hold(StaffSplit(**whom, **said, **self.whose), "tier", "category")


class CollectingForm(FromADay):
    """When figures are collected, and from what on they are asked about: all numbers of the commissioner at once."""

    def __init__(self, *args: Any, on: date, asked: str = "", **more: Any) -> None:
        super().__init__(*args, on=on, **more)
        # All numbers are set at once, so it is said whose are shown; ``asked`` is that commissioner's reference.
        ours: Any = self.fields["commissioner"].queryset  # type: ignore[attr-defined]
        whose = ours.filter(reference=asked).first() or ours.first()
        self.fields["commissioner"].initial = getattr(whose, "pk", None)
        if len(ours) > 1:
            self.fields["commissioner"].help_text = f"The numbers below are what holds for {whose}"
        held = CollectingRule.objects.in_force(whose, on).first()
        for label, each, least, most in NUMBERS:
            decimal = each in ("jump", "dip", "flat")
            kind: Any = forms.DecimalField if decimal else forms.IntegerField
            self.fields[each] = kind(
                label=label, min_value=least, max_value=most, widget=NumberInput(width=4),
                initial=getattr(held, each, None),
                error_messages={"required": "Enter the number", "invalid": "Enter a number"},
                **({"max_digits": 5, "decimal_places": 1} if decimal else {}),
            )  # fmt: skip
        self.fields["automatic"] = forms.BooleanField(
            label="Periods are opened by themselves on the first day after they end", required=False,
            initial=getattr(held, "automatic", False),
        )  # fmt: skip
        self.order_fields(["commissioner", "automatic", *(each for _, each, _, _ in NUMBERS), "valid_from"])

    def set(self) -> None:
        """One row with all of them."""
        names = ["automatic", *(each for _, each, _, _ in NUMBERS)]
        let_hold(CollectingRule(**{each: self.cleaned_data[each] for each in names}, **self.whose))


NUMBERS = (
    ("A quarter’s figures are due so many working days after its end", "quarter_working_days", 1, 90),
    ("A month’s figures are due so many working days after its end", "month_working_days", 1, 60),
    ("A denominator that moved by more per cent since last time is asked about", "jump", 1, 100),
    ("Not asked about where it moved by fewer than so many", "fewest_moved", 1, 100),
    ("Identical figures in so many periods running are asked about", "same_periods", 2, 12),
    ("Identical figures are not asked about where fewer than so many are counted", "fewest_alike", 1, 500),
    ("A recovery plan is asked for after so many periods below the threshold", "below_periods", 1, EIGHT),
    ("A fall by so many points is an alert", "dip", 0, 100),
    ("Below the threshold and moved by less than so many points: flat", "flat", 0, 100),
    ("Fewer like providers than this: no comparison is shown", "fewest_peers", 5, 50),
    ("A question is due after so many working days", "query_working_days", 1, 60),
    ("So many working days a provider may correct what was typed for it", "correction_working_days", 1, 60),
    ("A link opens so many days after the due date", "link_days", 0, 365),
)
