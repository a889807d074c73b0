"""Facts of a report: what every part of the portal says as at the cut-off, read in one moment and frozen as rows.

A fact is about one provider, one standard in one category, one action, or one return that came too late to count.
Figures are computed from facts and from nothing else (``figures.py``). Nothing here holds a person's name, an answer's
words or a reviewer's comment. To add a fact: a function that yields ``Fact`` and its line in ``_gather``.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from governance.facts.actions import action_facts
from governance.facts.beside import associate_facts, last_year, late_facts, left_facts
from governance.facts.fact import PREVIOUS, PREVIOUS_ACTION, PREVIOUS_PROVIDER, Fact
from governance.facts.providers import provider_facts, standard_facts
from governance.facts.reviews import review_facts
from governance.facts.training import training_facts
from governance.facts.year import Year
from governance.models import AnnualReport, ReportFact, ReportFigure

__all__ = ["Fact", "freeze", "gather", "one_moment"]


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is of one moment, whatever others commit meanwhile.

    Inside somebody else's transaction the moment is theirs to choose, and nothing is changed.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def gather(report: AnnualReport, *, at: datetime) -> list[Fact]:
    """Every fact of the report, in the order of the paper. Reads in one moment and writes nothing."""
    with one_moment():
        return list(_gather(report, at))


@transaction.atomic
def freeze(report: AnnualReport, facts: Sequence[Fact]) -> list[ReportFact]:
    """Put these facts in the place of those of an earlier draft."""
    ReportFigure.objects.filter(report=report).delete()
    ReportFact.objects.filter(report=report).delete()
    positions: Counter[str] = Counter()
    rows = []
    for fact in facts:
        positions[fact.kind] += 1
        rows.append(
            ReportFact(
                report=report, kind=fact.kind, label=fact.label[:200], attributes=fact.attributes,
                position=positions[fact.kind],
            )
        )  # fmt: skip
    return ReportFact.objects.bulk_create(rows, batch_size=2_000)


def _gather(report: AnnualReport, at: datetime) -> Iterator[Fact]:
    year = Year(report.commissioner, report.year, report.cut_off)
    before, before_actions, source = last_year(report)
    actions = list(action_facts(report.commissioner, report.financial_year.starts, report.cut_off))
    providers = list(provider_facts(year, actions, {fact.attributes["reference"]: fact for fact in before}))
    yield from providers
    yield from standard_facts(year, providers)
    yield from actions
    yield from review_facts(report.commissioner, report.financial_year.starts, report.cut_off)
    yield from training_facts(report.commissioner, report.cut_off)
    yield from late_facts(year, at)
    yield from left_facts(year, report.financial_year.starts)
    yield from associate_facts(year)
    if before:
        yield Fact(PREVIOUS, source, {"providers": len(before)})
    yield from (Fact(PREVIOUS_PROVIDER, fact.label, fact.attributes) for fact in before)
    yield from (Fact(PREVIOUS_ACTION, fact.label, fact.attributes) for fact in before_actions)
