"""Five years of everything about one provider: what its profile has to carry on the day on which it matters.

Each year has four visits with findings, a contact, an incident and an item of intelligence a month, indicators each
quarter, a change of surveillance, a step with its grounds and a notice with promises; the next visit is planned, new
placements are suspended, and of twenty posts one in five is vacant. It is written before the registers grow, so that
each of them holds it, and so many times as it was copied.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from assurance.models import SelfAssessment
from assurance_portal.bench.growing import DISTANCE
from oversight.contact_kinds import CALL, KINDS
from oversight.models import (
    Concern,
    ContactEntry,
    ContractNotice,
    Escalation,
    EscalationGround,
    EscalationRule,
    Indicator,
    IntelligenceItem,
    NoticeMilestone,
    NoticeRule,
    PlacementSuspension,
    SeriousIncident,
    SurveillanceLabel,
    SurveillanceLevel,
    Term,
    Visit,
    VisitFinding,
)
from providers.models import Arrangement, Organisation, Post, PostHolder, RegulatorRating

YEARS = 5
MONTH = timedelta(days=30)


def told_of() -> SelfAssessment:
    """The return whose provider everything is written about: the newest that waits for validation."""
    found: SelfAssessment = SelfAssessment.objects.filter(pk__lt=DISTANCE, state="submitted").order_by("-pk")[0]
    return found


def fill(organisation: Organisation, *, by: User, on: date) -> int:
    """Write it all for the provider's lead commissioner. Returns how many rows that were."""
    contract = Arrangement.objects.live(on=on).leading().get(organisation=organisation)
    whose = {"commissioner_id": contract.commissioner_id, "organisation_id": organisation.pk}
    months = [on - MONTH * n for n in range(YEARS * 12)]
    written = len(_visits(months[::3], by, whose))
    for rows in (*_heard(months, by, whose), *_done(months, by, whose, contract), *_posts(organisation, by, on)):
        written += len(rows)
    return written


def _visits(days: list[date], by: User, whose: dict[str, int]) -> list[Any]:
    given = {"lead": by, "planned_by": by, "planned_at": timezone.now(), "strands": ["children", "adults"], **whose}
    visits = Visit.objects.bulk_create(
        Visit(
            kind="announced", state="done", planned_on=day, first_planned_on=day, started_on=day, ended_on=day, **given
        )
        for day in days
    )
    Visit.objects.create(
        kind="announced", planned_on=days[0] + MONTH, first_planned_on=days[0] + MONTH, **given
    )  # nobody has begun to write it up
    return VisitFinding.objects.bulk_create(
        VisitFinding(visit=visit, judgement=judgement, asked="Who is the lead?", text="Seen.", **whose)
        for visit in visits
        for judgement in ("good_practice", "compliant", "concern", "concern")
    )


def _heard(months: list[date], by: User, whose: dict[str, int]) -> Iterator[list[Any]]:
    now = timezone.now()
    words = {kept_in: list(Term.objects.filter(kept_in=kept_in, commissioner=None)) for kept_in in Term.List.values}
    kinds = [kind.code for kind in KINDS if not kind.required or kind.required == ("forum",)]
    yield ContactEntry.objects.bulk_create(
        ContactEntry(
            kind=kinds[n % len(kinds)], happened_on=day, by=by, logged_by=by, logged_at=now, forum="Committee", **whose
        )
        for n, day in enumerate(months)
        if kinds[n % len(kinds)] != CALL
    )
    categories = words["incident_category"]
    yield SeriousIncident.objects.bulk_create(
        SeriousIncident(
            number=f"{day.year}/{900000 + n}", happened_on=day, reported_on=day, strand="children", told_by=by,
            category=categories[n % len(categories)], told_at=now, **whose,
        )
        for n, day in enumerate(months)
    )  # fmt: skip
    yield Indicator.objects.bulk_create(
        Indicator(kind=kind, n=3, d=40, on=day, source="Quality report", entered_by=by, entered_at=now, **whose)
        for kind in words["indicator"]
        for day in months[::3]
    )
    sources, themes = words["source"], words["theme"]
    yield IntelligenceItem.objects.bulk_create(
        IntelligenceItem(
            received_on=day, source=sources[n % len(sources)], theme=themes[n % len(themes)], recorded_by=by,
            reliability=words["reliability"][0], summary="Staff say that nights are short.", recorded_at=now, **whose,
        )
        for n, day in enumerate(months)
    )  # fmt: skip
    yield Concern.objects.bulk_create(
        Concern(title="Nights", theme=themes[0], review_on=day, opened_by=by, opened_at=now, **whose)
        for day in months[:5]
    )


def _done(months: list[date], by: User, whose: dict[str, int], contract: Arrangement) -> Iterator[list[Any]]:
    now, label = timezone.now(), SurveillanceLabel.objects.filter(commissioner=None, heightened=True)[0]
    SurveillanceLevel.objects.filter(**whose).update(ends_on=months[-1] - MONTH)
    ends = [None, *months[::12]]
    yield SurveillanceLevel.objects.bulk_create(
        SurveillanceLevel(
            label=label, starts_on=day, ends_on=end, reason="Two findings", set_by=by, set_at=now, **whose
        )
        for day, end in zip(months[::12], ends, strict=False)
    )
    step = EscalationRule.objects.filter(commissioner=None)[0]
    steps = Escalation.objects.bulk_create(
        Escalation(step=step, state="taken", proposed_on=day, decided_on=day, decided_by=by, reason="Late", **whose)
        for day in months[::12]
    )
    yield steps
    yield EscalationGround.objects.bulk_create(
        EscalationGround(
            escalation=each, step_code=step.code, kind="bench", thing=each.pk, version=n, words="A return is late",
            since=each.proposed_on, noted_on=each.proposed_on, **whose,
        )
        for each in steps
        for n in range(1, 5)
    )  # fmt: skip
    yield [
        PlacementSuspension.objects.create(
            authority="la", starts_on=months[1], reason="Staffing", recorded_by=by, recorded_at=now, **whose
        )
    ]
    rule = NoticeRule.objects.filter(commissioner=None)[0]
    notices = ContractNotice.objects.bulk_create(
        ContractNotice(
            contract=contract, rule=rule, number=f"Bench {contract.pk} {n}", clause="GC9", words="Training",
            issued_on=day, issued_by="Contracts", recorded_by=by, recorded_at=now, **whose,
        )
        for n, day in enumerate(months[::12])
    )  # fmt: skip
    yield notices
    yield NoticeMilestone.objects.bulk_create(
        NoticeMilestone(notice=notice, number=n, text="Train everybody", due_on=notice.issued_on + n * MONTH, **whose)
        for notice in notices
        for n in range(1, 5)
    )


def _posts(organisation: Organisation, by: User, on: date) -> Iterator[list[Any]]:
    posts = Post.objects.bulk_create(
        Post(organisation=organisation, kind=f"bench_{n}", title=f"Named professional {n}", starts_on=on - MONTH * 60)
        for n in range(20)
    )
    yield PostHolder.objects.bulk_create(
        PostHolder(
            post=post, organisation=organisation, name=f"Holder {n} of {year}", verified_on=on,
            starts_on=on - MONTH * 12 * (year + 1), ends_on=on - MONTH * 12 * year if year or n % 5 == 0 else None,
        )
        for n, post in enumerate(posts)
        for year in range(YEARS)
    )  # fmt: skip
    given = {"file_dated": on, "file_name": "directory.csv", "imported_on": on, "imported_by": by}
    yield RegulatorRating.objects.bulk_create(
        RegulatorRating(
            organisation=organisation, regulator_id="1-100", overall="good", published_on=on - MONTH * 12 * n, **given
        )
        for n in range(1, YEARS)
    )
