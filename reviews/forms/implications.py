"""What became of an implication for commissioning, and which criteria a recommendation is about."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import OuterRef, Subquery
from django.utils.text import Truncator

from design.fields import DateField, LongTextField
from design.widgets import Checkboxes
from framework.models import CriterionVersion, FrameworkVersion, Wording
from providers.models import Organisation, Partnership
from providers.record_form import NO_PATIENTS, RecordForm
from reviews.models import Recommendation

MUCH = 2_000
SAID = ("committee", "reported_on", "decision", "decided_on", "change_made", "changed_on")


class ImplicationForm(RecordForm):
    """To which committee, what it decided, what was changed; later parts may be filled in later."""

    submit_label = "Save this"
    compared = SAID
    committee = forms.CharField(
        label="Committee or board", max_length=150, error_messages={"required": "Enter to which committee it went"}
    )
    reported_on = DateField(label="Reported on", subject="the day it was reported")
    decision = LongTextField(label="What was decided", max_length=MUCH, required=False, help_text=NO_PATIENTS)
    decided_on = DateField(label="Decided on", subject="the day of the decision", required=False)
    change_made = LongTextField(
        label="Change made to a contract or specification", max_length=MUCH, required=False, help_text=NO_PATIENTS
    )
    changed_on = DateField(label="Changed on", subject="the day of the change", required=False)
    close = forms.BooleanField(label="Nothing is left to do: close it", required=False)

    def __init__(self, *args: Any, asked: Recommendation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reported_on", "decided_on", "changed_on"):
            self.fields[name].latest = today  # type: ignore[attr-defined]
        boards = Partnership.objects.filter(commissioner=asked.commissioner_id).values_list("board__name", flat=True)
        if known := sorted(set(boards)):
            self.fields["committee"].help_text = f"For example: {'; '.join(known[:4])}."
        if self.record is not None:
            self.initial.update({name: getattr(self.record, name) for name in SAID})

    def clean(self) -> dict[str, Any]:
        """Words and day stand together, and days in their order."""
        given = super().clean() or self.cleaned_data
        for words, day, what in (
            ("decision", "decided_on", "what was decided"), ("change_made", "changed_on", "what was changed"),
        ):  # fmt: skip
            if given.get(words) and not given.get(day) and day not in self.errors:
                self.add_error(day, "Enter the day too")
            if given.get(day) and not given.get(words):
                self.add_error(words, f"Enter {what}, or leave the day empty")
        reported, decided = given.get("reported_on"), given.get("decided_on")
        if reported and decided and decided < reported:
            self.add_error("decided_on", "This is before it was reported. Check both days")
        if given.get("close") and not given.get("decision"):
            self.add_error("close", "Enter what was decided before you close it")
        return given

    def values(self) -> dict[str, Any]:
        """The fields of the record."""
        return {name: self.cleaned_data[name] for name in SAID}


class CriteriaForm(RecordForm):
    """Which criteria of the standards in force a recommendation is about."""

    submit_label = "Save these criteria"
    criteria = forms.MultipleChoiceField(
        label="Criteria", required=False, widget=Checkboxes(small=True),
        help_text="When the review is closed, each organisation with an action for this recommendation is asked them "
        "again: in its next return and on the next visit. It reads “learning from reviews” and nothing else.",
    )  # fmt: skip

    def __init__(self, *args: Any, asked: Recommendation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {str(pk) for pk in asked.criteria.values_list("criterion", flat=True)}
        found = offered(asked.commissioner, today)
        gone = [(pk, "No longer in the standards") for pk in sorted(self.held - {pk for pk, _ in found})]
        self.fields["criteria"].choices = [*found, *gone]  # type: ignore[attr-defined]
        self.fields["criteria"].initial = sorted(self.held)


def offered(commissioner: Organisation, on: date) -> list[tuple[str, str]]:
    """The criteria that the commissioner may ask now, each once, in its newest words: identity, reference and words."""
    usable = FrameworkVersion.objects.usable_by(commissioner).filter(valid_from__lte=on)
    newest = usable.order_by("framework", "-valid_from", "-pk").distinct("framework").values("pk")
    words = Wording.objects.filter(criterion_version=OuterRef("pk")).order_by("pk").values("text")[:1]
    rows = CriterionVersion.objects.filter(framework_version__in=newest).in_order().annotate(said=Subquery(words))
    # Of two versions of one criterion the one that the commissioner words itself.
    ordered = sorted(rows.select_related("framework_version__framework"), key=_is_shipped)
    found: dict[str, str] = {}
    for row in ordered:
        found.setdefault(str(row.criterion_id), f"{row.ref} {Truncator(row.said or '').chars(140)}")
    return list(found.items())


def _is_shipped(row: CriterionVersion) -> bool:
    return row.framework_version.framework.commissioner_id is None
