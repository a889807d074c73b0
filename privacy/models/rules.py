"""The dated rules of the guard: which kinds it looks for, beside which words, how near.

What ships is in ``privacy/data/rules.toml``. A kind is a shape in ``privacy/detection.py`` and a member of ``Kind``.
"""

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from privacy.detection import Rule
from providers.models.policy import Dated, dated_constraints, let_hold

NEAREST, FARTHEST = 0, 200


class Kind(models.TextChoices):
    """What the guard knows how to find."""

    NHS_NUMBER = "nhs_number", "NHS number"
    BIRTH = "birth", "Date of birth"
    AGE = "age", "Age of one person"
    POSTCODE = "postcode", "Postcode"


class GuardRule(Dated):
    """How one kind is recognised from a day on; one row holds at a time, the shipped one without a commissioner."""

    LOOKS_LIKE: ClassVar[dict[str, str]] = {
        Kind.NHS_NUMBER: "an NHS number",
        Kind.BIRTH: "somebody’s date of birth",
        Kind.AGE: "the age of one person",
        Kind.POSTCODE: "a postcode that is no organisation’s",
    }

    code = models.CharField("what is looked for", max_length=10, choices=Kind.choices)
    on = models.BooleanField("the guard looks for it", default=True)
    words = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    quiet_words = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    distance = models.PositiveSmallIntegerField(
        "characters between the words and the thing",
        default=30,
        validators=[MinValueValidator(NEAREST), MaxValueValidator(FARTHEST)],
    )

    class Meta:
        constraints = [
            *dated_constraints("guard_rule", "code"),
            models.CheckConstraint(condition=Q(distance__range=(NEAREST, FARTHEST)), name="guard_rule_distance"),
        ]
        ordering = ["code", "-valid_from"]

    def __str__(self) -> str:
        return f"{self.get_code_display()} from {self.valid_from}"

    @classmethod
    def like(cls, code: str, commissioner: Any, *, on: date) -> dict[str, Any]:
        """What holds now, to begin another row from."""
        row = cls.objects.filter(code=code).in_force(commissioner, on).first()
        held = ("on", "words", "quiet_words", "distance")
        return {"commissioner": commissioner, **({name: getattr(row, name) for name in held} if row else {})}

    @property
    def rule(self) -> Rule:
        """The same for ``detection.find``."""
        return Rule(self.code, tuple(self.words), tuple(self.quiet_words), self.distance)


def set_rule(row: GuardRule) -> None:
    """Let the row hold from its day; raises Overtaken where a later one of the kind is set."""
    let_hold(row, "code", overtaken="A rule from {day} is set already")
