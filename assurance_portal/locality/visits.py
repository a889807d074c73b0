"""Visits of the demonstration: every kind and state, over all its years, some of them with concerns still open."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from actions.models import Action
from assurance.models.seen import Seen, record_seen
from assurance_portal.locality.behaviour import chance, pick
from assurance_portal.locality.places import Locality, Place, read
from assurance_portal.locality.years import past
from design.calendar import add_working_days
from framework.models import CriterionVersion
from oversight.models import (
    ActionPlan,
    ConcernTold,
    FindingAction,
    ReportComment,
    Visit,
    VisitFinding,
    VisitMember,
    VisitPart,
    VisitReport,
    VisitStep,
)
from oversight.models.visit_after import ORIGIN
from oversight.models.visit_writing import NARRATIVE
from oversight.visiting.document import STATES
from providers.models import Site

BATCH = 2_000
# How the visits of the running year stand, in turn: with days since (minus: to come).
NOW = (
    ("planned", -20), ("done", 4), ("with_provider", 16), ("final", 60), ("draft", 9), ("planned", -45),
    ("cancelled", 12), ("with_provider", 40), ("final", 90), ("planned", 6), ("final", 120),
)  # fmt: skip
# The providers with accounts have something to do: a draft to comment on, a plan to send.
FIXED = {"royal": ("with_provider", 16), "oakfield": ("final", 45)}
NAMED = 12
KINDS = list(Visit.Kind.values)
TRIGGERS = list(Visit.Trigger.values)


@dataclass
class Planned:
    """One visit to be made: to whom, when, and how far it is by now."""

    place: Place
    day: date
    state: str
    number: int


class Makers:
    """What all visits need: words, criteria by number, sites, who leads and who answers."""

    def __init__(self, locality: Locality, people: Any, *, on: date) -> None:
        self.locality, self.people, self.on = locality, people, on
        self.data = read("visits")
        version = CriterionVersion.objects.order_by("-framework_version__valid_from", "pk")
        newest = version.values_list("framework_version", flat=True).first()
        self.criteria = {each.ref: each.criterion for each in version.filter(framework_version=newest)}
        self.findings: dict[int, list[VisitFinding]] = {}
        self.sites: dict[int, list[Site]] = {}
        for site in Site.objects.filter(closed_on__isnull=True).order_by("pk"):
            self.sites.setdefault(site.organisation_id, []).append(site)

    def at(self, day: date, hour: int = 10) -> datetime:
        """A moment of a day that is over."""
        return past(day, hour, on=self.on)

    def lead(self, number: int) -> User:
        """The two designated professionals in turn."""
        user: User = self.people["nurse"] if number % 2 else self.people["adults"]
        return user


def load(locality: Locality, people: Any, *, years: int, on: date) -> None:
    """One to three visits to each provider that is visited regularly; all rows of a kind in one go."""
    makers = Makers(locality, people, on=on)
    wanted = list(_wanted(locality, years=years, on=on))
    visits = Visit.objects.bulk_create((_visit(makers, each) for each in wanted), batch_size=BATCH)
    pairs = list(zip(wanted, visits, strict=True))
    _written(makers, pairs)
    by_state = {state: [pair for pair in pairs if pair[0].state == state] for state in Visit.State.values}
    _reports(makers, by_state["with_provider"] + by_state["final"])
    _plans(makers, by_state["final"])
    for state, mine in by_state.items():
        if state != "planned":
            Visit.objects.filter(pk__in=[visit.pk for _, visit in mine]).update(state=state)
    _seen(makers, by_state["final"])


def _wanted(locality: Locality, *, years: int, on: date) -> Any:
    number = 0
    for place in locality.places:
        practice = place.category == "GP"
        for ago in range(years):
            if practice and int(chance("visited", place.key) * 3) != ago % 3:
                continue
            if not practice and chance("visited", place.key, ago) < 0.25 and place.key not in FIXED:
                continue
            number += 1
            if ago:
                yield Planned(place, _day(place, ago, on), "final", number)
            else:
                state, days = FIXED.get(place.key) or NOW[number % len(NOW)]
                yield Planned(place, on - timedelta(days=days), state, number)


def _day(place: Place, ago: int, on: date) -> date:
    return add_working_days(on - timedelta(days=365 * ago - int(chance("day", place.key, ago) * 180)), 0)


def _visit(makers: Makers, each: Planned) -> Visit:
    organisation = makers.locality.providers[each.place.key]
    lead, sites = makers.lead(each.number), makers.sites.get(organisation.pk, [])
    kind = KINDS[each.number % len(KINDS)]
    took_place = each.state not in ("planned", "cancelled")
    told, notice = kind not in ("unannounced", "responsive"), each.day - timedelta(days=28)
    return Visit(
        commissioner=makers.locality.commissioners[each.place.lead], organisation=organisation, kind=kind,
        site=pick(sites, "site", each.number) if sites else None, trigger=TRIGGERS[each.number % len(TRIGGERS)],
        strands=["children", "adults"], scope="Leadership, supervision, referrals, environment.", lead=lead,
        planned_on=each.day, first_planned_on=each.day - timedelta(days=14 if each.number % 5 == 0 else 0),
        notice_given_on=notice if told and notice <= makers.on else None,
        started_on=each.day if took_place else None, ended_on=each.day if took_place else None,
        comments_until=add_working_days(each.day, 20) if each.state in ("with_provider", "final") else None,
        planned_by=lead, planned_at=makers.at(each.day - timedelta(days=60)),
    )  # fmt: skip


def _whose(visit: Visit) -> dict[str, Any]:
    return {"visit": visit, "commissioner_id": visit.commissioner_id, "organisation_id": visit.organisation_id}


def _written(makers: Makers, pairs: list[tuple[Planned, Visit]]) -> None:
    """Team, steps, findings, counts and words of all visits; an immediate concern was told the same day."""
    members, steps, findings, parts = [], [], [], []
    for each, visit in pairs:
        whose = _whose(visit)
        if visit.kind == "joint":
            outside = {"name": "Jo Bird", "comes_from": "County Council", "role": "Adult safeguarding lead"}
            members.append(VisitMember(**outside, **whose))
        steps += _steps(makers, each, visit)
        if each.state in ("planned", "cancelled"):
            continue
        findings += [_finding(makers, each, visit, n) for n in range(len(makers.data["finding"]))]
        counts = {"nurses": 2 + each.number % 4, "carers_staff": 3, "people": each.number % 5, "records": 8}
        parts += [VisitPart(part="counts", value=counts, **whose)]
        parts += [
            VisitPart(part=name, value={"text": makers.data["words"][name]}, **whose)
            for name in ("background", "summary", "staff", "next")
        ]
    VisitMember.objects.bulk_create(members, batch_size=BATCH)
    VisitStep.objects.bulk_create(steps, batch_size=BATCH)
    VisitPart.objects.bulk_create(parts, batch_size=BATCH)
    made = VisitFinding.objects.bulk_create(findings, batch_size=BATCH)
    for row in made:
        makers.findings.setdefault(row.visit_id, []).append(row)
    ConcernTold.objects.bulk_create(
        ConcernTold(
            finding=each, commissioner_id=each.commissioner_id, organisation_id=each.organisation_id, how="in_person",
            who="The person in charge on the day", told_at=makers.at(each.visit.planned_on, 13),
            agreed=makers.data["words"]["agreed"], by=each.visit.lead, at=makers.at(each.visit.planned_on, 14),
        )
        for each in made
        if each.judgement == "immediate_concern"
    )  # fmt: skip


def _finding(makers: Makers, each: Planned, visit: Visit, n: int) -> VisitFinding:
    row = makers.data["finding"][n]
    rolled = chance("finding", each.number, n) + (0.5 - each.place.quality) * 0.4
    judgement = "good_practice" if rolled < 0.25 else "compliant" if rolled < 0.68 else "concern"
    if n == 3 and rolled > 0.9 and (visit.planned_on or makers.on) > makers.on - timedelta(days=200):
        judgement = "immediate_concern"
    return VisitFinding(
        position=n + 1, asked=row["asked"], criterion=makers.criteria.get(row["ref"]), site=visit.site,
        judgement=judgement, text=row[judgement], saved_by=visit.lead, saved_at=makers.at(visit.planned_on, 15),
        **_whose(visit),
    )  # fmt: skip


def _steps(makers: Makers, each: Planned, visit: Visit) -> list[VisitStep]:
    """What happened to it, as its verbs would have written it."""
    whose, lead, day = _whose(visit), visit.lead, each.day
    rows = [VisitStep(what="planned", new=visit.first_planned_on, by=lead, at=visit.planned_at, **whose)]
    if visit.planned_on != visit.first_planned_on:
        moved = {"old": visit.first_planned_on, "new": visit.planned_on, "words": "The ward manager was away."}
        rows.append(VisitStep(what="replanned", by=lead, at=makers.at(day - timedelta(days=20)), **moved, **whose))
    if each.state == "cancelled":
        why = "The service moved in the same week."
        rows.append(VisitStep(what="cancelled", words=why, by=lead, at=makers.at(day - timedelta(days=3)), **whose))
    order = {"done": 1, "draft": 2, "with_provider": 3, "final": 4}.get(each.state, 0)
    later = (("done", 1), ("drafted", 3), ("sent", 10), ("signed", 30))
    rows += [
        VisitStep(
            what=what,
            by=makers.people["director"] if what == "signed" else lead,
            at=makers.at(day + timedelta(days=days)),
            **whose,
        )
        for what, days in later[:order]
    ]
    return rows


def _reports(makers: Makers, mine: list[tuple[Planned, Visit]]) -> None:
    """Draft and final text of each report, made of what was written; some of what the provider said of it."""
    reports, comments = [], []
    for each, visit in mine:
        document, whose = _document(makers, visit), _whose(visit)
        sent, signed = makers.at(each.day + timedelta(days=10)), makers.at(each.day + timedelta(days=30))
        reports.append(VisitReport(kind="draft", document=document, by=visit.lead, at=sent, **whose))
        if each.state == "final":
            director = makers.people["director"]
            reports.append(VisitReport(kind="final", document=document, by=director, at=signed, **whose))
        if each.number % 2 or each.state == "with_provider":
            comments.append(_comment(makers, each, visit))
    VisitReport.objects.bulk_create(reports, batch_size=BATCH)
    ReportComment.objects.bulk_create(comments, batch_size=BATCH)


def _document(makers: Makers, visit: Visit) -> dict[str, Any]:
    """What ``document_of`` makes of the write-up, without asking for each visit alone."""
    findings = makers.findings[visit.pk]
    rows = [
        {
            "key": str(each.key), "asked": each.asked, "judgement": each.judgement, "tone": each.tone,
            "label": each.get_judgement_display(), "site": each.site.name if each.site else "",
            "ref": makers.data["finding"][each.position - 1]["ref"], "text": each.text,
        }
        for each in findings
    ]  # fmt: skip
    words = makers.data["words"]
    return {
        "reference": visit.reference, "provider": visit.organisation.name, "commissioner": visit.commissioner.name,
        "kind": "" if visit.kind == "responsive" else visit.get_kind_display(),
        "started_on": visit.planned_on.isoformat(),
        "ended_on": visit.planned_on.isoformat(), "site": visit.site.name if visit.site else "",
        "strands": visit.strands_in_words, "team": [visit.lead.name], "findings": rows,
        "paragraphs": [{"key": key, "heading": said, "text": words[key]} for key, said in NARRATIVE.items()],
        "counts": [["Nurses and midwives spoken to", 3], ["Records looked at", 8]], "asked": [], "level": "",
        "agrees": "", "feedback_to": "The person in charge on the day", "feedback_on": visit.planned_on.isoformat(),
    }  # fmt: skip


def _comment(makers: Makers, each: Planned, visit: Visit) -> ReportComment:
    """Not answered yet, accepted, not accepted, or disputed, in turn."""
    words, lead = makers.data["words"], makers.people.leads[visit.organisation_id]
    finding = makers.findings[visit.pk][1]
    said = makers.at(each.day + timedelta(days=13))
    row = ReportComment(
        about=f"finding-{finding.key}", heading=f"Finding 2: {finding.asked}", text=words["comment"], by=lead, at=said,
        **_whose(visit),
    )  # fmt: skip
    turn = each.number % 3 if each.state == "with_provider" else 1 + each.number % 2
    if turn:
        row.answer, row.answer_text = ("accepted", words["answer"]) if turn == 1 else ("not_accepted", words["refused"])
        row.answered_by, row.answered_at = visit.lead, makers.at(each.day + timedelta(days=15))
    if turn == 2 and each.state == "with_provider":
        row.dispute, row.disputed_by = words["dispute"], lead
        row.disputed_at = makers.at(each.day + timedelta(days=16))
    return row


def _plans(makers: Makers, mine: list[tuple[Planned, Visit]]) -> None:
    """The action plan of each final report with concerns: the older ones are done, one in four of the new is owed."""
    plans, promised = [], []
    for each, visit in mine:
        concerns = [row for row in makers.findings[visit.pk] if row.judgement in VisitFinding.ASKS_FOR_ACTION]
        if not concerns:
            continue
        due_on = add_working_days(each.day + timedelta(days=30), 20)
        owed = (makers.on - each.day).days < 200 and (each.number % 4 == 0 or each.place.key in FIXED)
        settled = None if owed else makers.at(min(due_on, makers.on))
        plans.append(ActionPlan(due_on=due_on, original_due_on=due_on, settled_at=settled, **_whose(visit)))
        if not owed:
            promised += [(row, _action(makers, each, visit)) for row in concerns]
    ActionPlan.objects.bulk_create(plans, batch_size=BATCH)
    actions = Action.objects.bulk_create((action for _, action in promised), batch_size=BATCH)
    FindingAction.objects.bulk_create(
        FindingAction(
            finding=row, action=action, commissioner_id=row.commissioner_id, organisation_id=row.organisation_id
        )
        for (row, _), action in zip(promised, actions, strict=True)
    )


def _action(makers: Makers, each: Planned, visit: Visit) -> Action:
    words, opened = makers.data["words"], makers.at(each.day + timedelta(days=40))
    due_on = each.day + timedelta(days=120)
    row = Action(
        commissioner_id=visit.commissioner_id, organisation_id=visit.organisation_id, origin_kind=ORIGIN,
        text=words["action"], owner_name="Safeguarding lead", evidence_required=words["proof"], due_on=due_on,
        original_due_on=due_on, opened_by=visit.lead, opened_at=opened,
    )  # fmt: skip
    if due_on < makers.on - timedelta(days=60):
        done = makers.at(due_on)
        row.state, row.settled_at, row.verified_at, row.verified_by = "implemented", done, done, visit.lead
        row.completed_by, row.completed_at = makers.people.leads[visit.organisation_id], done
    return row


def _seen(makers: Makers, mine: list[tuple[Planned, Visit]]) -> None:
    """What the newest final visit to each of the named providers saw, as signing it would have kept it."""
    newest: dict[int, tuple[Planned, Visit]] = {}
    for each, visit in mine:
        known = newest.get(visit.organisation_id)
        if each.place.sites and (known is None or known[0].day < each.day):
            newest[visit.organisation_id] = (each, visit)
    for each, visit in list(newest.values())[:NAMED]:
        seen = [
            Seen(
                criterion=row.criterion, site=row.site, state=STATES[row.judgement], words=row.text, on=each.day,
                source=f"Visit {visit.reference}, {visit.site}, {each.day:%-d %B %Y}"[:120],
            )
            for row in makers.findings[visit.pk]
            if row.criterion is not None
        ]  # fmt: skip
        at = makers.at(each.day + timedelta(days=30))
        record_seen(visit.commissioner, visit.organisation, seen, by=makers.people["director"], at=at)
