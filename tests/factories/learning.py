"""Learning."""

from typing import Any

from django.utils import timezone

from reviews.models import Learning


def some_learning(commissioner: Any, by: Any, **more: Any) -> Learning:
    """A draft for acute trusts."""
    values = {
        "kind": "lesson", "title": "Ask who else lives there", "happened": "Nobody asked who else was in the home.",
        "matters": "Harm goes unseen.", "to_do": "Ask at each visit\nWrite down the answer", "strands": ["children"],
        "categories": ["ACUTE"], "themes": ["professional-curiosity"], "written_at": timezone.now(), **more,
    }  # fmt: skip
    made: Learning = Learning.objects.create(commissioner=commissioner, written_by=by, **values)
    return made


def published(commissioner: Any, by: Any, other: Any, *, website: bool = False, **more: Any) -> Learning:
    """The same, published by the other person; put on the website too."""
    made = some_learning(commissioner, by, **more)
    made.publish(expected=1, by=other, at=timezone.now(), untied=True)
    if website:
        made.pass_on(medium="website", on=timezone.localdate(), categories=["ACUTE"], by=by, at=timezone.now())
    return made
