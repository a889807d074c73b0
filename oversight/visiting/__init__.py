"""Visits: planning, writing up, the report, and what follows from it."""
