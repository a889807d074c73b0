"""Choosing what a visit looks at: criteria by standard, and lines of one's own."""

from typing import Any

from django import forms
from django.utils.text import Truncator

from accounts.refusals import Refused
from design.fields import LongTextField
from design.forms import NhsForm
from design.widgets import Checkboxes
from oversight.models import Chosen, Visit, VisitLine
from oversight.pack.candidates import Candidate, Criteria

MOST_LINES = 40
WORDS = 30


class LinesForm(NhsForm):
    """One group of boxes a standard; what was chosen before is ticked, else what is proposed."""

    submit_label = "Save the lines"
    mark_optional = False

    own = LongTextField(label="Lines of your own, one a line", max_length=4000, required=False)

    def __init__(self, *args: Any, visit: Visit, criteria: Criteria, **more: Any) -> None:
        super().__init__(*args, **more)
        self.visit, self.candidates = visit, {each.criterion.pk: each for each in criteria.all}
        held = list(visit.lines.all())
        ticked = {each.criterion_version_id for each in held} if held else criteria.proposed
        self.fields["own"].initial = "\n".join(each.text for each in held if each.criterion_version_id is None)
        by_standard: dict[Any, list[Candidate]] = {}
        for each in criteria.all:
            by_standard.setdefault(each.criterion.standard, []).append(each)
        for standard, group in by_standard.items():
            self.fields[f"standard_{standard.number}"] = _boxes(standard, group, ticked)
        self.order_fields([name for name in self.fields if name != "own"])

    def clean(self) -> dict[str, Any]:
        """As many lines as a day on site holds, at least one, each short enough for its row."""
        given = super().clean() or {}
        own = [" ".join(line.split()) for line in given.get("own", "").splitlines() if line.strip()]
        if long := next((n for n, line in enumerate(own, 1) if len(line) > 400), None):
            self.add_error("own", f"Line {long} is longer than 400 characters. Shorten it")
        chosen = {int(pk) for name in given if name.startswith("standard_") for pk in given[name]}
        if not own and not chosen and not self.errors:
            raise forms.ValidationError("Choose at least one criterion, or write a line of your own")
        if len(own) + len(chosen) > MOST_LINES:
            raise forms.ValidationError(
                f"Choose at most {MOST_LINES} lines: these are {len(own) + len(chosen)}. A visit has an end"
            )
        self.lines = [
            *(Chosen(each.text, each.why, each.criterion) for pk, each in self.candidates.items() if pk in chosen),
            *(Chosen(line) for line in own),
        ]
        return given

    def save(self) -> bool:
        """Keep them; False with the reason when the visit has moved on meanwhile."""
        try:
            VisitLine.objects.choose(self.visit, self.lines)
        except Refused as problem:
            self.add_error(None, str(problem))
            return False
        return True


def _boxes(standard: Any, group: list[Candidate], ticked: set[Any]) -> forms.MultipleChoiceField:
    choices = [(str(each.criterion.pk), Truncator(each.text).words(WORDS)) for each in group]
    hints = {str(each.criterion.pk): each.why[:1].upper() + each.why[1:] for each in group if each.why}
    return forms.MultipleChoiceField(
        label=f"{standard.number}. {standard.title}", choices=choices, required=False,
        widget=Checkboxes(hints=hints, small=True),
        initial=[str(each.criterion.pk) for each in group if each.criterion.pk in ticked],
    )  # fmt: skip
