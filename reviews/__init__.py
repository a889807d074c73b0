"""Serious Case Reviews, Safeguarding Adult Reviews, Domestic Homicide Reviews and their kin."""
