"""Changing the plan of a visit: its day, its kind and who goes, until somebody begins to write it up.

What was planned before stays in the steps of the visit. A visit that is being written up can still be moved and
cancelled; its team is then the one that went.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.text import Truncator

from design.calendar import london_date
from oversight.models.visit_steps import VisitStep
from oversight.models.visit_team import VisitMember, refuse_interest
from oversight.models.visits import IllegalMove, Visit

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 600


@transaction.atomic
def change_plan(
    visit: Visit, *, team: Iterable[VisitMember], reason: str, by: "User", at: datetime, **plan: Any
) -> None:
    """Plan it differently, with the reason. ``team`` is everybody who goes beside the lead, also those who went before.

    Refused when somebody else changed the visit, when its write-up has begun, and when one of them may not take part.
    """
    day, kind, lead, told = visit.planned_on, visit.get_kind_display(), visit.lead, visit.notice_given_on
    visit.move((Visit.State.PLANNED,), **plan)  # holds the visit, so that no line is written meanwhile
    refuse_no_plan(visit)
    on = london_date(at)
    refuse_interest(visit.lead, visit, on=on)
    joined, left = _change_team(visit, list(team), on)
    said = [f"{'; '.join(map(str, joined))} joined."] if joined else []
    said += [f"{'; '.join(map(str, left))} no longer on the team."] if left else []
    if lead != visit.lead:
        said.insert(0, f"Led by {visit.lead} instead of {lead}.")
    what = VisitStep.What.TEAM if said else VisitStep.What.PLANNED
    if kind != visit.get_kind_display():
        said.append(f"{visit.get_kind_display()} instead of {kind.lower()}.")
    if told != visit.notice_given_on:
        said.append(_told(visit.notice_given_on))
    if day != visit.planned_on:
        visit.note("replanned", reason, by=by, at=at, old=day, new=visit.planned_on)
    if said:
        visit.note(what, Truncator(" ".join([*said, reason])).chars(LONGEST), by=by, at=at)


def _told(on: date | None) -> str:
    return f"The provider was told on {on:%-d %B %Y}." if on else "The provider is not told."


def refuse_no_plan(visit: Visit) -> None:
    """Once something is written down, or it was cancelled, who goes when is no plan any more."""
    if not visit.is_planned:
        raise IllegalMove(f"This visit is “{visit.get_state_display()}”, so its plan no longer changes.")
    if visit.findings.exists() or visit.parts.exists():
        raise IllegalMove(
            "The write-up of this visit has begun, so its plan no longer changes. It can still be moved or cancelled."
        )


def _change_team(visit: Visit, wanted: list[VisitMember], on: date) -> tuple[list[VisitMember], list[VisitMember]]:
    """Let the new ones join and the others go; those who stay are asked again whether they may."""
    before = {each.who: each for each in visit.team.select_related("user")}
    for each in wanted:
        each.may_go(visit, on=on)
    joined = [each for each in wanted if each.who not in before]
    left = [each for who, each in before.items() if who not in {each.who for each in wanted}]
    visit.team.filter(pk__in=[each.pk for each in left]).delete()
    for each in joined:
        each.join(visit, on=on)
    return joined, left
