"""Theirs and yours: what the page shows when somebody else saved first."""

from typing import Any

from django.forms import BaseForm, BoundField
from django.http import QueryDict


def both_sides(form: BaseForm, fresh: BaseForm) -> dict[str, Any]:
    """Context for components/theirs_yours.html. ``form`` keeps what was typed and takes the newer version number, so
    saving it again is a decision; ``fresh`` is the same form over what is saved now."""
    version = fresh["version"].initial
    data = QueryDict(mutable=True)
    data.update(form.data)  # type: ignore[arg-type]
    data["version"] = str(version)
    form.data = data
    pairs = [(field, _words(field, fresh[field.name].initial), _words(field, field.value())) for field in form]
    rows = [
        {"label": field.label, "theirs": theirs, "yours": yours}
        for field, theirs, yours in pairs
        if not field.is_hidden and theirs != yours
    ]
    return {"conflict": {"by": "Somebody else", "rows": rows, "version": version, "url": ""}}


def _words(field: BoundField, value: Any) -> str:
    """A value as a person reads it: choices by their label, several one a line."""
    labels = {str(key): str(label) for key, label in getattr(field.field, "choices", ())}
    given = value if isinstance(value, list | tuple) else ["" if value is None else value]
    said = ["Yes" if item is True else "No" if item is False else str(item) for item in given]
    return "\n".join(labels.get(item, item) for item in said).replace("\r\n", "\n")
