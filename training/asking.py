"""Questions about figures as pages and files show them: the list with its filter, and one question with its figure."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, IntegerField, Q, Value, When

from accounts.capabilities import Can
from training.arithmetic import Share
from training.below import measure_of
from training.models import AskedLine, Figure, FigureQuery, FigureReturn

if TYPE_CHECKING:
    from accounts.models import User

State = FigureQuery.State
TONES = {"asked": "waiting", "answered": "info", "resolved": "good", "taken_back": "quiet"}
OPEN, OVERDUE = "open", "overdue"
SHOWN = [(OPEN, "Open"), (OVERDUE, "Overdue"), *State.choices]


class QueryFilter(forms.Form):
    """What of the list is shown; sent by GET."""

    mark_optional = False
    q = forms.CharField(label="Provider, line or reference", required=False, max_length=100)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *SHOWN])

    def chosen(self, rows: Any, *, on: date) -> Any:
        """The questions that fit; what cannot be read of the filter is left out."""
        given = self.cleaned_data if self.is_valid() else {}
        if words := given.get("q"):
            rows = rows.filter(
                Q(organisation__name__icontains=words)
                | Q(asked__line__name__icontains=words)
                | Q(reference__iexact=words)
            )
        state = given.get("state")
        if state == OPEN:
            return rows.open()
        if state == OVERDUE:
            return rows.overdue(on=on)
        return rows.filter(state=state) if state else rows


def queries_shown(user: "User", asked: Any, *, on: date, rows: Any = None) -> tuple[QueryFilter, Any]:
    """The filter, and the questions that fit: those that wait first, the oldest due before the others."""
    found = FigureQuery.objects.permitted(user, Can.READ_FIGURES, on=on) if rows is None else rows
    waits = Case(
        When(state=State.ASKED, then=Value(0)), When(state=State.ANSWERED, then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip
    form = QueryFilter(asked)
    return form, form.chosen(found.annotate(waits=waits), on=on).order_by("waits", "due_on", "pk")


def said_of(row: AskedLine, user: "User") -> str:
    """The newest figure of a line of a return: "82 of 96, 85.4 %"; words where there is no number. One query."""
    figure = Figure.objects.permitted(user, Can.READ_FIGURES).known().totals().filter(asked=row).first()
    if figure is None:
        return "No figure"
    if figure.answer != AskedLine.Answer.FIGURES:
        return str(AskedLine.Answer(figure.answer).label)
    measure = measure_of(row.line)
    value = measure.said(measure.value(figure.numerator, figure.denominator))
    if figure.denominator is None:
        return value
    return f"{Share(figure.numerator, figure.denominator).counted}, {value}"


@dataclass(frozen=True)
class OneQuery:
    """A question with the figure that it is about and what the reader may do."""

    query: FigureQuery
    user: "User"
    on: date

    @property
    def tone(self) -> str:
        """Of its state."""
        return TONES[self.query.state]

    @cached_property
    def figure(self) -> str:
        """As it is known now."""
        return said_of(self.query.asked, self.user)

    @cached_property
    def may(self) -> dict[str, bool]:
        """Answer, resolve, take back: by the person's rights and the question's state. One query."""
        rows = FigureReturn.objects.permitted(self.user, Can.READ_FIGURES).filter(pk=self.query.figure_return_id)
        rights = rows.rights_of(self.user)
        state = self.query.state
        ours = rights["query"] and state in (State.ASKED, State.ANSWERED)
        return {"answer": rights["fill"] and state == State.ASKED, "resolve": ours, "take_back": ours}
