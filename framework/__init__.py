"""Frameworks, versions, standards, criteria, grading schemes and the reference library."""
