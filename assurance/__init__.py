"""Rounds, self-assessments, validation, levels and the overview."""
