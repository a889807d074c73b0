"""Organisations for tests. ``provider_of(commissioner)`` is the short way to a commissioned provider."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from design.fields import DateField
from design.widgets import DateInput
from providers import models
from providers.models.organisations import Tier

LONG_AGO = date(2020, 4, 1)


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = models.Category
        django_get_or_create = ("code",)

    code = "ACUTE"
    name = "Acute hospital trust"
    plural = "Acute hospital trusts"
    usual_contract = "full"
    tier = Tier.FULL


class OrganisationFactory(DjangoModelFactory):
    """A provider."""

    class Meta:
        model = models.Organisation

    kind = models.Organisation.Kind.PROVIDER
    category = factory.SubFactory(CategoryFactory)
    name = factory.Sequence(lambda n: f"Provider {n}")


class CommissionerFactory(OrganisationFactory):
    kind = models.Organisation.Kind.COMMISSIONER
    category = None
    name = factory.Sequence(lambda n: f"Commissioner {n}")


class BoardFactory(OrganisationFactory):
    kind = models.Organisation.Kind.BOARD
    category = None
    name = factory.Sequence(lambda n: f"Board {n}")


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = models.Site

    name = factory.Sequence(lambda n: f"Site {n}")


class ArrangementFactory(DjangoModelFactory):
    class Meta:
        model = models.Arrangement

    commissioner = factory.SubFactory(CommissionerFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    contract_form = "full"
    starts_on = LONG_AGO


class PartnershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Partnership

    kind = models.Partnership.Kind.CHILDREN


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = models.Contact

    kind = models.Contact.Kind.SAFEGUARDING_LEAD
    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@example.nhs.uk")


def provider_of(commissioner: models.Organisation, *, part: str = "lead", **fields: Any) -> models.Organisation:
    """A provider with a live contract with the commissioner."""
    organisation = OrganisationFactory(**fields)
    ArrangementFactory(commissioner=commissioner, organisation=organisation, part=part)
    return organisation


def shared_provider(lead: models.Organisation, associate: models.Organisation, **fields: Any) -> models.Organisation:
    """A provider that two commissioners hold: one leads, the other is its associate."""
    organisation = provider_of(lead, **fields)
    ArrangementFactory(commissioner=associate, organisation=organisation, part="associate")
    return organisation


def posted(page: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would send for the page's form: everything shown, with some boxes changed.

    A date is given as ``day=date(...)`` and sent as its three boxes; None empties a box.
    """
    form = page.context["form"]
    sent: dict[str, Any] = {}
    for name, field in form.fields.items():
        if isinstance(field, DateField):
            sent |= _boxes(form, name, changes)
            continue
        shown = form.data.get(name) if form.is_bound else form[name].value()
        value = field.prepare_value(changes[name]) if name in changes else shown
        value = value() if callable(value) else value
        if value is not None and value is not False:
            sent[name] = "on" if value is True else value
    return sent


def _boxes(form: Any, name: str, changes: dict[str, Any]) -> dict[str, Any]:
    if name not in changes and form.is_bound:
        return {f"{name}_{part}": form.data.get(f"{name}_{part}", "") for part in DateInput.parts}
    day = changes.get(name, form[name].value())
    return {f"{name}_{part}": getattr(day, part) if isinstance(day, date) else "" for part in DateInput.parts}
