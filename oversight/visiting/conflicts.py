"""Theirs and yours, when somebody else changed the same line of a write-up."""

from typing import Any

from oversight.models import VisitFinding, VisitPart

LABELS = {"asked": "Looked at", "judgement": "Judgement", "text": "Evidence", "criterion": "Criterion", "site": "Site"}


def rows_of_line(form: Any, theirs: VisitFinding, yours: dict[str, Any]) -> list[dict[str, str]]:
    """The boxes of a line that differ."""
    labels = dict(VisitFinding.Judgement.choices)
    refs = {criterion.pk: ref for ref, criterion in form.criteria.items()}

    def said(name: str, value: Any) -> str:
        if name == "judgement":
            return str(labels.get(value, "Not judged"))
        return refs.get(value.pk, "") if name == "criterion" and value else str(value or "")

    pairs = [(name, getattr(theirs, name), value) for name, value in yours.items()]
    return [
        {"label": LABELS[name], "theirs": said(name, old), "yours": said(name, new)}
        for name, old, new in pairs
        if old != new
    ]


def rows_of_part(form: Any, theirs: VisitPart, yours: dict[str, Any]) -> list[dict[str, str]]:
    """The boxes of a part that differ."""
    return [
        {"label": _label(form, name), "theirs": _said(theirs.value.get(name)), "yours": _said(value)}
        for name, value in yours["value"].items()
        if theirs.value.get(name) != value
    ]


def _label(form: Any, name: str) -> str:
    return str(form.fields[name].label or name.capitalize())


def _said(value: Any) -> str:
    return "" if value is None else str(value)
