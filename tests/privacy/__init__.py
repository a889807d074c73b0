"""Tests of the identifiable-data guard."""
