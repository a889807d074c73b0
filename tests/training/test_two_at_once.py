"""Two at once: one submission, one box saved, one correction, one period issued."""

import pytest

from tests.at_once import both
from tests.factories.training import SUBMITTED, a_figures_return, fill, lead_of, signed
from training.models import Cell, Figure, FigureReturn
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
