"""Pieces of pages that oversight adds to others."""
