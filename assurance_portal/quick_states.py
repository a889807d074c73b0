"""Migrations in a fraction of the time: of the models that Django imagines between two steps, only few are drawn anew.

Django draws every model again that is connected with one that changes, and here nearly all are connected: on an empty
database that was nine tenths of the work. A new model only joins the others, as when the application starts. A
constraint, an index or a trigger changes no field. And where a field changes, only its model has to be new, with those
that point at it, and those that point at them: what it points at itself stays as it was. Where a table inherits
from another all is left to Django.

Before each operation Django copies what it knows of every model, and tries each copy anew; and it forgets after each
model which settings stand for one (AUTH_USER_MODEL), to look through all of them for every field. Neither changes here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Model

# What a step may add to a model or take from it without touching a field.
LISTS = ("constraints", "indexes", "triggers")
_thoroughly, _tried = ProjectState.reload_model, ModelState.clone


@contextmanager
def quick_states() -> Iterator[None]:
    """Inside, migrations draw only what they must."""
    ProjectState.reload_model = _quickly  # type: ignore[method-assign, assignment]
    ModelState.clone = _copied  # type: ignore[method-assign, assignment]
    apps.get_swappable_settings_name = cache(apps.get_swappable_settings_name)  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState.reload_model = _thoroughly  # type: ignore[method-assign, assignment]
        ModelState.clone = _tried  # type: ignore[method-assign]
        del apps.get_swappable_settings_name


def _copied(one: ModelState) -> ModelState:
    """In the place of ``ModelState.clone``: the same lists and fields, which were tried when they were written."""
    twin = object.__new__(ModelState)
    vars(twin).update(vars(one))
    twin.fields, twin.options, twin.managers = dict(one.fields), dict(one.options), list(one.managers)
    return twin


def _quickly(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """In the place of ``ProjectState.reload_model``, called after each change of a model."""
    if "apps" not in state.__dict__:
        return
    wanted = state.models[app_label, model_name]
    drawn = state.apps.all_models[app_label].get(model_name)
    if any(_parents(each) and not each.options.get("proxy") for each in state.models.values()):
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
    """The model, those that have a relation to it or are proxies of it, and the same of these."""
    found: set[tuple[str, str]] = set()
    more = {model}
    while more:
        found |= more
        related = {each for one in more for each in state.relations.get(one, ())}  # type: ignore[attr-defined]
        more = related.union(key for key, each in state.models.items() if _parents(each) & found) - found
    return found


def _parents(one: ModelState) -> set[tuple[str, str]]:
    """Models whose table it has besides its own, or, where it is a proxy, instead of one."""
    return {
        (app, name) for app, _, name in (base.lower().partition(".") for base in one.bases if isinstance(base, str))
    }


def _differ_in_lists_only(wanted: ModelState, drawn: type[Model]) -> bool:
    """Has the model the same fields and, but for its lists, the same options as the one that is drawn?"""
    fields = [*drawn._meta.local_fields, *drawn._meta.local_many_to_many]
    there = {field.name: field.deconstruct()[1:] for field in fields}
    if there != {name: field.deconstruct()[1:] for name, field in wanted.fields.items()}:
        return False
    return _plain(wanted.options) == _plain(drawn._meta.original_attrs)


def _plain(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in (*LISTS, "app_label", "apps")}
