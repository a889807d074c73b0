"""What happened to one action, latest first: its opening, what was said, and every move of its date."""

from dataclasses import dataclass
from datetime import datetime

from actions.models import Action, ActionUpdate
from design.components import written


@dataclass(frozen=True)
class Happened:
    """One entry of the timeline."""

    at: datetime
    heading: str
    by: str
    text: str = ""
    # The report itself, where it is one: words can be removed from it.
    update: ActionUpdate | None = None


def happened(action: Action) -> list[Happened]:
    """Two queries: updates and changes of the date."""
    entries = [
        Happened(action.opened_at, "Opened", str(action.opened_by or ""), f"Due {written(action.original_due_on)}")
    ]
    for update in action.updates.select_related("by"):
        entries.append(Happened(update.at, update.get_kind_display(), str(update.by), update.text, update))
    for change in action.date_changes():
        if change.new != change.old:
            heading = f"Date moved from {written(change.old)} to {written(change.new)}"
        elif change.paused_until:
            heading = f"Reminders paused until {written(change.paused_until)}"
        else:
            heading = "Reminders go on"
        agreed = f"\nAgreed by {change.agreed_by}" if change.agreed_by else ""
        entries.append(Happened(change.at, heading, str(change.by), f"{change.reason}{agreed}"))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)
