"""Self-assessments as a due thing: whom a reminder of a return speaks to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps

from chasing.kinds import Kind, register
from design.calendar import london_date


@dataclass(frozen=True)
class LinkSent:
    """To whom the link to a return went, and the last day on which it opens."""

    name: str
    until: date


def links_of(returns: Iterable[int], at: datetime) -> dict[int, LinkSent]:
    """The link that opens each return now, by the return's id. One query."""
    live = apps.get_model("assurance.ReturnLink")._default_manager.live(at=at).whole()
    rows = live.filter(self_assessment__in=returns).values_list("self_assessment", "name", "expires_at")
    return {pk: LinkSent(name, london_date(until - timedelta(seconds=1))) for pk, name, until in rows}


RETURN = Kind(
    code="self_assessment",
    model="assurance.SelfAssessment",
    name="Self-assessment",
    plural="Self-assessments",
    title="round__name",
    route="assurance:assessment-detail",
    audiences=("preparers", "lead", "executive", "quality"),
    beside=links_of,
)


def register_kinds() -> None:
    """Called when the app is ready."""
    register(RETURN)
