"""Organisations, sites, contracts, partnerships and contacts."""
