"""The demonstration: an invented but true-to-life locality, its people, and years of returns relative to today.

Everything here is invented. It is loaded set-based, in "start from today" mode: nothing old is mailed.
``load`` is what ``seed_demo`` calls; the modules are places (who there is), people, behaviour (what providers
answer and how validators judge), years (rounds and returns) and outcomes (ratings, levels, actions).
"""
