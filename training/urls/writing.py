"""Addresses of writing figures: the provider's own, and the commissioner's for what arrived another way."""

from training.views.writing import COMMISSIONER, PROVIDER, routes

patterns = [*routes(PROVIDER), *routes(COMMISSIONER)]
