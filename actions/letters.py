"""The words of the letter that tells somebody of new actions: references and dates, never what they are about."""

from datetime import datetime, timedelta

from accounts.capabilities import Can, Role
from actions.models import Action
from chasing.kinds import kind_of
from chasing.letters import Context, Writer, register
from chasing.models import Letter
from design.calendar import london_date


def _opened(letter: Letter, at: datetime) -> Context | None:
    """The actions opened in the hour that the letter waited for, as far as the owner may see them."""
    actions = Action.objects.open().filter(
        commissioner=letter.commissioner_id,
        organisation=letter.organisation_id,
        owner=letter.to_user,
        opened_at__gte=letter.not_before - timedelta(hours=1),
    )
    if letter.to_user:
        actions = actions.permitted(letter.to_user, Can.SEE_ACTIONS, on=london_date(at))
    else:
        actions = actions.filter(circle__isnull=True)
    listed = [
        {"reference": action.reference, "due_on": action.due_on, "link": kind_of("action").absolute(action.reference)}
        for action in actions.order_by("due_on", "pk")
    ]
    return {"actions": listed} if listed else None


def register_writers() -> None:
    """Called when the app is ready."""
    register(Writer("action_opened", _opened, also=(Role.PROVIDER_LEAD.value,)))
