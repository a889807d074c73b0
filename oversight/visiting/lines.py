"""The lines of a write-up as its page shows them: those of the pack, those found on the spot, and empty ones.

Every line has its key before anything is written in it, the empty ones too: what is typed without a network is kept
by the address of its line, and lands in that line when the network is back, also after a reload.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from assurance.models import SelfAssessment
from framework.models import CriterionVersion, FrameworkVersion, Wording
from oversight.models import Visit, VisitFinding
from oversight.models.visit_writing import added_on_the_spot, line_key
from providers.models import Site

SPARE = 6


@dataclass
class Line:
    """One line: what is asked beforehand, what was written, and the criterion and site as they are typed."""

    key: uuid.UUID
    asked: str
    finding: VisitFinding | None
    ref: str = ""
    site: str = ""
    spare: bool = False
    on_the_spot: bool = False
    number: int = 0

    @property
    def version(self) -> int:
        """0 for a line that nobody has written in."""
        return self.finding.version if self.finding else 0


def criteria_for(visit: Visit) -> list[Any]:
    """The criteria that a line can be linked to, each with ``words`` for the provider's kind where there are any.

    By the standards of its newest return; of a provider that has none by the newest in use.
    """
    mine = SelfAssessment.objects.filter(organisation=visit.organisation_id, commissioner=visit.commissioner_id)
    usable = FrameworkVersion.objects.usable_by(visit.commissioner).order_by("-valid_from", "pk").values("pk")
    newest = mine.order_by("-issued_at", "-pk").values("round__framework_version")
    version = Coalesce(Subquery(newest[:1]), Subquery(usable[:1]))
    tier = visit.organisation.category.tier if visit.organisation.category else "full"
    words = Wording.objects.filter(criterion_version=OuterRef("pk"), tier=tier).values("text")[:1]
    asked = CriterionVersion.objects.filter(framework_version=version).for_tier(tier)
    return list(asked.in_order().annotate(words=Subquery(words)))


def sites_of(visit: Visit) -> list[Site]:
    """The provider's open sites."""
    return list(Site.objects.filter(organisation=visit.organisation_id, closed_on__isnull=True))


def lines_of(visit: Visit, criteria: list[Any]) -> list[Line]:
    """All lines of the write-up, in order, with empty ones at the end."""
    refs = {each.criterion_id: each.ref for each in criteria}
    written: dict[uuid.UUID, VisitFinding] = {
        each.key: each for each in visit.findings.select_related("site").prefetch_related("told")
    }
    here = visit.site.name if visit.site else ""
    found = [_shown(each, written.pop(each.key, None), refs) for each in _of_the_pack(visit, refs, here)]
    spares = [line_key(visit, f"spare {n}") for n in range(1, SPARE + 1 + len(written))]
    ours = added_on_the_spot(visit)
    found += [
        _shown(Line(each.key, each.asked, None, on_the_spot=each.key in ours), each, refs) for each in written.values()
    ]
    empty = [key for key in spares if key not in written]
    found += [Line(key, "", None, site=here, spare=True) for key in empty[:SPARE]]
    for number, line in enumerate(found, 1):
        line.number = number
    return found


def place_of(visit: Visit, key: uuid.UUID) -> int:
    """Where a line stands in the report, which is where the page has it, in whatever order the lines are sent."""
    known = [line.key for line in _of_the_pack(visit, {}, "")]
    known += [line_key(visit, f"spare {n}") for n in range(1, SPARE + 1 + visit.findings.count())]
    return known.index(key) + 1 if key in known else len(known) + 1


def _of_the_pack(visit: Visit, refs: dict[Any, str], here: str) -> list[Line]:
    """The lines of enquiry, known by what they ask: chosen once more they are the same lines."""
    found = []
    for each in visit.lines.select_related("criterion_version"):
        criterion = each.criterion_version.criterion_id if each.criterion_version else None
        key = line_key(visit, f"line {criterion or each.text}")
        found.append(Line(key, each.text, None, ref=refs.get(criterion, ""), site=here))
    return found


def _shown(line: Line, finding: VisitFinding | None, refs: dict[Any, str]) -> Line:
    if finding is not None:
        line.finding, line.asked = finding, finding.asked or line.asked
        line.ref, line.site = refs.get(finding.criterion_id, ""), finding.site.name if finding.site else ""
    return line
