"""Fitting words into a drawing that nobody measures: estimated widths, wrapping, and how figures are written.

Widths are those of Inter and Arial to within a few per cent, on the wide side, since the reader's font is unknown.
"""

from collections.abc import Iterable

from design.numbers import Number, one_decimal, per_cent

NARROW, WIDE = frozenset("iljtfrI.,:;|!'()[]/- "), frozenset("mwMW@%&—")


def width_of(text: str, size: float) -> float:
    """About how wide the text is, in the same unit as the font size."""
    return size * sum(_share_of_size(letter) for letter in text)


def _share_of_size(letter: str) -> float:
    if letter in NARROW:
        return 0.34
    if letter in WIDE:
        return 0.92
    return 0.7 if letter.isupper() else 0.59


def wrap(text: str, width: float, size: float, lines: int = 2) -> tuple[str, ...]:
    """Break the text into at most so many lines; what does not fit ends in an ellipsis."""
    broken = [""]
    for word in text.split():
        longer = f"{broken[-1]} {word}".strip()
        if not broken[-1] or width_of(longer, size) <= width:
            broken[-1] = longer
        else:
            broken.append(word)
    kept = broken[:lines]
    if len(broken) > lines:
        kept[-1] += " …"
    return tuple(shorten(line, width, size) for line in kept)


def shorten(text: str, width: float, size: float) -> str:
    """The text, or as much of its beginning as fits with an ellipsis."""
    if not text or width_of(text, size) <= width:
        return text
    kept = text.rstrip(" …")
    while kept and width_of(f"{kept}…", size) > width:
        kept = kept[:-1].rstrip()
    return f"{kept}…"


def figure(value: Number, unit: str = "") -> str:
    """A figure as read: 1,204; 66.7 %; halves round up. A unit of "%" always shows one decimal place."""
    return per_cent(value) if unit == "%" else f"{one_decimal(value).removesuffix('.0')}{unit}"


def sentence(parts: Iterable[str], most: int = 8) -> str:
    """Parts joined by semicolons into one sentence; beyond `most`, only how many more the table holds."""
    parts = list(parts)
    said = parts[:most]
    if len(parts) > most:
        said.append(f"and {len(parts) - most} more in the table")
    return f"{'; '.join(said)}." if said else ""
