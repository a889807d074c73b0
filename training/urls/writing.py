"""Addresses of writing figures: the provider's own, and the commissioner's for what arrived another way."""

from training.desks import COMMISSIONER, PROVIDER
from training.views.writing import routes

patterns = [*routes(PROVIDER), *routes(COMMISSIONER)]
