"""A small world with a year to report on, and reports of it. Nothing hidden: every state is written out."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from accounts.capabilities import Role
from accounts.models import User
from actions.models import Action
from assurance.models import Rating, Round, SelfAssessment
from assurance.models.scoring import write_results
from governance.building import build
from governance.models import AnnualReport
from providers.models import Arrangement, Organisation, Succession
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.providers import (
    ArrangementFactory,
    CategoryFactory,
    CommissionerFactory,
    OrganisationFactory,
    provider_of,
)

YEAR, CUT_OFF, DUE = "2024-25", date(2025, 3, 31), date(2024, 11, 30)
ISSUED = datetime(2024, 10, 1, 9, 0, tzinfo=UTC)
IN_TIME = datetime(2024, 11, 20, 9, 0, tzinfo=UTC)
LATER = datetime(2024, 12, 12, 9, 0, tzinfo=UTC)
VALIDATED = datetime(2025, 1, 15, 9, 0, tzinfo=UTC)
AFTER = datetime(2025, 4, 10, 9, 0, tzinfo=UTC)
NOW = datetime(2025, 5, 2, 10, 0, tzinfo=UTC)
CODE = str.maketrans("01abcdef", "ZYBCDFGH")
CANARY = "Canary siskin narrative that no report may hold"


@dataclass
class Locality:
    """A commissioner with its people and a round, and the providers by a short name."""

    commissioner: Organisation
    nurse: User
    analyst: User
    director: User
    member: User
    round: Round
    providers: dict[str, Organisation] = field(default_factory=dict)
    returns: dict[str, SelfAssessment] = field(default_factory=dict)

    def add(self, key: str, category: Any, **fields: Any) -> Organisation:
        """A provider that this commissioner leads."""
        self.providers[key] = provider_of(self.commissioner, name=fields.pop("name", key), category=category, **fields)
        return self.providers[key]


def a_locality(name: str = "Northshire CCG", **round_fields: Any) -> Locality:
    """Nobody on the register yet."""
    commissioner = CommissionerFactory(name=name)
    return Locality(
        commissioner=commissioner,
        nurse=someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children", "adults", "looked_after"]),
        analyst=someone(Role.QUALITY_ANALYST, commissioner),
        director=someone(Role.DIRECTOR_OF_NURSING, commissioner, name="Dee Rector"),
        member=someone(Role.GOVERNING_BODY, commissioner),
        round=RoundFactory(
            commissioner=commissioner, **{"year": YEAR, "opens_on": date(2024, 10, 1), "due_on": DUE, **round_fields}
        ),
    )


def issued(place: Locality, key: str, **fields: Any) -> SelfAssessment:
    """Asked for, nothing received."""
    place.returns[key] = a_return(place.round, place.providers[key], **{"issued_at": ISSUED, **fields})
    return place.returns[key]


def received(
    place: Locality, key: str, *, at: datetime = IN_TIME, grade: str = "green", **by_ref: str
) -> SelfAssessment:
    """Submitted, with the provider's own grades and words."""
    made = place.returns.get(key) or issued(place, key)
    made.answers.update(narrative=CANARY, value={"grade": grade})
    _rate(made, Rating.Basis.SELF_ASSESSED, grade, by_ref, by=place.analyst, at=at)
    made._move(made.EDITABLE, "submitted", submitted_at=at, first_submitted_at=at, settled_at=at)
    write_results(made, at=at)
    return made


def validated(
    place: Locality, key: str, *, at: datetime = VALIDATED, returned: datetime = IN_TIME, grade: str = "green",
    accepted: tuple[str, ...] = (), seen: tuple[str, ...] = (), **by_ref: str,
) -> SelfAssessment:  # fmt: skip
    """Received and validated: ``accepted`` refs as declared, ``seen`` ones on a visit, the rest on evidence."""
    made = received(place, key, at=returned, grade=grade, **by_ref)
    for basis, refs in (("accepted_as_declared", accepted), ("seen_on_visit", seen), ("evidence_reviewed", None)):
        _rate(made, basis, grade, by_ref, by=place.nurse, at=at, only=refs, without=(*accepted, *seen))
    for strand in ("children", "adults", "looked_after"):
        made.strand_reviews.update_or_create(
            strand=strand,
            defaults={
                "commissioner": made.commissioner, "organisation": made.organisation, "begun_at": returned,
                "begun_by": place.nurse, "signed_off_at": at, "signed_off_by": place.nurse,
            },
        )  # fmt: skip
    made._move(("submitted",), "validated", validated_at=at)
    write_results(made, at=at, by=place.nurse)
    return made


def _rate(
    made: SelfAssessment, basis: str, grade: str, by_ref: dict[str, str], *, by: User, at: datetime,
    only: tuple[str, ...] | None = None, without: tuple[str, ...] = (),
) -> None:  # fmt: skip
    rows = []
    for answer in made.answers.select_related("criterion_version"):
        ref = answer.criterion_version.ref
        if ref not in only if only is not None else ref in without:
            continue
        given = by_ref.get("r" + ref.replace(".", "_"), grade)
        rows.append(
            Rating(
                commissioner=made.commissioner, organisation=made.organisation, self_assessment=made,
                criterion_version=answer.criterion_version, basis=basis, grade=given, outcome="agreed", comment=CANARY,
                by=by, at=at, on=at.date(),
            )
        )  # fmt: skip
    Rating.objects.bulk_create(rows)


def extended(place: Locality, key: str, to: date, *, at: datetime = ISSUED + timedelta(days=30)) -> None:
    """A later date agreed before the return arrived."""
    place.returns[key].extend(to, by=place.analyst, at=at, reason="Lead away", agreed_by=place.nurse)


def an_action(place: Locality, key: str, due_on: date, *, moved: tuple[date, ...] = (), **fields: Any) -> Action:
    """An action of the provider; ``moved`` are the later dates agreed, one a fortnight after the other."""
    made = Action.objects.create(
        **{
            "commissioner": place.commissioner, "organisation": place.providers[key], "text": CANARY,
            "origin_kind": "validation", "due_on": due_on, "original_due_on": due_on, "opened_at": VALIDATED, **fields,
        }
    )  # fmt: skip
    for n, to in enumerate(moved):
        made.move_due(to, by=place.nurse, reason="Agreed", at=VALIDATED + timedelta(days=14 * (n + 1)))
    return made


def a_year() -> Locality:
    """Eleven providers of three categories, one of each thing that can happen to a return."""
    place = a_locality()
    trusts = CategoryFactory(code="ACUTE", name="Acute trust", plural="Acute trusts", position=1)
    homes = CategoryFactory(code="CARE", name="Care home", plural="Care homes", position=2, tier="small")
    practices = CategoryFactory(code="GP", name="GP practice", plural="GP practices", position=3)
    for key, category in (
        ("Riverside", trusts), ("Hillview", trusts), ("Oak House", homes), ("Elm Lodge", homes), ("Ash Court", homes),
        ("High Street", practices), ("Mill Lane", practices), ("Station Road", practices), ("Park View", practices),
        ("Church Walk", practices), ("New Build", practices),
    ):  # fmt: skip
        place.add(key, category)
    validated(place, "Riverside", seen=("1.2",))
    validated(place, "Hillview", returned=LATER, r1_1="red")
    validated(place, "Oak House", accepted=("1.1", "1.2", "1.10", "2.1", "2.2"))
    _judge(validated(place, "Elm Lodge", r1_2="amber", r2_2="red"), place)
    received(place, "Ash Court")
    issued(place, "High Street")
    issued(place, "Mill Lane")
    extended(place, "Mill Lane", date(2025, 4, 30))
    issued(place, "Station Road")
    extended(place, "Station Road", date(2024, 12, 31))
    validated(place, "Station Road", returned=LATER)
    issued(place, "Park View").withdraw(by=place.analyst, at=LATER, reason="Contract is ending")
    received(place, "Church Walk", at=AFTER)
    return place


def _judge(made: SelfAssessment, place: Locality) -> None:
    """The nurse decides another overall level than the rules, with a reason."""
    from assurance.models.deciding import Override, decide

    decide(made, "overall", Override("none", "Two serious findings on the visit"), by=place.nurse, at=VALIDATED)


def beside(place: Locality) -> None:
    """A merged practice, and a trust that the neighbour leads."""
    old = OrganisationFactory(name="Old Surgery", category=place.providers["Mill Lane"].category)
    ArrangementFactory(
        commissioner=place.commissioner, organisation=old, starts_on=date(2020, 4, 1), ends_on=date(2024, 9, 1)
    )
    Succession.objects.create(
        predecessor=old, successor=place.providers["Mill Lane"], kind="merged", on=date(2024, 9, 1), reason="Merger",
        open_returns="move",
        recorded_by=place.analyst, recorded_at=ISSUED,
    )  # fmt: skip
    neighbour = a_locality("Southshire CCG")
    neighbour.add("Shared Trust", place.providers["Riverside"].category)
    validated(neighbour, "Shared Trust")
    ArrangementFactory(
        commissioner=place.commissioner, organisation=neighbour.providers["Shared Trust"],
        part=Arrangement.Part.ASSOCIATE,
    )  # fmt: skip


def a_full_year() -> Locality:
    """The year, what is beside it, and an action that is due."""
    place = a_year()
    beside(place)
    an_action(place, "Hillview", date(2024, 12, 1))
    return place


def a_report(place: Locality, **fields: Any) -> AnnualReport:
    """A draft that the analyst began."""
    given = {"year": YEAR, "cut_off": CUT_OFF, "by": place.analyst, "at": NOW, **fields}
    report = AnnualReport.objects.begin(place.commissioner, **given)
    # The same for the same year of the same place: its paper, which names it, has to be set only once.
    words = f"{place.commissioner} {report.year} {report.number}"
    same = sha256(words.encode()).hexdigest()[:10].translate(CODE)
    if not AnnualReport.objects.filter(reference=same).exists():
        report.reference = same
        report.save(update_fields=["reference"])
    return report


def built(report: AnnualReport, *, at: datetime = NOW) -> AnnualReport:
    """Asked for and made, by the worker's own function."""
    report.ask_for_build()
    assert build(report, clock=lambda: at)
    return report


def approved(
    place: Locality, report: AnnualReport | None = None, *, at: datetime = NOW + timedelta(hours=1)
) -> AnnualReport:
    """Built, approved by the director, and made again as the final paper."""
    report = report or built(a_report(place))
    report.approve(by=place.director, at=at)
    assert build(report, clock=lambda: at)
    return report


def published(place: Locality, report: AnnualReport | None = None) -> AnnualReport:
    """Approved and let out."""
    report = approved(place, report)
    report.publish(by=place.director, at=NOW + timedelta(hours=2))
    return report
