"""The form with which the plan of a visit is changed: shown as it stands, refused over a newer one."""

from datetime import date, datetime
from typing import Any

from accounts.models import User
from design.fields import LongTextField
from oversight.models import HasInterest, Visit, VisitMember
from oversight.models.visit_plan import change_plan
from oversight.visiting.planning import A_REASON, GoingForm, VisitVerbForm

PLAN = ("planned_on", "kind", "notice_given_on", "lead")


class ChangePlanForm(GoingForm, VisitVerbForm):
    """Another day, kind or team, and why."""

    submit_label = "Change the plan"
    reason = LongTextField(
        label="Why does the plan change?",
        max_length=A_REASON,
        help_text="Not why a person cannot come: “Sam cannot come” is enough.",
        error_messages={"required": "Enter why the plan changes"},
    )

    def __init__(self, *args: Any, visit: Visit, on: date, **kwargs: Any) -> None:
        super().__init__(*args, visit=visit, **kwargs)
        self.before = list(visit.team.select_related("user"))
        there = [each.user_id for each in self.before if each.user_id]
        self.offer_people([visit.commissioner], on=on, there=there)
        self.initial.update({name: getattr(visit, name) for name in PLAN}, lead=visit.lead_id)
        self.initial["team"] = there
        self.initial["outside"] = "\n".join(_typed(each) for each in self.before if not each.user_id)

    def clean(self) -> dict[str, Any]:
        """The same plan is no change."""
        given = super().clean()
        if not self.errors and self._is_the_same(given):
            self.add_error(None, "This is the plan as it stands. Change what is different, or go back.")
        return given

    def _is_the_same(self, given: dict[str, Any]) -> bool:
        same_people = {each.who for each in self.members()} == {each.who for each in self.before}
        return same_people and all(given[name] == getattr(self.visit, name) for name in PLAN)

    def change(self, *, by: User, at: datetime) -> bool:
        """Change it; False when somebody may not take part, which is then said at the box."""
        given = self.cleaned_data
        plan = {name: given[name] for name in PLAN}
        try:
            change_plan(self.as_seen(), team=self.members(), reason=given["reason"], by=by, at=at, **plan)
        except HasInterest as problem:
            self.visit.refresh_from_db()
            self.say_at_box(problem)
            return False
        return True


def _typed(member: VisitMember) -> str:
    """As the box takes it."""
    return ", ".join(part for part in (member.name, member.comes_from, member.role) if part)
