"""The guard in the measuring world: for each commissioner a warning that was overridden, and a removal."""

from typing import TYPE_CHECKING

from actions.models import Action
from privacy.models import GuardRule, Override, Removal, Warned

if TYPE_CHECKING:
    from assurance_portal.world import World


def make(world: "World") -> None:
    """What the provider's lead was warned of and saved, and words that were taken out of an action."""
    rule = GuardRule.objects.get(commissioner=None, code="nhs_number", valid_to=None)
    for key, place in (("A", "P1"), ("B", "P3")):
        ours, theirs, lead = world.organisations[key], world.organisations[place], world.person("PL", place)
        warned = Warned.objects.create(
            commissioner=ours, organisation=theirs, rule=rule, code="nhs_number", route="actions:action-report",
            form="actions.forms.ReportForm", field="text", key=f"{key:0>64}", by=lead, at=world.at,
        )  # fmt: skip
        reason = world.canary("override", "reason")
        world.keep(
            Override.objects.create(warned=warned, reason=reason, by=lead, at=world.at), whose=ours, about=theirs
        )
        action = Action.objects.filter(commissioner=ours, organisation=theirs, circle=None)[0]
        why = world.canary("removal", "reason")
        world.keep(
            Removal.objects.create(
                commissioner=ours, organisation=theirs, kind="words", text="actions.action", thing=action.pk,
                field="text", reason=why, by=lead, at=world.at,
            )
        )  # fmt: skip


__all__ = ["make"]
