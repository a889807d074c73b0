"""What visits saw of one provider, site by site, beside the grade of the whole (hazards 13 and 14)."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from accounts.capabilities import Can
from assurance.models import Rating, SeenAtSite
from assurance.models.scoring import VALIDATED
from assurance.models.seen import WORST_FIRST
from framework.models import CriterionVersion, Grade, Wording
from providers.models import Organisation, Site

if TYPE_CHECKING:
    from accounts.models import User

ORDER = [state.value for state in WORST_FIRST]


@dataclass
class SeenCriterion:
    """One criterion: the grade of the whole provider, where it was seen, and the sites where nobody looked."""

    ref: str
    words: str = ""
    group: Rating | None = None
    label: str = ""
    seen: list[SeenAtSite] = field(default_factory=list)
    unseen: list[Site] = field(default_factory=list)

    @property
    def worst(self) -> SeenAtSite:
        """The site at which it was worst."""
        return min(self.seen, key=lambda row: ORDER.index(row.state))


def seen_of(organisation: Organisation, user: "User") -> list[SeenCriterion]:
    """The criteria that were seen anywhere, worst first. The same number of statements for any number of sites."""
    rows = SeenAtSite.objects.permitted(user, Can.SEE_VISIT_REPORTS).of(organisation).current().select_related("site")
    by_criterion: dict[Any, list[SeenAtSite]] = defaultdict(list)
    for row in rows:
        by_criterion[row.criterion_id].append(row)
    sites = list(Site.objects.filter(organisation=organisation, closed_on__isnull=True))
    group = _group(organisation, user, list(by_criterion))
    labels = dict(Grade.objects.values_list("code", "label"))
    refs = _refs(organisation, list(by_criterion))
    found = []
    for criterion, seen in by_criterion.items():
        at = {row.site_id for row in seen}
        rating = group.get(criterion)
        found.append(
            SeenCriterion(
                *refs.get(criterion, ("", "")), rating, labels.get(rating.grade, "") if rating else "", seen,
                [site for site in sites if site.pk not in at],
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (ORDER.index(each.worst.state), [int(n) for n in _numbers(each.ref)]))


def _numbers(ref: str) -> list[str]:
    return [part for part in ref.split(".") if part.isdigit()]


def _refs(organisation: Organisation, criteria: list[Any]) -> dict[Any, tuple[str, str]]:
    """Number and words of each criterion as this kind of provider is asked it, in the newest version that has it."""
    tier = organisation.category.tier if organisation.category else ""
    said = Wording.objects.filter(criterion_version=OuterRef("pk"), tier=tier).values("text")[:1]
    versions = CriterionVersion.objects.filter(criterion__in=criteria).annotate(
        words=Coalesce(Subquery(said), Value(""), output_field=TextField())
    )
    newest_last = versions.order_by("framework_version__valid_from", "pk").values_list("criterion", "ref", "words")
    return {criterion: (ref, words) for criterion, ref, words in newest_last}


def _group(organisation: Organisation, user: "User", criteria: list[Any]) -> dict[Any, Rating]:
    """The surest validated grade of the whole provider for each criterion, of its newest result."""
    rows = Rating.objects.permitted(user, Can.SEE_RESULT).current().filter(organisation=organisation)
    rows = rows.filter(basis__in=VALIDATED, criterion_version__criterion__in=criteria).exclude(grade="")
    found: dict[Any, Rating] = {}
    order = [basis.value for basis in VALIDATED]
    newest_first = rows.select_related("criterion_version", "self_assessment").order_by("-self_assessment", "-pk")
    for row in sorted(newest_first, key=lambda each: (-each.self_assessment_id, order.index(each.basis))):
        found.setdefault(row.criterion_version.criterion_id, row)
    return found
