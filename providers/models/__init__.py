"""Organisations and their contracts, split by aggregate."""

from providers.models.arrangements import Arrangement, Partnership
from providers.models.contacts import Contact
from providers.models.organisations import Category, Organisation, Site
from providers.models.policy import Dated, DatedPolicyQuerySet
from providers.models.post_rules import PostRule
from providers.models.posts import CapacityStatement, Post, PostHolder
from providers.models.ratings import RegulatorRating
from providers.models.service_profile import ServiceAnswer, ServiceQuestion
from providers.models.signposts import Signpost
from providers.models.succession import Succession

__all__ = [
    "Arrangement",
    "CapacityStatement",
    "Category",
    "Contact",
    "Dated",
    "DatedPolicyQuerySet",
    "Organisation",
    "Partnership",
    "Post",
    "PostHolder",
    "PostRule",
    "RegulatorRating",
    "ServiceAnswer",
    "ServiceQuestion",
    "Signpost",
    "Site",
    "Succession",
]
