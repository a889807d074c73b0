"""Which formulas may be believed: only those whose shown value can be nothing but a sum of what the file itself holds.

A formula is never run here. Its shown value, kept in the file by the program that made it, is read when the formula is
harmless; otherwise the cell is refused with the reason. A formula that asks another file, an address, another program
or the clock may show something else tomorrow, or may have been put there to fetch something.
"""

import re

# Arithmetic, text and look-ups inside the workbook. Everything else is refused by name.
HARMLESS = frozenset(
    re.findall(
        r"\w+",
        """
        SUM SUMIF SUMIFS SUMPRODUCT COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS AVERAGE AVERAGEIF MIN MAX MEDIAN SUBTOTAL
        ROUND ROUNDUP ROUNDDOWN INT ABS MOD TRUNC CEILING FLOOR
        IF IFS IFERROR IFNA ISBLANK ISNUMBER ISTEXT ISERROR AND OR NOT TRUE FALSE SWITCH CHOOSE
        TRIM CLEAN UPPER LOWER PROPER LEFT RIGHT MID LEN FIND SEARCH SUBSTITUTE REPLACE CONCATENATE CONCAT TEXTJOIN
        TEXT VALUE N T DATEVALUE DATE YEAR MONTH DAY EDATE EOMONTH DATEDIF
        VLOOKUP HLOOKUP XLOOKUP LOOKUP INDEX MATCH ROW ROWS COLUMN COLUMNS
        """,
    )
)
STRING = re.compile(r'"(?:[^"]|"")*"')
FUNCTION = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\s*\(")
CHANGING = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY"}


def why_not(formula: str, *, shown: bool) -> str:
    """Why the value of a cell with this formula is not read; empty when it may be. ``shown``: the file holds a value.

    The words follow "is a formula"; they say what to do.
    """
    bare = STRING.sub('""', formula)
    if "[" in bare or "|" in bare:
        return "that reads another file or program. Type the value itself."
    for name in FUNCTION.findall(bare):
        plain = name.upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
        if plain in CHANGING:
            return "that changes by itself. Type the value itself."
        if plain not in HARMLESS:
            return f"that uses {plain[:30]}, which is not read here. Type the value itself."
    if not shown:
        return "without a value that can be read. Open the workbook, save it again, or type the value itself."
    return ""
