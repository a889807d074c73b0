"""The form that adds evidence to one answer: a file, something already here, a public page, or seen on site."""

from typing import Any, ClassVar

from django import forms

from design.fields import DateField
from design.forms import UploadForm
from design.widgets import Radios
from evidence.refusals import WORDS


class AnswerEvidenceForm(UploadForm):
    """One way of four. The page shows the boxes of the chosen one (``portal-one-of`` in portal.css)."""

    submit_label = "Add this evidence"
    mark_optional = False

    KINDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("file", "A file from this device"),
        ("existing", "Something we have already added"),
        ("link", "A public page"),
        ("seen", "It can be seen on site and is not kept here"),
    )
    NEEDED = {
        "file": ("file", "Choose a file"),
        "existing": ("item", "Choose the evidence"),
        "link": ("address", "Enter the address of the page, beginning with https://"),
        "seen": ("seen_where", "Say where it can be seen, and who showed it when"),
    }

    kind = forms.ChoiceField(
        label="What do you want to add?",
        choices=KINDS,
        widget=Radios,
        error_messages={"required": "Choose what you want to add"},
    )
    file = forms.FileField(
        label="File", required=False, help_text="PDF, Office file without macros, picture or text, up to 25 MB."
    )
    item: Any = forms.ModelChoiceField(
        label="Evidence already here", queryset=None, required=False, empty_label="Choose", to_field_name="reference"
    )
    address = forms.URLField(
        label="Address of the page",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": "Enter the address of the page, beginning with https://"},
    )
    seen_where = forms.CharField(label="Where and when it can be seen", required=False, max_length=300)
    title = forms.CharField(
        label="What is it?", required=False, max_length=200, help_text="For example: Safeguarding policy, May 2026."
    )
    valid_until = DateField(
        label="Until when does it hold?",
        subject="the date until which it holds",
        required=False,
        help_text="The review or expiry date, if it has one.",
    )

    def __init__(self, *args: Any, items: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["file"].error_messages["empty"] = WORDS["empty"][0]
        self.fields["item"].queryset = items  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The box of the chosen way is needed, and a title for what is not a file or here already."""
        found = super().clean() or {}
        kind = found.get("kind")
        if kind in self.NEEDED:
            name, words = self.NEEDED[kind]
            for other, _ in self.NEEDED.values():
                if other != name:  # a box that the page does not show
                    self.errors.pop(other, None)
            if not found.get(name) and name not in self.errors:
                self.add_error(name, words)
        if kind in ("link", "seen") and not (found.get("title") or "").strip():
            self.add_error("title", "Say what it is")
        return found
