"""A Word document from plain blocks: headings, paragraphs and tables. Reads nothing but what it is handed.

It is put together in a process of its own (``design.word_maker``): the library and the parts of a document, which point
at each other, are some twenty megabytes that a web process need not have. To add a kind of block: a function here, and
its drawing there.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings

from design.pdf_apart import SECONDS, NotMade, passed_on

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Block = tuple[str, dict[str, Any]]


class Said(NamedTuple):
    """One paragraph in a cell of a table."""

    words: str
    bold: bool = False
    listed: bool = False


def heading(words: str, level: int) -> Block:
    """A heading; level 0 is the title."""
    return "heading", {"words": words, "level": level}


def introduction(words: str) -> Block:
    """A paragraph that stays with what follows it."""
    return "introduction", {"words": words}


def listed(words: str) -> Block:
    """One line of a list."""
    return "listed", {"words": words}


def table(headings: Sequence[str], rows: Sequence[Sequence[Sequence[Said]]], widths: Sequence[float]) -> Block:
    """Rows of cells of paragraphs, with the widths of its columns in centimetres."""
    return "table", {"headings": headings, "rows": rows, "widths": widths}


def render(blocks: Sequence[Block], *, title: str, author: str, at: datetime, foot: str, head: str = "") -> bytes:
    """The finished file on A4. ``foot`` stands on each page before its number, ``head`` above, where there is one."""
    made = at.astimezone(UTC).replace(tzinfo=None).isoformat()
    asked = {"blocks": blocks, "title": title, "author": author, "at": made, "foot": foot, "head": head}
    done = subprocess.run(
        [sys.executable, "-m", "design.word_maker"], cwd=settings.BASE_DIR, env=passed_on(),
        input=json.dumps(asked).encode(), capture_output=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotMade(f"exit {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout
