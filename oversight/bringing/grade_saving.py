"""Keeps accepted grades as one recorded set with its trace; what they replace is kept and said to be replaced."""

from collections.abc import Sequence

from assurance.models import RecordedGrade, RecordedSet
from oversight.bringing.grade_differences import LEVEL, Wanted
from oversight.bringing.grades import Scheme
from oversight.bringing.rows import Outcome
from oversight.models import Import, Trace

AT_ONCE = 5_000


def take(brought_in: Import, outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Save what is new or says otherwise; the caller holds the transaction. Says how many grades."""
    assert brought_in.framework_version is not None
    wanted: list[Wanted] = [each.wanted for each in outcomes if each.state in ("new", "changed")]
    scheme = Scheme(brought_in.framework_version, "")
    kept = RecordedSet.objects.create(
        commissioner=brought_in.commissioner, framework_version=brought_in.framework_version,
        recorded_by=brought_in.read_by, recorded_at=brought_in.read_at,
    )  # fmt: skip
    Trace.objects.create(brought_in=brought_in, recorded_set=kept, made=True, version=1)
    replaced = [pk for each in wanted for pk in each.replaces]
    RecordedGrade.objects.filter(pk__in=replaced).update(replaced_in=kept)
    rows = [
        RecordedGrade(
            recorded_set=kept, commissioner_id=brought_in.commissioner_id, organisation=each.organisation,
            year=each.year, grade=code, outcome=outcome, words=words, standard_id=scheme.standards.get(ref),
            criterion_version_id=scheme.criteria.get(ref) if ref != LEVEL else None,
        )
        for each in wanted
        for ref, (code, outcome, words) in each.grades.items()
    ]  # fmt: skip
    RecordedGrade.objects.bulk_create(rows, batch_size=AT_ONCE)
    return {"providers and years": len(wanted), "grades": len(rows), "replaced": len(replaced)}


def forget(kept: RecordedSet) -> list[str]:
    """Remove a set and give back what it replaced. Returns what stands in the way: a later set that replaced it."""
    later = RecordedSet.objects.filter(replaced__recorded_set=kept).exclude(pk=kept.pk).distinct()
    if in_the_way := [f"{each}: it replaced some of these grades, undo that import first" for each in later]:
        return in_the_way
    kept.grades.all().delete()
    kept.replaced.update(replaced_in=None)
    return []
