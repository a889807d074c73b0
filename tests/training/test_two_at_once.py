"""Two at once: one submission, one correction, one period issued."""

import pytest

from tests.at_once import both
from tests.factories.training import SUBMITTED, a_figures_return, fill, lead_of, signed
from training.models import Figure, FigureReturn

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
