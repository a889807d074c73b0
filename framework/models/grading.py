"""Grading schemes as data: what a grade means, and what follows from it."""

from django.db import models


class GradingScheme(models.Model):
    """A versioned set of grades; frozen once a published framework version uses it."""

    class Use(models.TextChoices):
        CRITERION = "criterion", "Grades of a criterion"
        LEVEL = "level", "Assurance levels of a provider"

    key = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=120)
    use = models.CharField(max_length=9, choices=Use.choices)
    description = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="grading_scheme_version_once")]

    def __str__(self) -> str:
        return self.name


class Grade(models.Model):
    """One grade: word, letter, meaning, and whether it counts as met, opens an action or needs a comment."""

    scheme = models.ForeignKey(GradingScheme, on_delete=models.PROTECT, related_name="grades")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    letter = models.CharField(max_length=2)
    label = models.CharField(max_length=60)
    meaning = models.TextField()
    counts_as_met = models.BooleanField(default=False)
    requires_action = models.BooleanField(default=False)
    requires_comment = models.BooleanField(default=False)
    excludes = models.BooleanField(
        default=False, help_text="Not applicable: left out of the denominator, counted apart"
    )
    severity = models.PositiveSmallIntegerField(default=0, help_text="0 is best")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="grade_code_once"),
            models.UniqueConstraint(fields=["scheme", "letter"], name="grade_letter_once"),
        ]

    def __str__(self) -> str:
        return self.label
