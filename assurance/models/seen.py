"""What was seen on visits, criterion by criterion and site by site.

Seen at one site is seen there and nowhere else (hazard 13): the provider's own rating becomes "seen on visit" only when
every open site of it has been seen for the criterion, and is then that of the worst of them (hazard 14). Until then
the sites stand beside the rating, and no figure changes.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from assurance.levels import State
from assurance.models import scoring
from assurance.models.answers import Answer
from assurance.models.assessments import SelfAssessment
from assurance.models.judging import fresh_ground, new_rating, outcome_of
from assurance.models.ratings import Rating
from framework.models import Grade, Retest
from providers.models import Organisation, Site
from providers.tenancy import SharedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

WORST_FIRST = (State.NOT_MET, State.PARTLY, State.MET)


@dataclass(frozen=True)
class Seen:
    """One criterion as it was seen; without a site it is what the centre of the organisation showed."""

    criterion: Any
    site: Site | None
    state: State
    words: str
    on: date
    source: str


class SeenAtSiteQuerySet(SharedQuerySet):
    """What was seen; it stands in final reports, so whoever reads those reads it."""

    shared_capabilities = frozenset({Can.SEE_VISIT_REPORTS})

    def current(self) -> Self:
        """The latest of each criterion at each site."""
        return self.filter(current=True)

    def of(self, organisation: Any) -> Self:
        """At one provider."""
        return self.filter(organisation=organisation)

    def exceptions(self) -> Self:
        """Sites at which a criterion was not met, or met in part only (hazard 14)."""
        return self.current().exclude(state=State.MET)


class SeenAtSite(models.Model):
    """A criterion was seen at a site on a day. A later visit retires it, never edits it."""

    STATES: ClassVar[list[tuple[str, str]]] = [
        (State.MET.value, "Met"),
        (State.PARTLY.value, "Partly met"),
        (State.NOT_MET.value, "Not met"),
    ]
    TONES: ClassVar[dict[str, str]] = {"met": "good", "partly": "partly", "not_met": "bad"}

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    criterion = models.ForeignKey("framework.Criterion", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=STATES)
    words = models.TextField(blank=True)
    source = models.CharField(max_length=120)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    on = models.DateField()
    current = models.BooleanField(default=True)

    objects = SeenAtSiteQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "organisation", "criterion", "site"],
                condition=Q(current=True),
                nulls_distinct=False,
                name="seen_at_site_one_current",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "criterion"], condition=Q(current=True), name="seen_at_site_now")
        ]

    def __str__(self) -> str:
        return f"Seen at {self.site or 'the centre'} on {self.on:%-d %B %Y}"

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the state."""
        return self.TONES[self.state]


@transaction.atomic
def record_seen(
    commissioner: Organisation, organisation: Organisation, seen: Iterable[Seen], *, by: "User", at: datetime
) -> None:
    """Keep what a visit saw, and re-grade the newest validated return where every site has been seen.

    What was asked again since before the visit is settled.
    """
    worst: dict[tuple[Any, int | None], Seen] = {}
    for each in seen:
        key = (each.criterion.pk, each.site.pk if each.site else None)
        if key not in worst or WORST_FIRST.index(each.state) < WORST_FIRST.index(worst[key].state):
            worst[key] = each
    whose = {"commissioner": commissioner, "organisation": organisation}
    for each in worst.values():
        SeenAtSite.objects.current().filter(criterion=each.criterion, site=each.site, **whose).update(current=False)
        SeenAtSite.objects.create(
            criterion=each.criterion, site=each.site, state=each.state.value, words=each.words, source=each.source,
            on=each.on, by=by, at=at, **whose,
        )  # fmt: skip
    for day in {each.on for each in worst.values()}:
        that_day = {each.criterion.pk for each in worst.values() if each.on == day}
        Retest.objects.settle(commissioner.pk, organisation.pk, that_day, on=day, by=Retest.By.VISIT, since=day)
    if whole := _seen_everywhere(commissioner, organisation, {criterion for criterion, _ in worst}):
        _rate(commissioner, organisation, whole, by=by, at=at)


def _seen_everywhere(
    commissioner: Organisation, organisation: Organisation, criteria: set[Any]
) -> dict[Any, SeenAtSite]:
    """By criterion the worst that is seen, of those that have been seen at every open site."""
    sites = set(Site.objects.filter(organisation=organisation, closed_on__isnull=True).values_list("pk", flat=True))
    rows = SeenAtSite.objects.current().filter(
        commissioner=commissioner, organisation=organisation, criterion__in=criteria
    )
    found: dict[Any, list[SeenAtSite]] = defaultdict(list)
    for row in rows.select_related("site"):
        found[row.criterion_id].append(row)
    order = [state.value for state in WORST_FIRST]
    return {
        criterion: min(mine, key=lambda row: order.index(row.state))
        for criterion, mine in found.items()
        if len(sites) <= 1 or sites <= {row.site_id for row in mine}
    }


def _rate(
    commissioner: Organisation, organisation: Organisation, whole: dict[Any, SeenAtSite], *, by: "User", at: datetime
) -> None:
    newest = SelfAssessment.objects.select_for_update().filter(
        commissioner=commissioner, organisation=organisation, state=SelfAssessment.State.VALIDATED, circle=None
    )
    assessment = newest.order_by("-validated_at", "-pk").first()
    if assessment is None:
        return
    scheme = list(Grade.objects.filter(scheme=assessment.round.framework_version.grading_id, excludes=False))
    by_code = {grade.code: grade for grade in scheme}
    asked = Answer.objects.filter(self_assessment=assessment, criterion_version__criterion__in=whole)
    for answer in asked.select_related("criterion_version"):
        row = whole[answer.criterion_version.criterion_id]
        grade = _grade_for(row, scheme)
        declared = by_code.get(answer.grade)
        same = {"criterion_version": answer.criterion_version_id, "basis": Rating.Basis.SEEN_ON_VISIT}
        assessment.ratings.current().filter(**same).update(current=False)
        rating = new_rating(
            assessment, answer.criterion_version_id, at=at, by=by, basis=Rating.Basis.SEEN_ON_VISIT, grade=grade.code,
            outcome=outcome_of(declared, grade) if declared else Rating.Outcome.LOWER, comment=row.words or row.source,
            source=row.source, ground=fresh_ground(answer),
        )  # fmt: skip
        rating.on = row.on
        rating.save()
    scoring.write_results(assessment, at=at, by=by)


def _grade_for(row: SeenAtSite, scheme: list[Grade]) -> Grade:
    """The best grade that amounts to what was seen; a scheme without one in between has only its worst."""
    by_severity = sorted(scheme, key=lambda grade: int(grade.severity))
    fitting = [grade for grade in by_severity if scoring.state_of(grade).value == row.state]
    return fitting[0] if fitting else by_severity[-1]
