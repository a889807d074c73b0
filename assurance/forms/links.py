"""Forms of whoever holds a link to a return: what they add, and how they sign."""

from typing import Any, ClassVar

from assurance.forms.evidence import AnswerEvidenceForm
from assurance.forms.returns import SignForm
from evidence.models import EvidenceItem


class LinkEvidenceForm(AnswerEvidenceForm):
    """A file for this return, or where something can be seen. What the provider holds already is not listed."""

    KINDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("file", "A file or a photograph from this device"),
        ("seen", "It can be seen on site; nothing is sent"),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, items=EvidenceItem.objects.none(), **more)
        self.fields["kind"].choices = self.KINDS  # type: ignore[attr-defined]
        for name in ("item", "address"):
            del self.fields[name]


class LinkSignForm(SignForm):
    """Who answers for the return: whoever holds the link signs today, with name and role."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["on"]
        self.fields["name"].label = "Your full name"
        self.fields["role"].label = "Your role"
        self.fields["role"].help_text = "For example: registered manager, practice manager, partner responsible."
        self.fields["name"].error_messages["required"] = "Enter your full name"
        self.fields["role"].error_messages["required"] = "Enter your role"
