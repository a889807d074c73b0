"""Serious Case Reviews, Safeguarding Adult Reviews, Domestic Homicide Reviews and their kin.

A room kept for them: nothing imports it yet.
"""
