"""What an import made or changed: the way back from a row to the file it came from, and the ground for undoing it.

A database trigger lets a row of the register be removed only while a trace says that an accepted import made it. To
bring in another kind of thing, add its key here and to the trigger (migrations ``..._walls``).
"""

from functools import reduce
from operator import or_

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from oversight.models.imports import Import

# DO_NOTHING: the thing is removed before its trace, so that the wall can see why it may be; the keys are deferred.
KEYS = ("figure_return", "review", "action", "recorded_set", "contact", "site", "arrangement", "organisation")
ONE_OF = ("organisation", "arrangement", "site", "contact", "recorded_set", "action", "review", "figure_return")


def _exactly_one() -> Q:
    found = [Q(**{f"{other}__isnull": other != key for other in ONE_OF}) for key in ONE_OF]
    return reduce(or_, found)


class Trace(models.Model):
    """One thing of one import. ``before`` are the values that a changed thing had; empty for a new one."""

    brought_in = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="traces")
    organisation = models.ForeignKey(
        "providers.Organisation", null=True, on_delete=models.DO_NOTHING, related_name="traces"
    )
    arrangement = models.ForeignKey("providers.Arrangement", null=True, on_delete=models.DO_NOTHING, related_name="+")
    site = models.ForeignKey("providers.Site", null=True, on_delete=models.DO_NOTHING, related_name="+")
    contact = models.ForeignKey("providers.Contact", null=True, on_delete=models.DO_NOTHING, related_name="+")
    recorded_set = models.ForeignKey(
        "assurance.RecordedSet", null=True, on_delete=models.DO_NOTHING, related_name="traces"
    )
    action = models.ForeignKey("actions.Action", null=True, on_delete=models.DO_NOTHING, related_name="+")
    review = models.ForeignKey("reviews.Review", null=True, on_delete=models.DO_NOTHING, related_name="+")
    figure_return = models.ForeignKey("training.FigureReturn", null=True, on_delete=models.DO_NOTHING, related_name="+")
    made = models.BooleanField(help_text="Made by the import; otherwise changed by it")
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(help_text="The version of the thing that the import left")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_exactly_one(),
                name="trace_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(made=False) | Q(before={}), name="trace_new_had_nothing_before"),
            *(
                models.UniqueConstraint(fields=[key], condition=Q(made=True), name=f"trace_{key}_made_once")
                for key in ONE_OF
            ),
        ]

    def __str__(self) -> str:
        return f"{'Made' if self.made else 'Changed'} by {self.brought_in}"

    @property
    def thing(self) -> models.Model:
        """What was made or changed."""
        return next(thing for key in KEYS if (thing := getattr(self, key)) is not None)
