"""Writing a visit up: lines and parts, each saved by itself under a version, also long after it was typed.

A save that arrives twice changes nothing the second time; one that was typed over an older version is refused with
what is there now. A part is anything that is no finding: counts, staff answers, the overall judgement, the words of
the report, notes for the team. To add one, a name in ``PARTS`` and its form in ``oversight.visiting.parts``.
"""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from accounts.refusals import Refused, Stale
from accounts.tenancy import TenantQuerySet
from oversight.models.visit_findings import VisitFinding
from oversight.models.visit_told import ConcernTold
from oversight.models.visits import IllegalMove, Visit

if TYPE_CHECKING:
    from accounts.models import User

# What the report says in words, in its order.
NARRATIVE = {
    "background": "Why we came and what we looked at",
    "summary": "Summary",
    "staff": "What staff and people using the service told us",
    "next": "What happens next",
}
NOTES = "notes"
MOST_SPARE = 200


class VisitPartQuerySet(TenantQuerySet):
    """Parts of write-ups."""


class VisitPart(models.Model):
    """One part of a write-up that is not a finding."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("oversight.Visit", on_delete=models.PROTECT, related_name="parts")
    part = models.SlugField(max_length=20)
    value = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(null=True)

    objects = VisitPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "part"], name="visit_part_once")]

    def __str__(self) -> str:
        return self.part


class NotYet(Refused):
    """The write-up cannot be closed; the message says what is missing."""


def line_key(visit: Visit, name: str) -> uuid.UUID:
    """The key of a line that every browser knows beforehand: an empty one, or one of the pack."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"visit:{visit.reference}:{name}")


@transaction.atomic
def save_line(
    visit: Visit, key: uuid.UUID, given: dict[str, Any], *, seen: int, place: int, by: "User", at: datetime
) -> VisitFinding:
    """Keep one line. ``seen`` is the version typed over, 0 for a line that was not there, which gets its ``place``."""
    _refuse_unless_written(visit)
    line = VisitFinding.objects.select_for_update().filter(visit=visit, key=key).first()
    if line is None:
        line = VisitFinding(
            visit=visit, key=key, commissioner_id=visit.commissioner_id, organisation_id=visit.organisation_id,
            position=place, version=0,
        )  # fmt: skip
    saved: VisitFinding = _save(line, given, seen=seen, by=by, at=at)
    return saved


@transaction.atomic
def save_part(visit: Visit, part: str, value: dict[str, Any], *, seen: int, by: "User", at: datetime) -> VisitPart:
    """Keep one part in the same way."""
    _refuse_unless_written(visit)
    row = VisitPart.objects.select_for_update().filter(visit=visit, part=part).first()
    if row is None:
        whose = {"commissioner_id": visit.commissioner_id, "organisation_id": visit.organisation_id}
        row = VisitPart(visit=visit, part=part, version=0, **whose)
    saved: VisitPart = _save(row, {"value": value}, seen=seen, by=by, at=at)
    return saved


@transaction.atomic
def remove_line(visit: Visit, key: uuid.UUID, *, seen: int, by: "User") -> None:
    """Take out a line that was added on the spot: by who wrote it, while the write-up is open.

    Refused for a line of the pack, of somebody else or changed meanwhile, and once somebody was told of it.
    """
    if not Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk).is_planned:
        raise IllegalMove("The write-up is closed, so its lines stay. Change what the line says instead.")
    line = VisitFinding.objects.select_for_update().filter(visit=visit, key=key).first()
    if line is None:
        raise Refused("There is no such line any more. Look at the write-up as it stands.")
    if key not in added_on_the_spot(visit):
        raise Refused("This line belongs to what the visit looks at. Leave it without a judgement instead.")
    if line.saved_by_id != by.pk:
        raise Refused(f"{line.saved_by} wrote this line. Ask them to remove it.")
    if line.version != seen:
        raise Refused("The line has changed since you opened this page. Read it once more, then decide again.")
    if line.told.exists():
        raise Refused("Somebody was told of this concern, so the line stays. Change what it says instead.")
    line.delete()


def added_on_the_spot(visit: Visit) -> frozenset[uuid.UUID]:
    """The keys of lines that are none of the pack."""
    return frozenset(line_key(visit, f"spare {n}") for n in range(1, MOST_SPARE + 1))


def _refuse_unless_written(visit: Visit) -> None:
    """Held until the transaction ends, so that no report is made of half a line; of a new line the first wins."""
    held = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if held.state not in (Visit.State.PLANNED, *Visit.DONE) or held.state == Visit.State.FINAL:
        raise IllegalMove(f"This visit is “{held.get_state_display()}”, so what was written no longer changes.")


def _save(row: Any, given: dict[str, Any], *, seen: int, by: "User", at: datetime) -> Any:
    if row.version and all(getattr(row, name) == value for name, value in given.items()):
        return row
    if row.version != seen:
        raise Stale("Somebody else changed this line while you were writing.", theirs=row, yours=given)
    for name, value in given.items():
        setattr(row, name, value)
    row.version, row.saved_by, row.saved_at = seen + 1, by, at
    row.save()
    return row


def missing_before_done(visit: Visit) -> list[str]:
    """What has to be there before the write-up is closed, in sentences."""
    lines = list(visit.findings.judged().prefetch_related("told"))
    found = [] if lines else ["Judge at least one line."]
    bare = [line for line in lines if not line.text.strip()]
    found += [f"Write the evidence of “{line.asked or 'a line without words'}”." for line in bare]
    untold = [line for line in lines if line.judgement == "immediate_concern" and not line.told.all()]
    found += [f"Record who was told of the immediate concern “{line.name}”, how and when." for line in untold]
    return found


@transaction.atomic
def close_write_up(visit: Visit, *, started_on: date, ended_on: date, by: "User", at: datetime, today: date) -> None:
    """The visit took place and is written up: from now on it counts as a visit.

    Refused for a day that is still to come, and while an immediate concern was told to nobody.
    """
    if ended_on > today:
        raise NotYet("The visit has not taken place yet, so it cannot be marked as done.")
    if missing := missing_before_done(visit):
        raise NotYet(" ".join(missing))
    visit.move((Visit.State.PLANNED,), state=Visit.State.DONE, started_on=started_on, ended_on=ended_on)
    visit.note("done", by=by, at=at)


@transaction.atomic
def tell_of(
    finding: VisitFinding, *, who: str, how: str, told_at: datetime, agreed: str, by: "User", at: datetime
) -> ConcernTold:
    """Somebody at the provider was told of an immediate concern; of another finding nobody has to be."""
    if finding.judgement != VisitFinding.Judgement.IMMEDIATE_CONCERN:
        raise Refused("This line is no immediate concern. Judge it first, then record who was told.")
    whose = {"commissioner_id": finding.commissioner_id, "organisation_id": finding.organisation_id}
    told: ConcernTold = finding.told.create(who=who, how=how, told_at=told_at, agreed=agreed, by=by, at=at, **whose)
    return told
