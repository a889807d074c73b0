"""The service profile: yes, no or not known for each question."""

import json
from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from design.widgets import Radios
from providers.forms.base import VerbForm, typed
from providers.models import Organisation, ServiceAnswer, ServiceQuestion

CHOICES = (("yes", "Yes"), ("no", "No"), ("", "Not known"))
MEANS = {"yes": True, "no": False, "": None}


class ServiceProfileForm(VerbForm):
    """One row of radios for each question of the register, with what stands chosen."""

    def __init__(self, *args: Any, stands: dict[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = ServiceQuestion.objects.all()
        self.fields.pop("version", None)
        self.keys = [question.key for question in questions]
        for question in questions:
            self.fields[question.key] = forms.ChoiceField(
                label=question.question,
                help_text=question.hint,
                required=False,
                choices=CHOICES,
                widget=Radios(inline=True),
                initial={True: "yes", False: "no"}.get(stands.get(question.key), ""),  # type: ignore[arg-type]
            )
        self.mark_optional = False
        self.fields["seen"] = forms.JSONField(widget=forms.HiddenInput, required=False, initial=stands)

    def save(self, *, by: User, on: date) -> int:
        """Keep what changed, with who and when."""
        assert isinstance(self.instance, Organisation)
        said = {key: MEANS[self.cleaned_data[key]] for key in self.keys}
        seen = self.cleaned_data["seen"]
        return ServiceAnswer.objects.say(self.instance, said, seen=seen if isinstance(seen, dict) else {}, by=by, on=on)

    def show_what_stands(self, stands: dict[str, bool]) -> None:
        """After somebody was faster: saving again, now knowingly, keeps what this person chose."""
        typed(self, "seen", json.dumps(stands))
