"""The rules of escalation on screen: what holds for each commissioner, and putting another in force from a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.forms import modelform_factory

from accounts.capabilities import Role
from design.fields import DateField
from design.forms import NhsModelForm
from design.widgets import Checkboxes
from oversight.models import EscalationPolicy, EscalationRule, NoticeRule, SurveillanceLabel, TriggerRule
from oversight.triggers import has_source
from providers.models import Category, Organisation
from providers.models.arrangements import ContractForm
from providers.models.policy import let_hold

DECIDE = ("DP", "QA", "DN", "CM")
# What may be changed of each kind of rule; the code stays, because history points at it.
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "step": (EscalationRule, ("name", "what", "who", "above_named_lead", "contract_forms", "response_days")),
    "trigger": (TriggerRule, ("name", "days", "working_days", "step")),
    "notice": (
        NoticeRule,
        ("name", "clause", "contract_forms", "meeting_days", "plan_days", "investigation_months", "milestone_days",
         "remedy_days"),
    ),
    "level": (SurveillanceLabel, ("name", "heightened")),
    "numbers": (EscalationPolicy, ("human_contact_days",)),
}  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """What holds for one commissioner on the day, and its own rows that held before or will hold."""

    commissioner: Organisation
    steps: list[Any]
    triggers: list[tuple[Any, bool, str]]
    notices: list[Any]
    levels: list[Any]
    numbers: EscalationPolicy
    others: list[tuple[str, Any]]
    categories: dict[str, str]


def rules_of(commissioners: Iterable[Organisation], *, on: date) -> list[Rules]:
    """The rules of each commissioner, its own before the shipped ones; a query for each kind of rule, and one."""
    ours = list(commissioners)
    whose = Q(commissioner__in=ours) | Q(commissioner=None)
    rows = {kind: list(model.objects.filter(whose).order_by("-valid_from")) for kind, (model, _) in KINDS.items()}
    names = dict(Category.objects.values_list("code", "plural"))
    return [_rules(each, rows, names, on) for each in ours]


def _rules(whose: Organisation, rows: dict[str, list[Any]], categories: dict[str, str], on: date) -> Rules:
    mine = {kind: [row for row in of if row.commissioner_id in (whose.pk, None)] for kind, of in rows.items()}

    def now(kind: str) -> list[Any]:
        own_last = sorted((row for row in mine[kind] if row.holds(on)), key=lambda row: row.commissioner_id or 0)
        by_code = {getattr(row, "code", ""): row for row in own_last}
        return sorted(by_code.values(), key=lambda row: getattr(row, "position", 0))

    steps = now("step")
    names = {step.code: str(step) for step in steps}
    return Rules(
        commissioner=whose,
        steps=steps,
        triggers=[(rule, has_source(rule.source), names.get(rule.step, rule.step)) for rule in now("trigger")],
        notices=now("notice"),
        levels=now("level"),
        numbers=now("numbers")[0],
        others=[(kind, row) for kind, of in mine.items() for row in of if not row.holds(on)],
        categories=categories,
    )


class RuleForm(NhsModelForm):
    """One rule as it shall hold from a day."""

    submit_label = "Put this in force"
    starts = DateField(label="In force from", subject="the day from which it holds")

    def __init__(self, *args: Any, ours: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts"].earliest = today + timedelta(days=1)  # type: ignore[attr-defined]
        self.fields["commissioner"] = forms.ModelChoiceField(
            ours, label="Commissioner", empty_label=None, error_messages={"required": "Choose the commissioner"}
        )
        self.fields["commissioner"].initial = ours.first()
        self._choose("who", [(code, Role(code).label) for code in DECIDE])
        self._choose("contract_forms", list(ContractForm.choices))
        if "step" in self.fields:
            steps = EscalationRule.objects.by_code(None, today)
            self.fields["step"] = forms.ChoiceField(
                label="Proposes", choices=[(code, str(rule)) for code, rule in steps.items()]
            )
        self.order_fields(("commissioner", "starts"))

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        if name in self.fields:
            label = "Who takes it" if name == "who" else "For contracts of the form"
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=choices, widget=Checkboxes(), error_messages={"required": "Choose at least one"}
            )

    def save(self, commit: bool = True) -> Any:
        """A new row from its day; the commissioner's own before it ends then, and the shipped one stays."""
        row = self.instance
        row.pk, row._state.adding = None, True
        row.commissioner, row.valid_from, row.valid_to = (
            self.cleaned_data["commissioner"],
            self.cleaned_data["starts"],
            None,
        )
        rivals = () if isinstance(row, EscalationPolicy) else ("code",)
        let_hold(row, *rivals, overtaken="A rule from {day} is set already")
        return row


def form_for(kind: str, code: str, *sent: Any, ours: Any, today: date) -> RuleForm | None:
    """The form over the rule that holds today; None for a kind or code that does not exist."""
    if kind not in KINDS:
        return None
    model, fields = KINDS[kind]
    whose = ours.first()
    found = model.objects.in_force(whose, today)
    row = found.first() if model is EscalationPolicy else found.filter(code=code).first()
    if row is None:
        return None
    made: Any = modelform_factory(model, form=RuleForm, fields=fields)
    form: RuleForm = made(*sent, instance=row, ours=ours, today=today)
    return form
