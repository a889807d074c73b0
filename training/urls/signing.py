"""Addresses of checking, signing and correcting figures, at both desks."""

from training.desks import COMMISSIONER, PROVIDER
from training.views.signing import routes

patterns = [*routes(PROVIDER), *routes(COMMISSIONER)]
