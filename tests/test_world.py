"""The measuring world: whole, and every object carries a canary."""

import pytest

from assurance_portal import world


@pytest.mark.django_db
def test_the_world_has_everybody_and_a_canary_in_everything(at):
    made = world.make(at=at, sign_ins=False)
    assert {(each.role, each.side) for each in made.people} >= {
        ("DP", "commissioner"),
        ("PL", "provider"),
        ("SB", "outside"),
    }
    assert len(made.people) == 36
    # These have no words of their own.
    wordless = {"providers.Partnership", "chasing.Letter", "reviews.LearningAsk", "training.Period"}
    assert {thing.kind for thing in made.things if not thing.canaries} - wordless == set()
    every = [word for thing in made.things for word in thing.canaries]
    assert len(every) == len(set(every))
