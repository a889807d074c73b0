"""One year of one commissioner as a tidy workbook: a sheet for each kind of row, and a dictionary of every column.

``columns`` says what a sheet is of, column by column; the workbook and its data dictionary are both made from it.
``rows`` reads the year, ``making`` puts the workbook together. No free text, no names of people, nothing that is not
released: own grades once submitted, a validator's once validated, nothing that is for named people only.
"""
