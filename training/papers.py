"""The overview and a provider's own view as PDF, from the same readings and the same words as the pages."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from design import pdf
from design.downloads import attachment
from training.overview import Reading

COLUMNS, ROWS = 8, 400


def overview_paper_of(reading: Reading, *, at: datetime, public: bool, demonstration: bool) -> bytes:
    """Landscape: who returned, lines below threshold, all lines, and the matrix in parts of eight lines.

    ``public``: sums only, without a provider's row and without numbers that could show a person.
    """
    title = f"Training and key indicators, {reading.period}"
    context = {
        "reading": reading, "title": title, "at": at, "demonstration": demonstration, "public": public,
        "rows": reading.summary, "short": reading.short_lines, "parts": [] if public else list(_parts(reading)),
        "more": max(0, len(reading.rows) - ROWS),
    }  # fmt: skip
    html = render_to_string("reports/figures.html", context)
    sheets = (pdf.stylesheet("print"), pdf.stylesheet("figures"))
    return pdf.render(html, title=title, at=at, stylesheets=sheets, apart=True)


def own_paper_of(context: dict[str, Any], *, at: datetime, demonstration: bool) -> bytes:
    """A provider's own lines over eight periods."""
    title = f"Our training and key indicators, {context['labels'][-1]}"
    html = render_to_string(
        "reports/figures_own.html", context | {"title": title, "at": at, "demonstration": demonstration}
    )
    sheets = (pdf.stylesheet("print"), pdf.stylesheet("figures"))
    return pdf.render(html, title=title, at=at, stylesheets=sheets, apart=True)


def answer(content: bytes, name: str) -> HttpResponse:
    """The file to be saved."""
    return attachment(content, "application/pdf", f"{name}.pdf")


def _parts(reading: Reading) -> Iterator[tuple[Sequence[Any], list[tuple[str, Sequence[Any]]]]]:
    """The matrix cut to so many lines a table: the lines, and each row's name with its cells of them."""
    rows = [(f"{reading.commissioner}: {name}", list(cells)) for name, _, cells in reading.own]
    rows += [(row.asked.name, list(row.cells)) for row in reading.matrix(reading.rows[:ROWS])]
    for start in range(0, len(reading.columns), COLUMNS):
        yield reading.columns[start : start + COLUMNS], [(name, cells[start : start + COLUMNS]) for name, cells in rows]
