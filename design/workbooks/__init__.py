"""Workbooks in and out: what every part of the portal that speaks Excel shares. Knows no domain word.

``writing`` makes them, ``csv_text`` makes CSV files; ``reading`` reads what somebody uploads, in a process of its own
(``reader``), ``tables`` finds a table in a sheet by its headings, ``values`` understands what people type, and
``formulas`` says which formulas may be believed.
"""
