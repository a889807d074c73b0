"""Who changed what and when, read from the append-only event tables. Names are joined here and never stored there.

``TOLD`` says which records make up the history of an organisation, how a record is called, and which of its fields
are told; a field that is not named is not shown. Names and numbers of contacts are in no event, by design.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from pghistory.models import Events

from accounts.capabilities import Can
from accounts.models import User
from design.components import written
from providers.models import Arrangement, Category, Contact, Organisation, ServiceQuestion

TOLD: dict[str, tuple[str, ...]] = {
    "providers.Organisation": (
        "name", "category", "code", "cqc_provider_id", "cqc_location_id", "address", "postcode", "telephone", "mailbox",
        "website", "opened_on", "closed_on", "closed_reason",
    ),
    "providers.Site": ("name", "code", "cqc_location_id", "postcode", "opened_on", "closed_on"),
    "providers.Arrangement": (
        "commissioner", "part", "contract_form", "contract_number", "tier", "starts_on", "ends_on",
    ),
    "providers.Contact": ("kind", "job_title", "receives_reminders", "verified_on", "ended_on"),
    "providers.Partnership": ("commissioner", "kind", "ended_on"),
    "providers.Post": ("title", "part", "strand", "wte", "hours", "public", "starts_on", "ends_on"),
    "providers.PostHolder": ("part", "starts_on", "ends_on", "notice_on", "verified_on"),
    "providers.RegulatorRating": ("overall", "published_on", "imported_on"),
    "providers.ServiceAnswer": ("question", "holds"),
    "providers.Succession": ("successor", "kind", "on", "reason", "open_returns", "open_returns_reason"),
}  # fmt: skip
CALLED = {
    "providers.Organisation": "Organisation", "providers.Site": "Site", "providers.Arrangement": "Contract",
    "providers.Contact": "Contact", "providers.Partnership": "Link", "providers.ServiceAnswer": "Service",
    "providers.Succession": "Succession", "providers.Post": "Post", "providers.PostHolder": "Person in a post",
    "providers.RegulatorRating": "Regulator’s rating",
}  # fmt: skip
DONE = {"insert": "added", "update": "changed", "delete": "taken back"}
SOMEBODY = "Somebody"
EVENT_MODELS = [f"{label}Event" for label in TOLD]
# The column by which a record belongs to the organisation; everything else has "organisation".
BELONGS = {
    "providers.Organisation": "id",
    "providers.Partnership": "board_id",
    "providers.Succession": "predecessor_id",
}


@dataclass(frozen=True)
class Line:
    """One field of one change; ``before`` is empty for something new."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change as the page tells it."""

    at: datetime
    by: str
    heading: str
    lines: list[Line]


def events_of(organisation: Organisation, reader: User, *, on: date) -> "models.QuerySet[Any]":
    """The events that this person may read, latest first: of contracts, those of their own commissioners only."""
    theirs = Arrangement.objects.permitted(reader, Can.READ_HISTORY, on=on).filter(organisation=organisation)
    contracts = [str(pk) for pk in theirs.values_list("pk", flat=True)]
    mine = Q()
    for label in TOLD:
        belongs = {f"pgh_data__{BELONGS.get(label, 'organisation_id')}": organisation.pk}
        mine |= Q(pgh_obj_model=label, **belongs)
    events = Events.objects.across(*EVENT_MODELS).references(organisation).filter(mine)
    events = events.exclude(Q(pgh_obj_model="providers.Arrangement") & ~Q(pgh_obj_id__in=contracts))
    return events.order_by("-pgh_created_at", "-pgh_id")


def told(events: Iterable[Any]) -> list[Change]:
    """Events in words: at most one query for each kind of thing that they name."""
    events = list(events)
    names = _Names(events)
    changes = [
        Change(
            at=event.pgh_created_at,
            by=names.person((event.pgh_context or {}).get("user")),
            heading=f"{CALLED[event.pgh_obj_model]} {DONE.get(event.pgh_label, event.pgh_label)}",
            lines=_lines(event, names),
        )
        for event in events
    ]
    return [change for change in changes if change.lines]


def last_change(record: models.Model) -> tuple[str, datetime | None]:
    """Who saved a record last, and when."""
    event = record.events.select_related("pgh_context").order_by("-pgh_id").first()  # type: ignore[attr-defined]
    if event is None:
        return SOMEBODY, None
    by = User.objects.filter(pk=(event.pgh_context.metadata if event.pgh_context else {}).get("user")).first()
    return (by.name if by else SOMEBODY), event.pgh_created_at


class _Names:
    """Names of the people, organisations, categories, questions and contacts that some events mention."""

    KINDS: dict[str, type[models.Model]] = {
        "commissioner": Organisation, "successor": Organisation, "category": Category, "question": ServiceQuestion,
    }  # fmt: skip

    def __init__(self, events: list[Any]) -> None:
        people = {(event.pgh_context or {}).get("user") for event in events} - {None}
        self.people = dict(User.objects.filter(pk__in=people).values_list("pk", "name")) if people else {}
        self.found: dict[tuple[type[models.Model], Any], str] = {}
        wanted: dict[type[models.Model], set[Any]] = {}
        for event in events:
            for field, model in self.KINDS.items():
                wanted.setdefault(model, set()).add((event.pgh_data or {}).get(f"{field}_id"))
                wanted[model].update((event.pgh_diff or {}).get(f"{field}_id") or ())
            if event.pgh_obj_model == "providers.Contact":
                wanted.setdefault(Contact, set()).add(int(event.pgh_obj_id))
        for model, keys in wanted.items():
            if keys := keys - {None}:
                for row in model._default_manager.filter(pk__in=keys):
                    self.found[model, row.pk] = str(row)

    def person(self, pk: int | None) -> str:
        """Empty for what the portal did by itself."""
        return self.people.get(pk, "") if pk else ""

    def of(self, field: str, pk: Any) -> str:
        """The name behind a key, as it is today."""
        return self.found.get((self.KINDS[field], pk), "")


def _lines(event: Any, names: _Names) -> list[Line]:
    fields = apps.get_model(event.pgh_obj_model)._meta
    lines = []
    for name in TOLD[event.pgh_obj_model]:
        field: models.Field[Any, Any] = fields.get_field(name)  # type: ignore[assignment]
        before, after = _pair(event, field.attname)
        line = Line(capfirst(str(field.verbose_name)), _said(field, before, names), _said(field, after, names))
        if line.before != line.after:
            lines.append(line)
    if lines and event.pgh_obj_model == "providers.Contact":
        lines.insert(0, Line("Name today", "", names.found.get((Contact, int(event.pgh_obj_id)), "")))
    return lines


def _pair(event: Any, column: str) -> tuple[Any, Any]:
    """Before and after; something new has no before, something taken back no after."""
    if event.pgh_label == "update":
        return tuple((event.pgh_diff or {}).get(column, (None, None)))  # type: ignore[return-value]
    value = event.pgh_data.get(column)
    return (value, None) if event.pgh_label == "delete" else (None, value)


def _said(field: "models.Field[Any, Any]", value: Any, names: _Names) -> str:
    if value is None or value == "":
        return ""
    if field.is_relation:
        return names.of(field.name, value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(field, models.DateField):
        return written(date.fromisoformat(value))
    return str(dict(field.flatchoices).get(value, value))
