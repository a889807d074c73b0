"""Posts, the people in them, and the regulator's ratings, for tests."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from providers import models
from tests.factories.accounts import UserFactory


class PostFactory(DjangoModelFactory):
    class Meta:
        model = models.Post

    kind = "named_nurse_children"
    title = "Named nurse, safeguarding children"
    starts_on = date(2020, 4, 1)


class PostHolderFactory(DjangoModelFactory):
    class Meta:
        model = models.PostHolder

    organisation = factory.SelfAttribute("post.organisation")
    name = factory.Sequence(lambda n: f"Holder {n}")
    starts_on = date(2021, 4, 1)


class RegulatorRatingFactory(DjangoModelFactory):
    class Meta:
        model = models.RegulatorRating

    regulator_id = "1-1234567890"
    overall = "good"
    published_on = date(2026, 1, 5)
    file_dated = date(2026, 2, 1)
    file_name = "directory.csv"
    imported_on = date(2026, 2, 3)
    imported_by = factory.SubFactory(UserFactory)


def held_post(organisation: models.Organisation, name: str = "Asha Rowe", **fields: Any) -> models.PostHolder:
    """A post of the organisation with somebody in it."""
    post = PostFactory(organisation=organisation, **fields)
    holder: models.PostHolder = PostHolderFactory(post=post, name=name)
    return holder
