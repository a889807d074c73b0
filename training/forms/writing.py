"""The boxes of one section of a figures return: counts, what is said beside them, host areas and explanations.

There is no token against sending twice: versions do that here, and saving the same figures again changes nothing.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import NumberInput, Radios, Textarea, TextInput
from training.checks import Counted, Question
from training.forms.shown import as_seen, read_shown, shown, sides
from training.models import AskedLine, Cell, HostCount
from training.models.writing import NOTHING, Entry, HostEntry, LineEntry, StaleFigures, fingerprint
from training.numbers import NotACount, count_of
from training.sheet import Row, Section

NARRATIVE_LENGTH, REASON_LENGTH, EXPLANATION_LENGTH = 5_000, 300, 600
BOXES = {"headcount": "In post", "denominator": "Of how many", "numerator": "How many"}
HOST = ("area", "count", "assurance", "held")
SPARE_HOSTS = 2
MOST_HOSTS = 200
FIGURES = AskedLine.Answer.FIGURES


class CountField(forms.Field):
    """A whole count or nothing. Messages begin with the row and the box: one of two hundred has to be found."""

    def __init__(self, *, named: str, **options: Any) -> None:
        super().__init__(**options)
        self.named = named

    def to_python(self, value: Any) -> Any:
        """A number, or None for an empty box."""
        try:
            return count_of(str(value or ""))
        except NotACount as problem:
            raise forms.ValidationError(f"{self.named}: {problem}") from None


class SectionForm(NhsForm):
    """What is written in one section. ``part`` says which; the view hands in the section as it stands."""

    mark_optional = False

    def __init__(self, *args: Any, section: Section, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["form_token"]
        self.section, self.on = section, on
        self.conflict: dict[str, Any] | None = None
        for row in section.rows:
            self._ask_counts(row)
            self._ask_words(row)
            for question in row.questions:
                self._ask_why(row, question)

    # --- Asking ----------------------------------------------------------------------------------

    def _ask_counts(self, row: Row) -> None:
        pk, cells = row.asked.pk, row.cells
        if row.is_milestone:
            self._ask_milestone(row)
        elif row.line.by_host:
            self._ask_hosts(row)
        else:
            for group, name in row.groups:
                whose = f"{row.line.name}, {name}" if name else row.line.name
                for box in row.boxes:
                    now = getattr(cells.get((Cell.Kind.GROUP, group)), box, None)
                    self._count(f"{box[0]}-{pk}-{group}", f"{whose}, {BOXES[box].lower()}", now)
        for code, name in row.reasons:
            now = getattr(cells.get((Cell.Kind.REASON, code)), "numerator", None)
            self._count(f"r-{pk}-{code}", f"{row.line.name}, not in time: {name}", now)

    def _count(self, name: str, label: str, now: int | None, named: str = "") -> None:
        self.fields[name] = CountField(
            named=named or label, label=label, required=False, initial=now, widget=NumberInput(width=5)
        )

    def _ask_milestone(self, row: Row) -> None:
        pk, cell = row.asked.pk, row.cells.get((Cell.Kind.GROUP, ""))
        now = "" if cell is None or cell.numerator is None else str(cell.numerator)
        self.fields[f"m-{pk}"] = forms.ChoiceField(
            label=row.line.numerator, required=False, initial=now, widget=Radios(inline=True, small=True),
            choices=[("1", "Reached"), ("0", "Not reached yet")],
        )  # fmt: skip
        self.fields[f"on-{pk}"] = DateField(
            label="Reached on", subject="the date it was reached", required=False, latest=self.on,
            initial=cell.reached_on if cell else None,
        )  # fmt: skip

    def _ask_hosts(self, row: Row) -> None:
        pk = row.asked.pk
        for n, host in enumerate(self.hosts_there(row)):
            where = f"{row.line.name}, host area {n + 1}"
            self.fields[f"area-{pk}-{n}"] = forms.CharField(
                label="Host area", required=False, max_length=80, initial=host and host.area, widget=TextInput(width=20)
            )
            self._count(f"count-{pk}-{n}", "Children", host.count if host else None, f"{where}, children")
            self.fields[f"assurance-{pk}-{n}"] = forms.ChoiceField(
                label="Assurance from the host area", required=False, initial=host and host.assurance,
                choices=[("", "Choose"), *HostCount.Assurance.choices],
            )  # fmt: skip
            self.fields[f"held-{pk}-{n}"] = DateField(
                label="Assurance dated", subject="the date of the assurance", required=False, latest=self.on,
                initial=host and host.held_on,
            )  # fmt: skip

    def hosts_there(self, row: Row) -> list[HostCount | None]:
        """Those that are kept, and some empty rows; as many as came, where the page added some."""
        there: list[HostCount | None] = list(row.asked.hosts.all())
        wanted = len(there) + SPARE_HOSTS
        while self.is_bound and f"area-{row.asked.pk}-{wanted}" in self.data and wanted < MOST_HOSTS:
            wanted += 1
        return there + [None] * (wanted - len(there))

    def _ask_words(self, row: Row) -> None:
        asked, pk = row.asked, row.asked.pk
        self.fields[f"answer-{pk}"] = forms.ChoiceField(
            label="What do you have for this line?", initial=asked.answer, required=False,
            choices=AskedLine.Answer.choices, widget=Radios(inline=True, small=True),
        )  # fmt: skip
        self.fields[f"reason-{pk}"] = forms.CharField(
            label="Why there is nothing to declare, or why it does not apply", required=False,
            max_length=REASON_LENGTH, initial=asked.answer_reason, widget=TextInput(),
        )  # fmt: skip
        self.fields[f"source-{pk}"] = forms.ChoiceField(
            label="Where the figures come from", required=False, initial=asked.source,
            choices=[("", "Not said"), *AskedLine.Source.choices],
        )  # fmt: skip
        self.fields[f"narrative-{pk}"] = LongTextField(
            label="Comment", required=False, max_length=NARRATIVE_LENGTH, initial=asked.narrative,
            widget=Textarea(rows=2), help_text="No names of patients, children or staff.",
        )  # fmt: skip
        self.fields[f"seen-{pk}"] = forms.CharField(
            required=False, initial=json.dumps(shown(row)), widget=forms.HiddenInput
        )

    def _ask_why(self, row: Row, question: Question) -> None:
        if not question.stops and not question.by_narrative:
            self.fields[why(row, question)] = forms.CharField(
                label=question.words, required=False, max_length=EXPLANATION_LENGTH, initial=question.explained,
                widget=TextInput(),
            )  # fmt: skip

    # --- Checking --------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """More than everybody, an answer without its reason and half a host area are refused beside the box."""
        found = super().clean() or {}
        for row in self.section.rows:
            if row.line.form == "share":
                self._refuse_over(row, found)
            if row.line.by_host:
                self._refuse_half_hosts(row, found)
            self._refuse_answer(row, found)
            if found.get(f"on-{row.asked.pk}") and found.get(f"m-{row.asked.pk}") != "1":
                self.add_error(f"m-{row.asked.pk}", f"{row.line.name}: say “Reached”, or take the date away")
        return found

    def _refuse_over(self, row: Row, found: dict[str, Any]) -> None:
        for group, _ in row.groups if row.in_table else ():
            name, n, d = f"n-{row.asked.pk}-{group}", *self._pair(row, group, found)
            if n is not None and d is not None and n > d:
                label = self.fields[name].label
                self.add_error(name, f"{label}: {Counted(None, d, n).words} is more than everybody")

    def _pair(self, row: Row, group: str, found: dict[str, Any]) -> tuple[int | None, int | None]:
        return found.get(f"n-{row.asked.pk}-{group}"), found.get(f"d-{row.asked.pk}-{group}")

    def _refuse_answer(self, row: Row, found: dict[str, Any]) -> None:
        pk, answer = row.asked.pk, found.get(f"answer-{row.asked.pk}") or row.asked.answer
        if answer == FIGURES:
            return
        if not (found.get(f"reason-{pk}") or "").strip():
            self.add_error(f"reason-{pk}", f"{row.line.name}: say why")
        if any(entry.boxes != NOTHING for entry in self._cells(row, found)) or self._hosts(row, found):
            said = AskedLine.Answer(answer).label
            self.add_error(f"answer-{pk}", f"{row.line.name}: it says “{said}”, and there are figures. Remove one")

    def _refuse_half_hosts(self, row: Row, found: dict[str, Any]) -> None:
        seen: set[str] = set()
        for n in range(len(self.hosts_there(row))):
            key = f"{row.asked.pk}-{n}"
            area, count, assurance, held = (
                found.get(f"{part}-{key}") for part in ("area", "count", "assurance", "held")
            )
            where = f"{row.line.name}, host area {n + 1}"
            if not area and (count is not None or assurance or held):
                self.add_error(f"area-{key}", f"{where}: enter the area")
            if not area:
                continue
            if count is None and f"count-{key}" not in self.errors:
                self.add_error(f"count-{key}", f"{where}: enter how many children")
            if not assurance:
                self.add_error(f"assurance-{key}", f"{where}: choose whether the area has given assurance")
            if (assurance == HostCount.Assurance.HELD) != bool(held) and f"held-{key}" not in self.errors:
                self.add_error(f"held-{key}", f"{where}: enter the date where assurance was received, and only there")
            if area.casefold() in seen:
                self.add_error(f"area-{key}", f"{where}: {area} is there twice")
            seen.add(area.casefold())

    # --- Saving ----------------------------------------------------------------------------------

    def entries(self) -> dict[str, Any]:
        """What to save, for ``writing.record``."""
        found, cells, lines = self.cleaned_data, [], []
        for row in self.section.rows:
            seen = read_shown(found.get(f"seen-{row.asked.pk}") or "")
            boxes = seen.get("cells", {})
            for entry in self._cells(row, found):
                cells.append(as_seen(entry, boxes.get(f"{entry.kind}/{entry.group}")))
            lines.append(self._line(row, found, seen))
        return {"cells": cells, "lines": lines}

    def _cells(self, row: Row, found: dict[str, Any]) -> Iterator[Entry]:
        pk = row.asked.pk
        if row.is_milestone:
            said = found.get(f"m-{pk}")
            yield Entry(pk, numerator=int(said) if said else None, reached_on=found.get(f"on-{pk}"))
        elif row.in_table:
            for group, _ in row.groups:
                counts: dict[str, Any] = {box: found.get(f"{box[0]}-{pk}-{group}") for box in row.boxes}
                yield Entry(pk, group=group, **counts)
        for code, _ in row.reasons:
            yield Entry(pk, Cell.Kind.REASON, code, numerator=found.get(f"r-{pk}-{code}"))

    def _hosts(self, row: Row, found: dict[str, Any]) -> list[HostEntry]:
        if not row.line.by_host:
            return []
        keys = [f"{row.asked.pk}-{n}" for n in range(len(self.hosts_there(row)))]
        said: list[list[Any]] = [[found.get(f"{part}-{key}") for part in HOST] for key in keys]
        return [HostEntry(area, count or 0, assurance, held) for area, count, assurance, held in said if area]

    def _line(self, row: Row, found: dict[str, Any], seen: dict[str, Any]) -> LineEntry:
        pk = row.asked.pk
        answer = found.get(f"answer-{pk}") or row.asked.answer
        reason = "" if answer == FIGURES else found[f"reason-{pk}"]
        hosts = self._hosts(row, found) if row.line.by_host else None
        version = seen.get("version")
        return LineEntry(
            pk, answer, reason, found[f"narrative-{pk}"], found[f"source-{pk}"], hosts,
            version if isinstance(version, int) else 0, str(seen.get("said", "")),
        )  # fmt: skip

    def explanations(self) -> dict[tuple[int, str, str], tuple[str, str]]:
        """What is said to the questions that the page showed, by (line, check, group)."""
        return {
            (row.asked.pk, each.code, each.group): (each.words, self.cleaned_data[name])
            for row in self.section.rows
            for each in row.questions
            if (name := why(row, each)) in self.fields and name in self.data
        }

    def show_conflict(self, problem: StaleFigures, url: str, *, names: bool = True) -> None:
        """Put theirs beside yours, keep everything typed, and let the next save win."""
        data: Any = self.data.copy()
        self.data = data
        rows, fields, first = [], {}, problem.conflicts[0].theirs
        by_pk = {row.asked.pk: row for row in self.section.rows}
        for conflict in problem.conflicts:
            row = by_pk[conflict.yours.asked]
            rows += list(sides(row, conflict))
            name = f"seen-{row.asked.pk}"
            fields[name] = data[name] = json.dumps(shown(row))
        by = (names and isinstance(first, Cell) and first.written_by) or "Somebody else"
        at = first.written_at if isinstance(first, Cell) else None
        self.conflict = {"by": by, "at": at, "url": url, "rows": rows, "fields": json.dumps(fields)}


def why(row: Row, question: Question) -> str:
    """The name of the box for an explanation: other words of the question are another box."""
    return f"why-{row.asked.pk}-{question.code}-{question.group}-{fingerprint(question.words)[:8]}"
