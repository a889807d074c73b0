"""Forms of the guard: what is removed and why, the dated rules, and filters."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from design.fields import DateField, LongTextField
from design.forms import NhsForm, NhsModelForm
from design.widgets import NumberInput, Radios, Textarea
from privacy.models import GuardRule, Kind
from privacy.removing import LEAST, MOST
from privacy.texts import Text

FILE = "file"
WORD_LENGTH = 60


class RemovalForm(NhsForm):
    """Which words of which field, or the file; and why."""

    submit_label, ends_something = "Remove it for ever", True
    mark_optional = False

    field = forms.ChoiceField(
        label="Where does it stand?", widget=Radios, error_messages={"required": "Choose where it stands"}
    )
    words = LongTextField(
        label="The words to remove, exactly as they stand",
        max_length=MOST,
        required=False,
        widget=Textarea(rows=2),
        help_text="They are replaced by “[removed on …]” here, in the history and in copies, and kept nowhere.",
    )
    reason = LongTextField(
        label="Why is it removed?",
        max_length=300,
        widget=Textarea(rows=3),
        help_text="Do not repeat what is removed. Example: a date of birth was pasted from a case file.",
        error_messages={"required": "Say why it is removed"},
    )

    def __init__(self, *args: Any, text: Text, row: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.text, self.row = text, row
        # What is to go is what the guard would ask about: here it must be said.
        self.fields["words"].free_text = False  # type: ignore[attr-defined]
        self.held = {name: found for name in text.fields if (found := list(_sentences(getattr(row, name))))}
        choices = [(name, text.fields[name]) for name in self.held]
        if text.destroy is not None and row.kind == "file":
            choices.append((FILE, "In the file: destroy all its versions"))
        self.fields["field"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["field"].initial = choices[0][0]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Each field that holds something, with what it holds."""
        return [(self.text.fields[name], "\n\n".join(said)) for name, said in self.held.items()]

    def clean(self) -> dict[str, Any]:
        """The words must stand there, and must be more than a letter or two."""
        found = super().clean() or {}
        field, words = found.get("field"), (found.get("words") or "").strip()
        if field and field != FILE and "words" not in self.errors:
            if len(words) < LEAST or not any(map(str.isalnum, words)):
                self.add_error("words", f"Enter at least {LEAST} characters of the words to remove")
            elif not any(words in said.replace("\r\n", "\n") for said in self.held[field]):
                self.add_error("words", "These words do not stand there. Copy them exactly as they are, capitals too")
        found["words"] = words
        return found


def _sentences(value: Any) -> Iterator[str]:
    """What somebody wrote into a field, of a form kept as a whole each of its boxes."""
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, dict | list):
        for inside in value.values() if isinstance(value, dict) else value:
            yield from _sentences(inside)


class WordsField(forms.CharField):
    """Words and phrases, one to a line."""

    widget = Textarea
    free_text = False

    def prepare_value(self, value: Any) -> str:
        """A line for each."""
        return value if isinstance(value, str) else "\n".join(value or [])

    def clean(self, value: Any) -> Any:
        """A list without empty lines and doubles."""
        lines = [" ".join(line.split()) for line in str(super().clean(value)).splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if any(len(line) > WORD_LENGTH for line in found):
            raise forms.ValidationError(
                f"Write each word or phrase on a line of its own, up to {WORD_LENGTH} characters"
            )
        return found


class RuleForm(NhsModelForm):
    """How one kind is recognised from a day on."""

    submit_label = "Save: it holds from that day"

    valid_from = DateField(label="Holds from", subject="the day from which it holds")
    words = WordsField(label="Words that make it one", required=False)
    quiet_words = WordsField(
        label="Words that keep it quiet",
        required=False,
        help_text="Beside these the guard says nothing, unless a word of the box above stands nearer.",
    )

    class Meta:
        model = GuardRule
        fields = ["commissioner", "valid_from", "on", "words", "quiet_words", "distance"]
        labels = {"on": "The guard looks for it", "distance": "How many characters away the words may stand"}
        widgets = {"commissioner": Radios, "distance": NumberInput(width=3)}
        error_messages = {"commissioner": {"required": "Choose the commissioner"}}

    def __init__(self, *args: Any, code: Kind, commissioners: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.instance.code = code
        field = self.fields["commissioner"]
        field.queryset, field.empty_label, field.required = commissioners, None, True  # type: ignore[attr-defined]
        self.fields["valid_from"].earliest = on  # type: ignore[attr-defined]
        if code == Kind.POSTCODE:
            self.fields["words"].label = "Postcodes that are never a person’s, beside those of the register"


class OverrideFilter(forms.Form):
    """Which overrides are shown; sent by GET."""

    mark_optional = False

    code = forms.ChoiceField(label="Kind", required=False, choices=[("", "All kinds"), *Kind.choices])
    q = forms.CharField(label="Words in the reason", required=False, max_length=100)

    def narrow(self, rows: Any) -> Any:
        """The rows that the filter leaves; an unknown value is left out."""
        self.is_valid()
        found = self.cleaned_data
        if found.get("code"):
            rows = rows.filter(warned__code=found["code"])
        for word in (found.get("q") or "").split():
            rows = rows.filter(reason__icontains=word)
        return rows
