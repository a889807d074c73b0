"""The visit programme and the new services of the demonstration: hands on the order, lines chosen, every stage."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from assurance.models import SelfAssessment
from assurance_portal.locality.places import Locality, read
from assurance_portal.locality.years import moment
from oversight.models import Chosen, Mobilisation, MobilisationStep, ProgrammeMark, Visit, VisitLine
from oversight.pack.candidates import Criteria
from providers.models import Arrangement, Organisation

PACKED = 6
# How the order of the programme was changed: kind, why, days until it is back, and why it was taken back.
MARKS = (
    ("pin", "The safeguarding board asked about nights after its last review.", None, ""),
    ("pin", "New registered manager since last month.", None, ""),
    ("not_now", "The regulator is inspecting; its report comes first.", 60, ""),
    ("not_now", "Moving to another building, nothing to see before.", 30, ""),
    ("pin", "A relative wrote to the chair.", None, "Visited by the local authority on Monday, nothing found."),
)


def load(locality: Locality, people: Any, *, on: date) -> None:
    """A handful of each: it takes no longer with more providers."""
    nurse, second = people["nurse"], people["adults"]
    _marks(nurse, on=on)
    _lines(nurse, on=on)
    for row in read("services")["service"]:
        _service(row, next(iter(locality.commissioners.values())), nurse, second, on=on)


def _marks(nurse: User, *, on: date) -> None:
    """On every seventh provider that has no visit planned."""
    live = Arrangement.objects.live(on=on).leading().filter(organisation__kind=Organisation.Kind.PROVIDER)
    planned = Visit.objects.coming().values("organisation")
    free = live.exclude(organisation__in=planned).order_by("pk")[: 7 * len(MARKS) : 7]
    for contract, (kind, reason, days, back) in zip(free, MARKS, strict=False):
        day = on - timedelta(days=9)
        until = on + timedelta(days=days) if days else None
        mark = ProgrammeMark.objects.put(
            contract, kind, reason=reason, until=until, by=nurse, at=moment(day, 11), on=on
        )
        if back:
            mark.take_back(back, by=nurse, at=moment(day + timedelta(days=4), 15))


def _lines(nurse: User, *, on: date) -> None:
    """The next visits have their lines: what was proposed, and one of somebody's own."""
    for visit in Visit.objects.coming().order_by("planned_on", "pk")[:PACKED]:
        criteria = Criteria(visit, nurse, on)
        proposed = criteria.proposed
        chosen = [Chosen(each.text, each.why, each.criterion) for each in criteria.all if each.criterion.pk in proposed]
        VisitLine.objects.choose(visit, [*chosen, Chosen("Handover between day and night, seen once each way")])


def _service(row: dict[str, Any], commissioner: Organisation, nurse: User, second: User, *, on: date) -> None:
    day = on + timedelta(days=row["live"])
    began = moment(on - timedelta(days=240), 10)
    made = Mobilisation.objects.create(
        commissioner=commissioner, service=row["service"], stage=row["stage"], go_live_on=day,
        organisation=_provider(commissioner, on) if row.get("provider") else None,
        question=row.get("question", ""), result=row.get("result", "waiting"), score=row.get("score", ""),
        conditions=row.get("conditions", ""), impact_answer=row.get("answer", ""),
        impact_assessed_on=on + timedelta(days=row["assessed"]) if "assessed" in row else None,
        recorded_by=nurse, recorded_at=began, signed_by=second if "signed" in row else None,
        signed_at=moment(on + timedelta(days=row["signed"]), 14) if "signed" in row else None,
        signed_words=row.get("said", ""),
    )  # fmt: skip
    stages = list(Mobilisation.Stage.values)
    passed = ["need", "abandoned"] if row["stage"] == "abandoned" else stages[: stages.index(row["stage"]) + 1]
    MobilisationStep.objects.bulk_create(
        MobilisationStep(
            commissioner=commissioner, mobilisation=made, stage=stage, by=nurse, at=_when(began, n),
            note=row.get("note", "") if stage == row["stage"] else "",
        )
        for n, stage in enumerate(passed)
    )  # fmt: skip


def _when(began: datetime, n: int) -> datetime:
    return began + timedelta(days=25 * n)


def _provider(commissioner: Organisation, on: date) -> Organisation | None:
    """One that was never validated, where there is one."""
    live = Arrangement.objects.live(on=on).leading().filter(commissioner=commissioner).select_related("organisation")
    live = live.filter(organisation__kind=Organisation.Kind.PROVIDER).order_by("-pk")
    validated = SelfAssessment.objects.filter(state=SelfAssessment.State.VALIDATED).values("organisation")
    found = live.exclude(organisation__in=validated).first() or live.first()
    return found.organisation if found else None
