"""The provider's form for a serious incident, and the commissioner's for other indicators. No box takes a story."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from accounts.capabilities import Can
from accounts.models import User
from accounts.models.memberships import Strand
from design.calendar import FinancialYear
from design.fields import DateField
from design.widgets import NumberInput, Radios, TextInput
from oversight.known.filters import organisation_box
from oversight.models import Indicator, SeriousIncident, Term
from oversight.models.incidents import STEIS
from providers.models import Arrangement, Organisation, Site
from providers.record_form import RecordForm, why_box

NOBODY_LEADS = "No commissioner leads a contract with this organisation, so nobody receives it. Ring your contact."
ALREADY = "This StEIS number has been reported already. Look at it in your list, and correct it there."


class IncidentForm(RecordForm):
    """What the provider tells: number, dates, category, place and strand."""

    submit_label = "Report this incident"
    compared = ("number", "happened_on", "reported_on", "category", "site", "strand")

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisation", to_field_name="reference", empty_label=None,
        error_messages={"required": "Choose the organisation"},
    )  # fmt: skip
    number = forms.CharField(
        label="StEIS number", max_length=12, widget=TextInput(width=10), validators=[STEIS],
        help_text="The year, a slash and figures, for example 2026/12345.",
        error_messages={"required": "Enter the StEIS number"},
    )  # fmt: skip
    happened_on = DateField(label="Date of the incident", subject="the date of the incident")
    reported_on = DateField(label="Date reported on StEIS", subject="the date reported on StEIS")
    category = forms.ModelChoiceField(
        Term.objects.none(), label="Category", empty_label="Choose", error_messages={"required": "Choose the category"}
    )
    site = forms.ModelChoiceField(Site.objects.none(), label="Site", required=False, empty_label="No one site")
    strand = forms.ChoiceField(
        label="Strand", choices=Strand.choices, widget=Radios(), error_messages={"required": "Choose the strand"}
    )

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.on = user, on
        self.about: Any = None
        own = Organisation.objects.permitted(user, Can.REPORT_INCIDENT, on=on).order_by("name")
        if self.record is not None:
            own = own.filter(pk=self.record.organisation_id)
        places = list(own)
        lead = Arrangement.objects.live(on=on).leading().filter(organisation__in=places)
        self.leads = {row.organisation_id: row.commissioner for row in lead.select_related("commissioner")}
        self.fields["organisation"].queryset = own  # type: ignore[attr-defined]
        self.only = places[0] if len(places) == 1 else None
        if self.only:
            del self.fields["organisation"]
        sites = Site.objects.filter(organisation__in=places).filter(Q(closed_on=None) | Q(closed_on__gt=on))
        self.fields["site"].queryset = sites.order_by("name")  # type: ignore[attr-defined]
        whose = next(iter(self.leads.values()), None)
        offered = Term.objects.offered(Term.List.INCIDENT_CATEGORY, whose, on)
        if self.record is not None:
            offered = offered | Term.objects.filter(pk=self.record.category_id)
        self.fields["category"].queryset = offered  # type: ignore[attr-defined]
        for name in ("happened_on", "reported_on"):
            self.fields[name].latest = on  # type: ignore[attr-defined]
        self.fields["reported_on"].initial = on

    def clean_number(self) -> str:
        """A year that has been, and figures; spaces do not matter."""
        number = "".join(self.cleaned_data["number"].split())
        if int(number[:4]) > self.on.year:
            raise forms.ValidationError("The year of the StEIS number is in the future. Check the number.")
        return number

    def clean(self) -> dict[str, Any]:
        """Dates in order, a site of the organisation, a number that it has not reported yet."""
        found = super().clean() or {}
        about = found.get("organisation") or self.only
        happened, reported, site = found.get("happened_on"), found.get("reported_on"), found.get("site")
        if happened and reported and reported < happened:
            self.add_error("reported_on", "It cannot have been reported before it happened. Check both dates.")
        if about and about.pk not in self.leads:
            self.add_error("organisation" if "organisation" in self.fields else None, NOBODY_LEADS)
        if about and site and site.organisation_id != about.pk:
            self.add_error("site", f"This is not a site of {about}. Choose another.")
        if about and found.get("number"):
            same = SeriousIncident.objects.of(about).standing().filter(number=found["number"])
            if same.exclude(pk=self.record and self.record.pk).exists():
                self.add_error("number", ALREADY)
        self.about = about
        return found

    def values(self) -> dict[str, Any]:
        """What the report holds of it."""
        return {name: self.cleaned_data[name] for name in self.compared}


class CorrectIncidentForm(IncidentForm):
    """The same boxes over a report, with the reason."""

    submit_label = "Save the correction"
    reason = why_box()

    def __init__(self, *args: Any, record: SeriousIncident, **kwargs: Any) -> None:
        initial = {name: getattr(record, name) for name in self.compared}
        initial |= {"category": record.category_id, "site": record.site_id}
        super().__init__(*args, record=record, initial=initial, **kwargs)
        self.order_fields([*self.compared, "reason"])


class LookForm(RecordForm):
    """The press of a button: somebody has looked at it."""

    submit_label = "I have looked at it"


class IncidentFilter(forms.Form):
    """What of the incidents is shown; sent by GET."""

    mark_optional = False
    q = forms.CharField(label="StEIS number", required=False, max_length=12)
    organisation = organisation_box()
    category = forms.ChoiceField(label="Category", required=False)
    strand = forms.ChoiceField(label="Strand", required=False, choices=[("", "All"), *Strand.choices])
    year = forms.ChoiceField(label="Financial year", required=False)
    state = forms.ChoiceField(
        label="State", required=False,
        choices=[("", "All but withdrawn"), ("unread", "Nobody has looked yet"), ("read", "Looked at"),
                 ("withdrawn", "Withdrawn")],
    )  # fmt: skip

    def offer(self, incidents: Any, years: list[FinancialYear]) -> None:
        """What these incidents have; a choice of one organisation is no choice."""
        whose = Organisation.objects.filter(pk__in=incidents.order_by().values("organisation")).order_by("name")
        self.fields["organisation"].queryset = whose  # type: ignore[attr-defined]
        words = incidents.order_by().values_list("category__code", "category__label").distinct()
        self.fields["category"].choices = [("", "All"), *sorted(words, key=lambda pair: pair[1])]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", "All years"), *((year.slug, str(year)) for year in years)]  # type: ignore[attr-defined]


class IndicatorForm(RecordForm):
    """One value of one indicator: how many, of how many if that is known, as at when, and from where."""

    submit_label = "Save this value"
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Provider", to_field_name="reference", empty_label="Choose",
        error_messages={"required": "Choose the provider"},
    )  # fmt: skip
    kind = forms.ModelChoiceField(
        Term.objects.none(),
        label="Indicator",
        empty_label="Choose",
        error_messages={"required": "Choose the indicator"},
    )  # fmt: skip
    n = forms.IntegerField(
        label="How many", min_value=0, max_value=10_000_000, widget=NumberInput(width=5),
        error_messages={"required": "Enter how many", "invalid": "Enter a whole number"},
    )  # fmt: skip
    d = forms.IntegerField(
        label="Of how many", min_value=1, max_value=10_000_000, required=False, widget=NumberInput(width=5),
        help_text="Leave it empty for a plain count.", error_messages={"invalid": "Enter a whole number"},
    )  # fmt: skip
    on = DateField(label="As at", subject="the date of the value")
    source = forms.CharField(
        label="Source", max_length=200, help_text="For example the quality report of the quarter.",
        error_messages={"required": "Enter where the value comes from"},
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, on: date, ours: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = on
        places = list(ours)
        self.only = places[0] if len(places) == 1 else None
        if self.only is None:
            self.fields["commissioner"] = forms.ModelChoiceField(
                ours, label="Commissioner", to_field_name="reference", empty_label=None
            )
        seen = Organisation.objects.permitted(user, Can.RECORD_INDICATORS, on=on).order_by("name")
        self.fields["organisation"].queryset = seen.filter(kind=Organisation.Kind.PROVIDER)  # type: ignore[attr-defined]
        asked = self.data.get("commissioner")
        words_of = next((each for each in places if each.reference == asked), next(iter(places), None))
        self.fields["kind"].queryset = Term.objects.offered(Term.List.INDICATOR, words_of, on)  # type: ignore[attr-defined]
        self.fields["on"].latest = on  # type: ignore[attr-defined]
        self.order_fields(["commissioner", "organisation", "kind", "n", "d", "on", "source"])

    def clean(self) -> dict[str, Any]:
        """A part is not more than its whole, and the provider is on the commissioner's register."""
        found = super().clean() or {}
        n, d = found.get("n"), found.get("d")
        if n is not None and d is not None and n > d:
            self.add_error("n", f"{n} cannot be part of {d}. Check both numbers.")
        whose, about = found.get("commissioner") or self.only, found.get("organisation")
        if whose and about and not Organisation.objects.kept_by(whose.pk).filter(pk=about.pk).exists():
            self.add_error("organisation", f"{about} is not on the register of {whose}. Choose another.")
        return found

    def values(self) -> dict[str, Any]:
        """What the value holds of it."""
        return {name: self.cleaned_data[name] for name in ("n", "d", "on", "source")}


class CorrectIndicatorForm(IndicatorForm):
    """Another value in place of one that was wrong; both stay."""

    submit_label = "Save the correction"
    reason = why_box()

    def __init__(self, *args: Any, replaces: Indicator, **kwargs: Any) -> None:
        initial = {name: getattr(replaces, name) for name in ("n", "d", "on", "source")}
        super().__init__(*args, initial=initial, **kwargs)
        for name in ("commissioner", "organisation", "kind"):
            self.fields.pop(name, None)
        self.order_fields(["n", "d", "on", "source", "reason"])
