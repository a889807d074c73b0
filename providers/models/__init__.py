"""Organisations and their contracts, split by aggregate."""

from providers.models.arrangements import Arrangement, Partnership
from providers.models.contacts import Contact
from providers.models.organisations import Category, Organisation, Site
from providers.models.policy import Dated, DatedPolicyQuerySet
from providers.models.service_profile import ServiceAnswer, ServiceQuestion
from providers.models.succession import Succession

__all__ = [
    "Arrangement",
    "Category",
    "Contact",
    "Dated",
    "DatedPolicyQuerySet",
    "Organisation",
    "Partnership",
    "ServiceAnswer",
    "ServiceQuestion",
    "Site",
    "Succession",
]
