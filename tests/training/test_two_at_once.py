"""Two at once: one submission, one box saved, one file accepted, one period issued."""

from datetime import date

import pytest

from tests.at_once import both
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import ISSUED, SUBMITTED, a_figures_return, a_period, fill, lead_of, signed
from training import issuing
from training.models import AskedLine, Cell, Figure, FigureReturn, FigureWorkbook, Period
from training.models.workbooks import keep_workbook
from training.models.writing import Entry, record_cells

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_submit_at_once_one_is_told():
    owed = fill(a_figures_return(), children_2=(1, 1))
    lead = lead_of(owed.organisation)

    def submitting() -> str:
        mine = FigureReturn.objects.get(pk=owed.pk)
        mine.submit(signed(), by=lead, at=SUBMITTED)
        return "submitted"

    assert both(submitting, submitting) == ["refused", "submitted"]
    assert (owed.submissions.count(), Figure.objects.filter(figure_return=owed).known().count()) == (1, 1)


def test_of_two_who_save_one_box_at_once_one_is_shown_both():
    owed = a_figures_return()
    lead, line = lead_of(owed.organisation), owed.lines.get()

    def saving() -> str:
        mine = FigureReturn.objects.get(pk=owed.pk)
        record_cells(mine, [Entry(line.pk, numerator=1, denominator=2, version=1)], by=lead, at=SUBMITTED)
        return "saved"

    def theirs() -> str:
        mine = FigureReturn.objects.get(pk=owed.pk)
        record_cells(mine, [Entry(line.pk, numerator=2, denominator=2, version=1)], by=lead, at=SUBMITTED)
        return "saved"

    assert both(saving, theirs) == ["refused", "saved"]
    assert Cell.objects.get(asked=line).version == 2


def test_of_two_who_accept_one_file_at_once_one_is_told():
    owed = a_figures_return()
    lead, line = lead_of(owed.organisation), owed.lines.get()
    kept = keep_workbook(
        owed, rows=[], notes=[], by=lead, at=SUBMITTED, by_provider=True, file_name="f.xlsx", sha256="0" * 64,
        written_at=SUBMITTED,
    )  # fmt: skip

    def accepting() -> int:
        entries = [Entry(line.pk, numerator=1, denominator=2, version=1)]
        return FigureWorkbook.objects.get(pk=kept.pk).accept(entries, [], by=lead, at=SUBMITTED)

    assert sorted(map(str, both(accepting, accepting))) == ["1", "refused"]
    assert Cell.objects.get(asked=line).version == 2


def test_of_two_who_issue_a_period_at_once_each_return_is_made_once():
    commissioner = CommissionerFactory()
    for _ in range(3):
        provider_of(commissioner)
    period = a_period(commissioner, state="issuing")

    def issuing_it() -> int:
        return issuing.issue(Period.objects.get(pk=period.pk), by=None, at=ISSUED, on=date(2026, 10, 1))

    made = both(issuing_it, issuing_it)
    assert sum(made) == FigureReturn.objects.count() == 4  # with its own people
    assert AskedLine.objects.values("figure_return", "code").distinct().count() == AskedLine.objects.count() > 0
    assert Cell.objects.values("asked", "kind", "group").distinct().count() == Cell.objects.count() > 0
