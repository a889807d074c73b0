"""Measures the portal for ``./portal bench``: every figure beside a floor, on throwaway databases of its own.

``parts`` is the table of what is measured; each part runs in a process of its own and writes JSON lines. ``worlds``
makes the databases: one locality loaded by the demonstration's loader with everybody on the full tier, grown to the
larger registers by copying it in SQL. What the figures mean stands in docs/decisions. To measure something more,
write a function that yields ``Figure`` and add it to the table.
"""
