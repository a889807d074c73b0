"""The page on which a visit is written up: its weight without what a browser keeps, and how long it takes."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import User
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.pages import person
from assurance_portal.bench.timing import alternate, counting
from assurance_portal.bench.visitor import Visitor
from design.calendar import london_date
from oversight.models import Chosen, Visit, VisitLine
from oversight.visiting.lines import criteria_for
from providers.models import Arrangement

LINES = 30
KB, MS = 1000, 1000


def measure(at: datetime, *, rounds: int) -> Iterator[Figure]:
    """A visit with thirty lines to look at, every staff question, and what stands in each."""
    on = london_date(at)
    arrangement = Arrangement.objects.live(on=on).filter(organisation__category__tier="full").order_by("pk")[0]
    nurse = User.objects.get(pk=person(Role.DESIGNATED_PROFESSIONAL, arrangement.commissioner_id))
    visit = Visit.objects.plan(
        arrangement.commissioner, arrangement.organisation, by=nurse, at=at, lead=nurse, kind=Visit.Kind.ANNOUNCED,
        planned_on=on, strands=["children", "adults"],
    )  # fmt: skip
    criteria = criteria_for(visit)[:LINES]
    VisitLine.objects.choose(visit, [Chosen(f"Line of enquiry {each.ref}", "Measured", each) for each in criteria])
    visitor = Visitor.signed_in(nurse)
    path = reverse("oversight:visit-write-up", kwargs={"reference": visit.reference})
    answer = visitor.get(path)
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    name = f"write-up page with {len(criteria)} lines"
    yield Figure(f"weight of the {name}, beyond cached assets", len(answer.body) / KB, "kB", target="< 150")
    taken = alternate({"page": lambda: visitor.get(path)}, rounds=rounds)
    yield Figure(name, taken["page"] * MS, "ms")
    with counting() as statements:
        visitor.get(path)
    yield Figure(f"statements of the {name}", len(statements), "", target="<= 20")
