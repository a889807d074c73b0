"""Migrations in a fraction of the time: of the models that Django imagines between two steps, only few are drawn anew.

Django draws every model again that is connected with one that changes, and here nearly all are connected: on an empty
database that was nine tenths of the work. A new model only joins the others, as when the application starts. A
constraint, an index or a trigger changes no field. And where a field changes, only its model has to be new, with those
that point at it, and those that point at them: what it points at itself stays as it was. Where a table inherits
from another all is left to Django.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Model

# What a step may add to a model or take from it without touching a field.
LISTS = ("constraints", "indexes", "triggers")
_thoroughly = ProjectState.reload_model


@contextmanager
def quick_states() -> Iterator[None]:
    """Inside, migrations draw only what they must."""
    ProjectState.reload_model = _quickly  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        ProjectState.reload_model = _thoroughly  # type: ignore[method-assign, assignment]


def _quickly(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """In the place of ``ProjectState.reload_model``, called after each change of a model."""
    if "apps" not in state.__dict__:
        return
    wanted = state.models[app_label, model_name]
    drawn = state.apps.all_models[app_label].get(model_name)
    if any(_inherits(each, (app_label, model_name)) for each in state.models.values()):
        _thoroughly(state, app_label, model_name, delay)
    elif drawn is None:
        state.apps.render_multiple([wanted])
    elif delay and _differ_in_lists_only(wanted, drawn):
        for name in LISTS:
            setattr(drawn._meta, name, list(wanted.options.get(name, ())))
        # Code of a migration draws all models anew before it looks at them (clear_delayed_apps_cache).
        state.is_delayed = True
    else:
        state._reload(_pointing_at(state, (app_label, model_name)))  # type: ignore[attr-defined]
        state.is_delayed = True


def _pointing_at(state: ProjectState, model: tuple[str, str]) -> set[tuple[str, str]]:
    """The model, those that have a relation to it, and those that have one to these."""
    found = {model}
    while more := {each for one in found for each in state.relations.get(one, ())} - found:  # type: ignore[attr-defined]
        found |= more
    return found


def _inherits(one: ModelState, model: tuple[str, str]) -> bool:
    """Has it the table of another model besides its own, or only that of this one?"""
    parents = {tuple(base.lower().split(".")) for base in one.bases if isinstance(base, str)}
    return model in parents if one.options.get("proxy") else bool(parents)


def _differ_in_lists_only(wanted: ModelState, drawn: type[Model]) -> bool:
    """Has the model the same fields and, but for its lists, the same options as the one that is drawn?"""
    fields = [*drawn._meta.local_fields, *drawn._meta.local_many_to_many]
    there = {field.name: field.deconstruct()[1:] for field in fields}
    if there != {name: field.deconstruct()[1:] for name, field in wanted.fields.items()}:
        return False
    return _plain(wanted.options) == _plain(drawn._meta.original_attrs)


def _plain(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in (*LISTS, "app_label", "apps")}
