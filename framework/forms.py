"""Forms of a commissioner's draft: what to copy, who is asked, the words, and the standards."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models.memberships import Strand
from design.fields import DateField, LongTextField, WorkbookField
from design.forms import NhsForm, NhsModelForm, UploadForm
from design.widgets import Checkboxes, Radios
from framework import library
from framework.loading import Difference
from framework.models import CriterionVersion, FrameworkVersion, Reference, Standard
from privacy.cells import AsksAboutCells
from providers.models import Organisation, ServiceQuestion
from providers.models.organisations import Tier

Change = CriterionVersion.Change


def seen(form: forms.BaseForm) -> int:
    """The version of the record that was on screen; none means a very old page, which is stale."""
    return form.cleaned_data.get("version") or 0


def given(form: forms.BaseForm) -> dict[str, Any]:
    """The fields of the record itself, without the form's own."""
    return {key: value for key, value in form.cleaned_data.items() if key not in ("form_token", "version")}


class FilterForm(forms.Form):
    """A form sent by GET: nothing in it is required."""

    mark_optional = False


class VersionFilter(FilterForm):
    """Find a version."""

    q = forms.CharField(label="Name", required=False)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any state"), *FrameworkVersion.State.choices]
    )


class ReferenceFilter(FilterForm):
    """Find law and guidance."""

    q = forms.CharField(label="Words in title, issuer or year", required=False)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Every kind"), *Reference.Kind.choices])
    standing = forms.BooleanField(label="Leave out what has been replaced", required=False)


class ButtonForm(NhsForm):
    """A button with nothing to fill in; ``label`` is what it says, and ``ends`` that something is gone afterwards."""

    def __init__(self, *args: Any, label: str = "Continue", ends: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label, self.ends_something = label, ends  # type: ignore[misc]


class CopyForm(NhsForm):
    """Whose copy, of which version, under which name and year; or an empty draft that a workbook fills."""

    submit_label = "Make the draft"

    source = forms.ModelChoiceField(
        FrameworkVersion.objects.none(),
        label="Copy from",
        empty_label=None,
        to_field_name="reference",
        error_messages={"required": "Choose the version to copy", "invalid_choice": "Choose a version from the list"},
    )
    commissioner = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="For",
        empty_label=None,
        error_messages={"required": "Choose the commissioner", "invalid_choice": "Choose a commissioner from the list"},
    )
    name = forms.CharField(
        label="Name of your framework",
        max_length=200,
        required=False,
        help_text="Not needed when you make a new version of a framework that is already yours.",
    )
    label = forms.CharField(
        label="Version",
        max_length=40,
        help_text="For example, 2027-28 v1",
        error_messages={"required": "Enter the version, for example 2027-28 v1"},
    )
    valid_from = DateField(label="Valid from", subject="the date it is valid from", help_text="For example, 1 4 2027")
    begin = forms.ChoiceField(
        label="Begin with",
        choices=[
            ("copy", "Everything in that version"),
            ("empty", "Nothing: I have our standards in a workbook. The draft keeps that version’s grades and levels"),
        ],
        initial="copy",
        required=False,
        widget=Radios,
    )

    def __init__(
        self,
        *args: Any,
        versions: QuerySet[FrameworkVersion],
        commissioners: QuerySet[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        sources, whose = self.fields["source"], self.fields["commissioner"]
        sources.queryset = versions.select_related("framework")  # type: ignore[attr-defined]
        sources.label_from_instance = lambda row: f"{row.framework}, {row.label}"  # type: ignore[attr-defined]
        whose.queryset = commissioners  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A new framework needs a name; a version label is used once in a framework."""
        given = super().clean() or {}
        source, whose = given.get("source"), given.get("commissioner")
        if source is None or whose is None:
            return given
        if source.framework.commissioner_id == whose.pk:
            if source.framework.versions.filter(label=given.get("label")).exists():
                self.add_error("label", f"{source.framework} already has a version called {given['label']}")
        elif not given.get("name"):
            self.add_error("name", "Enter a name for your framework")
        return given


class CriterionForm(NhsModelForm):
    """Who is asked, how it counts, and what changed since the version it was copied from."""

    submit_label = "Save"

    tiers = forms.MultipleChoiceField(
        label="Asked of", choices=Tier.choices, widget=Checkboxes, error_messages={"required": "Choose who is asked"}
    )
    strands = forms.MultipleChoiceField(
        label="Strands",
        choices=Strand.choices,
        widget=Checkboxes,
        error_messages={"required": "Choose at least one strand"},
    )
    condition = forms.ModelChoiceField(
        ServiceQuestion.objects.all(),
        label="Asked only where the answer is yes to",
        required=False,
        empty_label="Always asked",
    )

    class Meta:
        model = CriterionVersion
        fields = ["tiers", "strands", "critical", "condition", "change", "change_note"]
        labels = {
            "critical": "Critical: a level cannot be significant unless this is met with evidence reviewed",
            "change": "Since the version it was copied from",
            "change_note": "What changed and why",
        }
        help_texts = {"change_note": "One line, for “changes since last year”."}
        widgets = {"change": Radios}
        error_messages = {"change": {"required": "Choose what has changed since the version it was copied from"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tiers"] = [tier.value for tier in Tier if tier in self.instance.asked_of]
        if self.instance.supersedes_id is None:
            del self.fields["change"]
        else:
            self.fields["change"].choices = [c for c in Change.choices if c[0] != Change.NEW]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The light set is a mark beside the tiers, not one of them."""
        given = super().clean() or {}
        asked = given.get("tiers", [])
        return {**given, "tiers": [tier for tier in asked if tier != Tier.LIGHT], "light": Tier.LIGHT in asked}


class WordsForm(NhsForm):
    """The words of one criterion for one kind of provider."""

    submit_label = "Save words"

    text = LongTextField(
        label="Criterion",
        max_length=1000,
        help_text="One sentence or two, in this kind of provider's own words.",
        error_messages={"required": "Write the criterion"},
    )
    why = LongTextField(label="Why it is asked", max_length=500, error_messages={"required": "Say why it is asked"})
    guidance = LongTextField(
        label="What good looks like",
        max_length=1500,
        help_text="How to tell green from amber from red, if it is not obvious.",
        error_messages={"required": "Say what good looks like"},
    )
    evidence = LongTextField(
        label="What to send",
        max_length=1200,
        help_text="One item a line.",
        error_messages={"required": "Enter at least one thing to send"},
    )
    do_not_send = LongTextField(
        label="What not to send", max_length=500, error_messages={"required": "Say what must not be sent"}
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_evidence(self) -> list[str]:
        """The lines that hold something, each short enough for a list."""
        items = [line.strip() for line in self.cleaned_data["evidence"].splitlines() if line.strip()]
        if any(len(item) > 300 for item in items):
            raise forms.ValidationError("Each thing to send must be 300 characters or fewer")
        return items


class StandardForm(NhsModelForm):
    """The title and purpose of a standard."""

    submit_label = "Save standard"
    purpose = LongTextField(
        label="Purpose",
        max_length=800,
        help_text="Why a commissioner asks this, in plain words.",
        error_messages={"required": "Say why this is asked"},
    )

    class Meta:
        model = Standard
        fields = ["title", "purpose"]
        error_messages = {"title": {"required": "Enter the title"}}


class CitesForm(NhsForm):
    """What a criterion cites. The page draws the boxes: those ticked first, then what the search finds."""

    submit_label = "Save references"
    mark_optional = False
    MOST = 40

    q = forms.CharField(label="Words in title, issuer or year", required=False)
    cites = forms.MultipleChoiceField(
        label="Law and guidance",
        required=False,
        widget=Checkboxes,
        error_messages={"invalid_choice": "Choose from the library: one of these is not there any more"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, shelf: QuerySet[Reference], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shelf = {row.key: row for row in library.references(shelf)}
        self.fields["cites"].choices = [(key, row.title) for key, row in self.shelf.items()]  # type: ignore[attr-defined]

    @property
    def words(self) -> str:
        """What is searched for."""
        return str(self["q"].value() or "").strip()

    def ticked(self) -> list[Reference]:
        """In the order in which they are cited, each once."""
        return [self.shelf[key] for key in dict.fromkeys(self["cites"].value() or []) if key in self.shelf]

    def matching(self) -> list[Reference]:
        """The rest of the library that holds every word, by title."""
        ticked, words = self.ticked(), self.words.lower().split()
        rest = (row for row in self.shelf.values() if row not in ticked)
        return [row for row in rest if all(word in f"{row.title} {row.issuer} {row.year}".lower() for word in words)]

    def found(self) -> list[Reference]:
        """As many of them as a page takes."""
        return self.matching()[: self.MOST]

    def not_shown(self) -> int:
        """How many more there are."""
        return max(len(self.matching()) - self.MOST, 0)

    def clean_cites(self) -> list[Reference]:
        """The rows behind the boxes."""
        return self.ticked()


class ReferenceForm(NhsModelForm):
    """A law or document of the commissioner's own library."""

    submit_label = "Save the entry"

    address = forms.URLField(
        label="Where to read it",
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text="A public web address, like https://www.legislation.gov.uk/ukpga/2014/23",
        error_messages={"invalid": "Enter a web address that begins with https://"},
    )

    class Meta:
        model = Reference
        fields = ["title", "issuer", "year", "kind", "address", "note"]
        labels = {
            "issuer": "Issued by", "year": "Year", "kind": "Kind", "note": "Note",
        }  # fmt: skip
        help_texts = {
            "title": "As it is cited, with the year of the law if it is one.",
        }
        error_messages = {
            "title": {"required": "Enter the title"},
            "kind": {"required": "Choose the kind"},
        }

    def __init__(self, *args: Any, there: QuerySet[Reference] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.there = there

    def clean_title(self) -> str:
        """The library holds a title once."""
        title = str(self.cleaned_data["title"])
        if self.there is not None and self.there.filter(title__iexact=title).exists():
            raise forms.ValidationError("The library holds this already: choose it there")
        return title


class WorkbookForm(UploadForm):
    """A workbook of standards."""

    submit_label = "Upload and compare"
    mark_optional = False

    file = WorkbookField(
        label="The workbook with your standards",
        help_text="An Excel workbook (.xlsx) laid out like the one downloaded here. Nothing is saved before you have "
        "seen what it changes.",
    )


class AcceptWorkbookForm(AsksAboutCells):
    """Save what the workbook changes; what it removes is said yes to once more."""

    submit_label = "Save this in the draft"
    mark_optional = False

    def __init__(self, *args: Any, difference: Difference, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["digest"] = forms.CharField(widget=forms.HiddenInput, initial=difference.digest, max_length=16)
        if difference.removed:
            names = ", ".join(line.name for line in difference.removed[:12])
            more_names = f" and {len(difference.removed) - 12} more" if len(difference.removed) > 12 else ""
            self.fields["remove"] = forms.BooleanField(
                label=f"Remove from the draft what is not in the workbook: {names}{more_names}",
                error_messages={"required": "Tick the box to remove them, or add their rows to the workbook"},
            )
        lines = [*difference.standards, *difference.criteria]
        said = [(line.name, text) for line in lines if line.outcome != "unchanged" for text in _texts(line.wanted)]
        self.ask_about(said, digest=difference.digest)


def _texts(value: Any) -> Iterator[str]:
    """Every text within what a row says."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
