"""The dated numbers keep to their bounds, whoever writes them."""

import pytest
from django.db import IntegrityError, transaction

from assurance.forms.policy import PolicyForm
from assurance.models import AssurancePolicy
from assurance.models.policy import BOUNDS
from tests.factories.providers import CommissionerFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", BOUNDS)
def test_the_database_keeps_what_the_form_takes_and_nothing_else(name, on):
    commissioner, (least, most) = CommissionerFactory(), BOUNDS[name]
    row = AssurancePolicy.objects.create(commissioner=commissioner, valid_from=on)
    mine = AssurancePolicy.objects.filter(pk=row.pk)
    for number in (least, most):
        assert mine.update(**{name: number}) == 1
    for number in {most + 1, max(least - 1, 0)} - {least}:
        with pytest.raises(IntegrityError, match=f"assurance_policy_{name}"), transaction.atomic():
            mine.update(**{name: number})
    given = {"commissioner": commissioner.pk, name: most + 1}
    form = PolicyForm(given, commissioners=type(commissioner).objects.all(), on=on)
    assert form.errors[name] == [f"Enter a number from {least} to {most}"]
