"""Uploading the workbook of a plan, and saving what it would change after somebody has looked at it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db import transaction
from django.http import QueryDict

from accounts.door import Refused
from accounts.models import User
from actions.models import Action
from design.fields import LongTextField, WorkbookField
from design.forms import UploadForm
from design.widgets import Radios
from providers.record_form import RecordForm
from reviews.plan_workbook import AGAIN, MUCH, Report


class PlanForm(UploadForm):
    """The workbook that was filled in."""

    submit_label = "Upload and compare"
    mark_optional = False
    file = WorkbookField(
        label="The workbook you filled in",
        help_text="The Excel workbook (.xlsx) downloaded from this page. Nothing is saved before you have seen what it "
        "changes.",
    )


class AcceptPlanForm(RecordForm):
    """What would be saved, each in a box: it can still be corrected here."""

    submit_label = "Save these reports"

    def __init__(
        self, data: QueryDict | None = None, *, to: str, actions: dict[str, Any], changed: Sequence[Report] = ()
    ) -> None:
        super().__init__(data)
        self.to = to
        given = {each.reference: each for each in changed}
        names = [name.removeprefix("text_") for name in data if name.startswith("text_")] if data else list(given)
        self.actions = {name: actions[name] for name in names if name in actions}
        self.gone = len(names) - len(self.actions)
        for name, action in self.actions.items():
            said = given.get(name) or Report()
            self.fields[f"text_{name}"] = LongTextField(
                label=f"{action.organisation}: {action.text[:120]}", max_length=MUCH, initial=said.progress,
                help_text=f"Now: {action.status.words}, due {action.due_on:%-d %B %Y}",
                error_messages={"required": "Enter how it is going"},
            )  # fmt: skip
            self.fields[f"outlook_{name}"] = forms.ChoiceField(
                label="Will it be done in time?", choices=Action.Outlook.choices, initial=said.outlook,
                widget=Radios(inline=True), error_messages={"required": "Choose whether it is on track or at risk"},
            )  # fmt: skip
            self.fields[f"version_{name}"] = forms.IntegerField(widget=forms.HiddenInput, initial=action.version)

    @property
    def helper(self) -> FormHelper:
        """Sent to the page that saves, not to the one that compared."""
        helper = super().helper
        helper.form_action = self.to
        return helper

    @transaction.atomic
    def save(self, *, by: User, at: datetime) -> int:
        """All of them or none: one that was changed or closed meanwhile refuses the whole."""
        if self.gone:
            raise Refused(f"{self.gone} of these actions are not open any more, so nothing was saved. {AGAIN}")
        for name, action in self.actions.items():
            held = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
            if held.version != self.cleaned_data[f"version_{name}"]:
                raise Refused(f"Somebody has changed action {name} in between, so nothing was saved. {AGAIN}")
            said = {"outlook": self.cleaned_data[f"outlook_{name}"], "by": by, "at": at}
            held.report(self.cleaned_data[f"text_{name}"], **said)
        return len(self.actions)
