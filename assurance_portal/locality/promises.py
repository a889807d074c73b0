"""Actions of the demonstration: opened by validated ambers and reds, most of the old ones done, some overdue."""

from datetime import date, timedelta
from typing import Any

from actions.models import Action, ActionEvidence, ActionUpdate
from assurance.models import AnswerEvidence, CriterionAction, Rating
from assurance_portal.locality import behaviour
from assurance_portal.locality.outcomes import validator
from assurance_portal.locality.people import People
from assurance_portal.locality.years import BATCH, Return, Year, past
from design.calendar import london_date
from evidence.models import EvidenceItem

WORDS = behaviour.WORDS["actions"]


def load_evidence(years: list[Year], people: People, *, on: date) -> dict[int, EvidenceItem]:
    """A few items per provider, used by the answers of their standard; one in nine has passed its date."""
    found: dict[tuple[int, int], EvidenceItem] = {}
    for year in years:
        for each in year.returns:
            for number, (title, _) in enumerate(behaviour.WORDS["evidence"]["titles"]):
                key = (each.place_key, number)
                if each.course.submitted and key not in found:
                    found[key] = _item(each, number, title, people.leads[each.place_key], on=on)
    EvidenceItem.objects.bulk_create(found.values(), batch_size=BATCH)
    AnswerEvidence.objects.bulk_create(_uses(years, found, people), batch_size=BATCH)
    return {organisation: item for (organisation, number), item in found.items() if number == 0}


def _item(each: Return, number: int, title: str, lead: Any, *, on: date) -> EvidenceItem:
    row = each.assessment
    expired = behaviour.chance("expired", each.place.key, number) < 0.11
    days = -40 if expired else 120 + int(behaviour.chance("until", each.place.key, number) * 500)
    return EvidenceItem(
        commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, kind=EvidenceItem.Kind.SEEN,
        title=title, seen_where="Shown at the contract meeting", valid_until=on + timedelta(days=days), added_by=lead,
        added_at=past(each.course.submitted or row.due_on, 16, on=on),
    )  # fmt: skip


def _uses(years: list[Year], items: dict[tuple[int, int], EvidenceItem], people: People) -> list[AnswerEvidence]:
    titles = behaviour.WORDS["evidence"]["titles"]
    rows = []
    for year in years:
        for each in year.returns:
            for pk in each.said if each.course.submitted else ():
                criterion = year.criteria[pk]
                key = (each.place.key, year.round.year, criterion.criterion_id)
                for number, (_, of) in enumerate(titles):
                    if of == criterion.standard.number and behaviour.chance("use", *key, number) < 0.22:
                        rows.append(
                            _use(
                                year,
                                each,
                                each.answers[pk],
                                items[each.place_key, number],
                                people.leads[each.place_key],
                            )
                        )
    return rows


def _use(year: Year, each: Return, answer: int, item: EvidenceItem, lead: Any) -> AnswerEvidence:
    row = each.assessment
    return AnswerEvidence(
        commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, answer_id=answer, item=item,
        added_by=lead, added_at=year.moment(each.course.submitted or row.due_on, 16),
    )  # fmt: skip


def load(years: list[Year], people: People, proofs: dict[int, EvidenceItem], *, on: date) -> None:
    """One action per amber or red that a reviewer gave; an older open one for the same criterion stays the one."""
    opened: list[tuple[Action, Rating, Year]] = []
    still: set[tuple[int, Any]] = set()
    for year in years:
        for rating in _needing(year):
            key = (rating.organisation_id, year.criteria[rating.criterion_version_id].criterion_id)
            if key not in still:
                action = _action(rating, year, people, on=on)
                opened.append((action, rating, year))
                if action.state in Action.OPEN_STATES:
                    still.add(key)
    Action.objects.bulk_create([action for action, _, _ in opened], batch_size=1000)
    CriterionAction.objects.bulk_create((_link(action, rating) for action, rating, _ in opened), batch_size=BATCH)
    proven = [action for action, _, _ in opened if action.completed_at and action.organisation_id in proofs]
    ActionEvidence.objects.bulk_create((_proof(each, proofs, people) for each in proven), batch_size=BATCH)
    ActionUpdate.objects.bulk_create(
        [update for action, rating, year in opened for update in _updates(action, year, people, _key(rating, year))],
        batch_size=BATCH,
    )


def _needing(year: Year) -> Any:
    codes = [grade.code for grade in year.round.framework_version.grading.grades.all() if grade.requires_action]
    reviewed = Rating.objects.filter(self_assessment__round=year.round, basis="evidence_reviewed", grade__in=codes)
    return reviewed.filter(self_assessment__state="validated").order_by("pk")


def _action(rating: Rating, year: Year, people: People, *, on: date) -> Action:
    by, _ = validator(people, year.criteria[rating.criterion_version_id])
    key = _key(rating, year)
    rolled = behaviour.chance("action", *key)
    given = 60 + int(behaviour.chance("given", *key) * 150)
    due = rating.on + timedelta(days=given)
    ref = year.criteria[rating.criterion_version_id].ref
    action = Action(
        commissioner_id=rating.commissioner_id, organisation_id=rating.organisation_id, origin_kind="validation",
        text=f"{behaviour.pick(WORDS['text'], 'text', *key)} (criterion {ref}).",
        owner=people.leads[rating.organisation_id], evidence_required=behaviour.pick(WORDS["evidence"], "proof", *key),
        due_on=due, original_due_on=due, opened_by=by, opened_at=rating.at, state=Action.State.OPEN,
    )  # fmt: skip
    lead = people.leads[rating.organisation_id]
    # What was promised long ago is done; of what fell due lately some is late and some waits for verification.
    if due < on - timedelta(days=200) or (due < on - timedelta(days=30) and rolled < 0.9):
        day = due - timedelta(days=int(rolled * 20))
        action.state = Action.State.IMPLEMENTED if rolled < 0.7 else Action.State.EMBEDDED
        action.completed_at, action.completed_by = past(day, on=on), lead
        action.verified_at, action.verified_by = past(day + timedelta(days=9), on=on), by
        action.settled_at = action.verified_at
    elif due < on + timedelta(days=40) and rolled < 0.94:
        action.state = Action.State.AWAITING
        action.completed_at, action.completed_by = past(min(due, on - timedelta(days=2)), on=on), lead
    elif rolled > 0.5:
        action.state = Action.State.IN_PROGRESS
    return action


def _key(rating: Rating, year: Year) -> tuple[Any, ...]:
    """The same for the same provider, year and criterion, whatever the database numbers them."""
    return year.keys[rating.organisation_id], year.round.year, year.criteria[rating.criterion_version_id].criterion_id


def _link(action: Action, rating: Rating) -> CriterionAction:
    return CriterionAction(
        commissioner_id=action.commissioner_id, organisation_id=action.organisation_id, action=action, rating=rating,
        self_assessment_id=rating.self_assessment_id, criterion_version_id=rating.criterion_version_id,
    )  # fmt: skip


def _proof(action: Action, proofs: dict[int, EvidenceItem], people: People) -> ActionEvidence:
    return ActionEvidence(
        commissioner_id=action.commissioner_id, organisation_id=action.organisation_id, action=action,
        item=proofs[action.organisation_id], added_by=action.completed_by, checked=bool(action.verified_at),
        added_at=action.completed_at or action.opened_at,
    )  # fmt: skip


def _updates(action: Action, year: Year, people: People, key: tuple[Any, ...]) -> list[ActionUpdate]:
    whose = {"commissioner_id": action.commissioner_id, "organisation_id": action.organisation_id, "action": action}
    lead = people.leads[action.organisation_id]
    rows = []
    if action.state == Action.State.IN_PROGRESS:
        opened = london_date(action.opened_at)
        words = behaviour.pick(WORDS["progress"], *key)
        rows.append(
            ActionUpdate(kind="progress", text=words, by=lead, at=year.moment(opened + timedelta(days=12)), **whose)
        )
    if action.completed_at:
        words = behaviour.pick(WORDS["done"], *key)
        rows.append(ActionUpdate(kind="complete", text=words, by=lead, at=action.completed_at, **whose))
    if action.verified_at:
        words = behaviour.pick(behaviour.WORDS["validator"]["closing"], *key)
        rows.append(ActionUpdate(kind="verified", text=words, by=action.verified_by, at=action.verified_at, **whose))
    return rows
