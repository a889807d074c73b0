"""What providers owe because of oversight, as due things: whom a reminder speaks to."""

from chasing.kinds import Kind, register

# Comments on a draft are a right, not a duty: only the action plan is asked for again.
ACTION_PLAN = Kind(
    code="action_plan",
    model="oversight.ActionPlan",
    name="Action plan after a visit",
    plural="Action plans after visits",
    title="reference",
    title_prefix="Action plan ",
    route="oversight:action-plan",
    audiences=("lead", "executive", "quality"),
)


def register_kinds() -> None:
    """Called when the app is ready."""
    register(ACTION_PLAN)
