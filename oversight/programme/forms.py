"""The filter of the visit programme, and the forms that move a provider in it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.door import Refused
from design.calendar import add_months
from design.fields import DateField
from design.forms import NhsForm
from design.widgets import NumberInput
from oversight.models import ProgrammeMark
from oversight.programme.lines import OVERDUE, STATES, Line
from providers.models import Arrangement

if TYPE_CHECKING:
    from accounts.models import User

MONTHS_AHEAD = 12
LONGEST_MONTHS = 24
SHOWN: dict[str, tuple[str, Callable[[Line], bool]]] = {
    "": ("All but those set aside", lambda line: not line.set_aside),
    "pinned": ("Pinned", lambda line: line.pinned),
    "not_now": ("Set aside: not now", lambda line: line.set_aside),
    "all": ("All", lambda line: True),
}


class ProgrammeFilter(forms.Form):
    """Which providers of the programme; a value that is no choice is as good as none."""

    q = forms.CharField(label="Provider", required=False, max_length=100)
    category = forms.ChoiceField(label="Category", required=False)
    state = forms.ChoiceField(label="When due", required=False)
    month = forms.ChoiceField(label="Month", required=False)
    months = forms.IntegerField(
        label="Not visited in so many months", required=False, min_value=1, max_value=120, widget=NumberInput(width=3)
    )
    show = forms.ChoiceField(label="Show", required=False, choices=[(key, each[0]) for key, each in SHOWN.items()])
    commissioner = forms.ChoiceField(label="Commissioner", required=False)

    mark_optional = False

    def __init__(self, data: Any, *, lines: Sequence[Line], on: date) -> None:
        super().__init__(data)
        self.lines = lines
        self._offer("category", sorted({(each.category, each.category_name) for each in lines}, key=lambda it: it[1]))
        self._offer("state", [(key, words) for key, (words, _) in STATES.items()])
        self._offer("month", months_ahead(on))
        whose = sorted({(str(each.commissioner), each.commissioner_name) for each in lines}, key=lambda it: it[1])
        self._offer("commissioner", whose)
        if len(whose) < 2:
            del self.fields["commissioner"]
        self.is_valid()

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", "All"), *choices]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Line]:
        """The lines that the filter leaves, in their order."""
        given = self.cleaned_data
        words, shown = (given.get("q") or "").casefold().split(), SHOWN[given.get("show") or ""][1]
        return [
            line
            for line in self.lines
            if shown(line)
            and given.get("category") in (None, "", line.category)
            and given.get("state") in (None, "", line.state)
            and given.get("month") in (None, "", line.month)
            and given.get("commissioner") in (None, "", str(line.commissioner))
            and (not given.get("months") or line.not_visited_in(given["months"]))
            and all(word in line.name.casefold() for word in words)
        ]


def months_ahead(on: date) -> list[tuple[str, str]]:
    """The heap of what is overdue from earlier months, and the months of a year from this one on."""
    first = on.replace(day=1)
    coming = [add_months(first, n) for n in range(MONTHS_AHEAD)]
    return [(OVERDUE, "Before this month"), *((f"{each:%Y-%m}", f"{each:%B %Y}") for each in coming)]


class MarkForm(NhsForm):
    """Puts a mark on a provider of the programme."""

    kind: ProgrammeMark.Kind

    def put(self, contract: Arrangement, *, by: "User", at: datetime, on: date) -> ProgrammeMark | None:
        """The mark, or nothing with what stands in its way among the errors."""
        given = {name: self.cleaned_data[name] for name in ("reason", "until") if name in self.cleaned_data}
        try:
            return ProgrammeMark.objects.put(contract, self.kind, by=by, at=at, on=on, **given)
        except Refused as problem:
            self.add_error(None, str(problem))
            return None


REASON = {"required": "Say why: it stands beside the provider and in its history"}


class PinForm(MarkForm):
    """Why this provider comes first."""

    kind = ProgrammeMark.Kind.PIN
    submit_label = "Pin to the top"

    reason = forms.CharField(label="Why it comes first", max_length=300, error_messages=REASON)


class NotNowForm(MarkForm):
    """Why this provider is set aside, and until when."""

    kind = ProgrammeMark.Kind.NOT_NOW
    submit_label = "Set aside"

    until = DateField(label="Back on the list on", subject="the day on which it is back on the list")
    reason = forms.CharField(label="Why not now", max_length=300, error_messages=REASON)

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        until: Any = self.fields["until"]
        # Today would set nothing aside.
        until.earliest, until.latest = on + timedelta(days=1), add_months(on, LONGEST_MONTHS)


class TakeBackForm(NhsForm):
    """Why a pin, or a "not now", is taken back."""

    submit_label = "Take back"

    reason = forms.CharField(label="Why", max_length=300, error_messages=REASON)


class UnpinForm(TakeBackForm):
    """Of a pin."""

    submit_label = "Unpin"
