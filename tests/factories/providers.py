"""Organisations for tests. ``provider_of(commissioner)`` is the short way to a commissioned provider."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

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
