"""The report of a visit as a PDF, from its text alone."""

from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string

from design import pdf


def report_pdf(document: dict[str, Any], *, stage: str, at: datetime, demonstration: bool = False) -> bytes:
    """``stage`` is "draft" or "final". The same text and moment give the same bytes."""
    title = f"{'Report' if stage == 'final' else 'Draft report'} of a safeguarding visit: {document['provider']}"
    said = {**shown(document), "title": title, "at": at, "final": stage == "final", "demonstration": demonstration}
    return pdf.render(render_to_string("reports/visit.html", said), title=title, at=at, apart=True)


def shown(document: dict[str, Any]) -> dict[str, Any]:
    """The text with its days as days, for page and paper."""
    days = {name: date.fromisoformat(document[name]) for name in DAYS if document.get(name)}
    return {"document": {**document, **days}}


DAYS = ("started_on", "ended_on", "feedback_on")
