"""Migrations draw only what changes, and end with the same models as when Django draws everything connected."""

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.state import ProjectState

from assurance_portal.quick_states import quick_states


def key() -> Any:
    return models.BigAutoField(primary_key=True, serialize=False)  # as a migration writes it


def to(model: str, **more: Any) -> Any:
    return models.ForeignKey(f"tried.{model}", models.CASCADE, **more)


def to_parent() -> tuple[str, Any]:
    link = models.OneToOneField(
        "tried.Door", models.CASCADE, parent_link=True, primary_key=True, auto_created=True, serialize=False
    )
    return "door_ptr", link


STEPS = [
    migrations.CreateModel("House", [("id", key()), ("number", models.IntegerField())]),
    migrations.CreateModel("Door", [("id", key()), ("house", to("House")), ("wide", models.IntegerField())]),
    migrations.AddConstraint("House", models.UniqueConstraint(fields=["number"], name="once")),
    migrations.AddConstraint("House", models.CheckConstraint(condition=models.Q(number__gt=0), name="above")),
    migrations.AddIndex("Door", models.Index(fields=["wide"], name="by_width")),
    migrations.CreateModel("Cottage", [], options={"proxy": True}, bases=("tried.house",)),
    migrations.AddField("House", "name", models.TextField(default="")),
    migrations.AddField("Door", "leads_to", to("House", related_name="entries", null=True)),
    migrations.RemoveConstraint("House", "once"),
    migrations.AlterModelOptions("Door", {"ordering": ["wide"]}),
    migrations.AlterField("Door", "wide", models.SmallIntegerField()),
    migrations.CreateModel("Key", [("id", key()), ("door", models.OneToOneField("tried.Door", models.CASCADE))]),
    migrations.AddField("Key", "cottage", to("Cottage", null=True)),
    migrations.RenameField("House", "number", "plate"),
    migrations.RemoveIndex("Door", "by_width"),
    migrations.AddField("House", "main_door", to("Door", related_name="+", null=True)),
    migrations.AddField("Door", "beside", to("Door", related_name="neighbours", null=True)),
    migrations.AlterField("Door", "leads_to", to("House", related_name="ways_in", null=True)),
    migrations.RenameField("Door", "leads_to", "into"),
    migrations.RemoveField("House", "main_door"),
    migrations.AddField("House", "keys", models.ManyToManyField("tried.Key", related_name="fits")),
    migrations.RenameModel("Key", "Latch"),
    migrations.CreateModel("Gate", [to_parent()], bases=("tried.door",)),
    migrations.AddField("Door", "lock", models.IntegerField(default=0)),
    migrations.RemoveField("Latch", "door"),
    migrations.DeleteModel("Gate"),
]


def told(state: ProjectState) -> dict[str, Any]:
    """What the drawn models know about themselves and about one another."""
    return {model.__name__: _of(model._meta) for model in state.apps.get_models()}


def _of(meta: Any) -> tuple[Any, ...]:
    leads = {each.name: each.related_model and each.related_model._meta.label for each in meta.get_fields()}
    kinds = {each.name: type(each).__name__ for each in meta.get_fields()}
    lists = [each.deconstruct() for each in (*meta.constraints, *meta.indexes)]
    return leads, kinds, lists, meta.ordering


@pytest.mark.parametrize("until", range(1, len(STEPS) + 1))
def test_the_models_are_those_that_django_draws(until: int) -> None:
    found = []
    for way in (nullcontext, quick_states):
        state = ProjectState()
        assert list(state.apps.get_models()) == []
        with way():
            for step in STEPS[:until]:
                step.state_forwards("tried", state)
        found.append(told(state))
    assert found[1] == found[0]
    assert found[0]


def test_a_constraint_or_another_model_draws_nothing_again() -> None:
    state = ProjectState()
    assert list(state.apps.get_models()) == []
    STEPS[0].state_forwards("tried", state)
    drawn = state.apps.get_model("tried", "House")
    with quick_states():
        for step in STEPS[1:5]:
            step.state_forwards("tried", state)
    assert state.apps.get_model("tried", "House") is drawn
    STEPS[2].state_forwards("tried", state)
    assert state.apps.get_model("tried", "House") is not drawn


def test_a_field_draws_its_model_and_those_that_point_at_it_and_no_other() -> None:
    state = ProjectState()
    assert list(state.apps.get_models()) == []
    for step in (STEPS[0], STEPS[1], migrations.CreateModel("Bell", [("id", key()), ("door", to("Door"))])):
        step.state_forwards("tried", state)
    house, door, bell = drawn(state)
    with quick_states():
        migrations.AddField("Door", "next", to("House", related_name="+", null=True)).state_forwards("tried", state)
    assert [new is old for new, old in zip(drawn(state), (house, door, bell), strict=True)] == [True, False, False]
    assert state.apps.get_model("tried", "Bell")._meta.get_field("door").related_model is drawn(state)[1]


def drawn(state: ProjectState) -> list[Any]:
    return [state.apps.get_model("tried", name) for name in ("House", "Door", "Bell")]
