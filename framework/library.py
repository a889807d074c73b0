"""The reference library and the grading schemes, as questions: what is law, what replaced what, who cites it."""

from django.db.models import Count, F, Prefetch, Q, QuerySet, Value

from framework.models import CriterionVersion, FrameworkVersion, Grade, GradingScheme, Reference
from framework.models.criteria import RefOrder

KINDS = Reference.Kind


def references(
    among: QuerySet[Reference], *, kind: str = "", words: str = "", current_only: bool = False
) -> QuerySet[Reference]:
    """The library by title, narrowed to a kind, to words in title, issuer or year, or to what still stands."""
    found = among.select_related("superseded_by", "commissioner").order_by("title")
    for word in words.split():
        found = found.filter(Q(title__icontains=word) | Q(issuer__icontains=word) | Q(year__icontains=word))
    if kind in KINDS.values:
        found = found.filter(kind=kind)
    return found.filter(superseded_by=None) if current_only else found


def with_counts(found: QuerySet[Reference], versions: QuerySet[FrameworkVersion]) -> QuerySet[Reference]:
    """Each with ``cited_by``: how many criteria of these versions cite it."""
    cited = Count("citations", filter=Q(citations__criterion_version__framework_version__in=versions))
    return found.annotate(cited_by=cited)


def citing(reference: Reference, versions: QuerySet[FrameworkVersion]) -> QuerySet[CriterionVersion]:
    """The criteria of these versions that cite it, newest version first."""
    rows = CriterionVersion.objects.filter(citations__cited=reference, framework_version__in=versions)
    return (
        rows.select_related("framework_version__framework", "standard")
        .prefetch_related("wordings")
        .order_by("-framework_version__valid_from", "framework_version", RefOrder(F("ref"), Value(".")))
    )


def schemes() -> QuerySet[GradingScheme]:
    """Every grading scheme with its grades, best first."""
    return GradingScheme.objects.order_by("-use", "pk").prefetch_related(
        Prefetch("grades", Grade.objects.order_by("position"))
    )
