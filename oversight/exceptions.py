"""The exception report for a committee: what was escalated in a period, by date, for one commissioner.

Only what everybody with the right to escalations may see: steps for named people, visits' drafts and intelligence are
not in it. Page, PDF and workbook come from the same lines.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.capabilities import Can
from design import pdf
from design.calendar import FinancialYear, Quarter
from design.forms import NhsForm
from exports.table import Cell, Heading, Kind, Table
from oversight.models import (
    ContractNotice,
    Escalation,
    EscalationEntry,
    EscalationGround,
    EscalationPaper,
    PlacementSuspension,
    SurveillanceLevel,
)
from providers.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User

QUARTERS = 8


@dataclass(frozen=True)
class Line:
    """One thing that happened or stands, on a day."""

    on: date
    provider: str
    what: str
    words: str
    url: str


@dataclass(frozen=True)
class Section:
    """Lines of one kind. ``as_at`` sections stand on the last day; others happened in the period."""

    title: str
    lines: list[Line]
    standing: bool = False


@dataclass(frozen=True)
class Report:
    """Everything for one commissioner and period."""

    commissioner: Organisation
    label: str
    first: date
    last: date
    sections: list[Section]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many of each, in the order of the sections."""
        return [(section.title, len(section.lines)) for section in self.sections]


class PeriodForm(NhsForm):
    """Which commissioner and which period."""

    mark_optional = False
    commissioner = forms.ModelChoiceField(
        Organisation.objects.none(), label="Commissioner", empty_label=None, to_field_name="reference"
    )
    period = forms.ChoiceField(label="Period")

    def __init__(self, *args: Any, ours: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = periods(on)
        self.ours = list(ours)
        self.fields["commissioner"].queryset = ours  # type: ignore[attr-defined]
        self.fields["commissioner"].choices = [(each.reference, each.name) for each in self.ours]  # type: ignore[attr-defined]
        self.fields["period"].choices = [(key, label) for key, (label, *_) in self.periods.items()]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.required = False

    def asked(self) -> tuple[Any, str]:
        """The commissioner and the key of the period; the first of each where the address says none."""
        said = self.cleaned_data if self.is_valid() else {}
        return said.get("commissioner") or self.ours[0], said.get("period") or next(iter(self.periods))


def periods(on: date) -> dict[str, tuple[str, date, date]]:
    """The running quarter, those before it, and the running and the last financial year."""
    quarter, found = Quarter.of(on), {}
    for _ in range(QUARTERS):
        found[quarter.label.replace(" ", "-")] = (quarter.label, quarter.starts, quarter.ends)
        quarter = quarter.previous
    year = FinancialYear.of(on)
    for each in (year, year.previous):
        found[each.label] = (f"Financial year {each.label}", each.starts, each.ends)
    return found


def gather(user: "User", commissioner: Organisation, label: str, first: date, last: date, *, on: date) -> Report:
    """The report as this person may see it; what is for named people only stays out."""
    last = min(last, on)
    see = Can.SEE_SURVEILLANCE
    whole = Escalation.objects.permitted(user, see, on=on).filter(commissioner=commissioner, circle=None)
    entries = EscalationEntry.objects.filter(escalation__in=whole, on__range=(first, last)).order_by("at", "pk")
    entries = entries.select_related("escalation__step", "escalation__organisation")
    happened = list(entries.annotate(why=EscalationGround.objects.words_of("escalation")))

    def of(*kinds: str) -> list[Line]:
        wanted = [each for each in happened if each.kind in kinds]
        return [_step(each.escalation, each.on, each.words or _grounds(each.escalation, each.why)) for each in wanted]

    waiting = Q(pk__in=whole.waiting().values("pk"))
    standing = whole.filter(waiting | Q(state__in=Escalation.WALKED)).order_by("proposed_on", "pk")
    said = EscalationEntry.objects.filter(escalation=OuterRef("pk"), kind="proposed").order_by("-at", "-pk")
    standing = standing.with_why().annotate(said=Subquery(said.values("words")[:1]))
    now = list(standing.select_related("step", "organisation"))
    ours = {"commissioner": commissioner}
    notices = ContractNotice.objects.permitted(user, Can.SEE_NOTICES, on=on).filter(**ours)
    held = PlacementSuspension.objects.permitted(user, see, on=on).filter(**ours)
    levels = SurveillanceLevel.objects.permitted(user, see, on=on).filter(**ours)
    sections = [
        Section("Steps that wait for a person", [_now(each) for each in now if each.is_proposed], standing=True),
        Section("Steps that run", [_now(each) for each in now if each.is_walked], standing=True),
        Section("Proposed", of("proposed")),
        Section("Taken", of("taken")),
        Section("Declined", of("declined")),
        Section("Withdrawn or undone", of("withdrawn", "undone")),
        Section("Closed", of("closed")),
        Section("Entries for the meeting", _papers(whole, first, last)),
        Section("Contract notices", _notices(notices.between(first, last))),
        Section("Suspensions of placements", _suspensions(held.between(first, last))),
        Section("Changes of surveillance", _levels(levels.filter(starts_on__range=(first, last)))),
    ]
    return Report(commissioner, label, first, last, sections)


def _url(escalation: Escalation) -> str:
    return reverse("oversight:escalation-detail", args=[escalation.reference])


def _step(escalation: Escalation, on: date, words: str) -> Line:
    return Line(on, escalation.organisation.name, str(escalation.step), words, _url(escalation))


def _now(escalation: Any) -> Line:
    # A person who proposes a step gives words instead of grounds.
    why = escalation.why or ([escalation.said] if escalation.said else [])
    return _step(escalation, escalation.decided_on or escalation.proposed_on, _grounds(escalation, why))


def _grounds(escalation: Escalation, why: list[str]) -> str:
    words, due = "; ".join(why), escalation.response_due_on
    if not due or not escalation.is_walked:
        return words
    answer = f"Answer due {due:%-d %B %Y}"
    return f"{words.rstrip('.')}. {answer}" if words else answer


def _papers(whole: Any, first: date, last: date) -> list[Line]:
    rows = EscalationPaper.objects.filter(escalation__in=whole, kind=EscalationPaper.Kind.EXCEPTION)
    rows = rows.filter(escalation__decided_on__range=(first, last)).select_related(
        "escalation__step", "escalation__organisation"
    )
    return [_step(each.escalation, each.escalation.decided_on, each.text) for each in rows]


def _notices(rows: Any) -> list[Line]:
    return [
        Line(
            each.issued_on, each.organisation.name, str(each),
            f"{each.get_outcome_display() or 'No outcome yet'}. "
            + (f"Closed {each.closed_on:%-d %B %Y}: {each.get_closing_display()}." if each.closed_on else "Open."),
            reverse("oversight:notice-detail", args=[each.reference]),
        )
        for each in rows.select_related("rule", "organisation").order_by("issued_on", "pk")
    ]  # fmt: skip


def _suspensions(rows: Any) -> list[Line]:
    return [
        Line(
            each.starts_on, each.organisation.name, f"{each.by_whom}{f', {each.site}' if each.site else ''}",
            f"{each.reason} " + (f"Lifted {each.ends_on:%-d %B %Y}." if each.ends_on else "In force."),
            _provider(each),
        )
        for each in rows.select_related("organisation", "site").order_by("starts_on", "pk")
    ]  # fmt: skip


def _levels(rows: Any) -> list[Line]:
    return [
        Line(each.starts_on, each.organisation.name, str(each.label), each.reason, _provider(each))
        for each in rows.select_related("organisation", "label").order_by("starts_on", "pk")
    ]


def _provider(row: Any) -> str:
    return reverse("oversight:escalation-provider", args=[row.organisation.reference])


def as_pdf(report: Report, *, at: datetime, demonstration: bool) -> bytes:
    """For the committee's papers."""
    title = f"Exception report, {report.commissioner}, {report.label}"
    told = {"title": title, "report": report, "at": at, "demonstration": demonstration, "working_copy": False}
    html = render_to_string("reports/exception_report.html", told)
    return pdf.render(html, title=title, at=at, apart=True)


def as_table(report: Report, *, by: "User", at: datetime) -> Table:
    """The same lines for a workbook."""
    headings = (
        Heading("Part", width=28), Heading("Date", Kind.DATE, 14), Heading("Provider", width=36),
        Heading("What", width=36), Heading("Words", width=70),
    )  # fmt: skip
    rows: list[list[Cell]] = [
        [section.title, line.on, line.provider, line.what, line.words]
        for section in report.sections
        for line in section.lines
    ]
    said = (("Period", f"{report.label}, {report.first:%-d %B %Y} to {report.last:%-d %B %Y}"),)
    return Table(
        listing="exception-report", title=f"Exception report, {report.label}", headings=headings, rows=rows, said=said,
        whose=(report.commissioner.name,), as_at=at, by=str(by),
    )  # fmt: skip
