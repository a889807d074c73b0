"""HTML to a tagged PDF (PDF/UA-1), as bytes. Reads nothing but what it is handed.

No address is ever opened: pictures and fonts are `asset:` names looked up in the bytes the caller passes, and
anything else, whichever element, stylesheet or picture asks for it, is refused. User text reaches the HTML through
autoescaped templates only. The same inputs give the same bytes; `at` is the moment written into the file.
To change how reports look: templates/reports/print.css.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from django.template.loader import get_template

from design.pdf_apart import Maker

logger = logging.getLogger(__name__)

INTER = ("inter-latin-400-normal.woff2", "inter-latin-600-normal.woff2")


class ForeignAddress(Exception):
    """The HTML asked for something it was not handed. `addresses` lists what was refused."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses = tuple(addresses)
        super().__init__(f"Refused to open {len(addresses)} address(es), first {addresses[0][:200]!r}")


def stylesheet(name: str) -> str:
    """The text of templates/reports/<name>.css."""
    return str(cast(Any, get_template(f"reports/{name}.css")).template.source)


def house_style(fonts: Path | None = None) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """Stylesheets and assets of every report: Inter from anywhere under `fonts` if both files are there, else Arial."""
    files = {path.name: path for path in sorted(fonts.rglob("inter-latin-*.woff2"))} if fonts else {}
    if not all(name in files for name in INTER):
        return (stylesheet("print"),), {}
    return (stylesheet("inter"), stylesheet("print")), {name: files[name].read_bytes() for name in INTER}


def render(
    html: str,
    *,
    title: str,
    language: str = "en-GB",
    stylesheets: Sequence[str] | None = None,
    assets: Mapping[str, bytes] | None = None,
    at: datetime | None = None,
    strict: bool = True,
    apart: bool | Maker = False,
) -> bytes:
    """Lay the HTML out and return the finished file.

    `stylesheets` are texts (templates/reports/print.css if not given), `assets` bytes by the name after `asset:`,
    `at` an aware moment. Raises ForeignAddress when the HTML asked for anything else, after refusing it; with
    `strict=False` the file is made without those parts and the refusals are logged. `apart` lays out in a process of
    its own: for web processes, which stay small and whose other readers need not wait for it; the bytes are the same.
    A `Maker` is one that was started before.
    """
    question: dict[str, Any] = {
        "html": html,
        "title": title,
        "language": language,
        "stylesheets": (stylesheet("print"),) if stylesheets is None else tuple(stylesheets),
        "assets": dict(assets or {}),
        "at": _written(at),
    }
    content, refused = _made(question, apart)
    if refused and strict:
        raise ForeignAddress(refused)
    if refused:
        logger.warning("Report %r was made without %s refused address(es)", title, len(refused))
    return content


def _made(question: dict[str, Any], apart: bool | Maker) -> tuple[bytes, list[str]]:
    if isinstance(apart, Maker):
        return apart.make(question)
    if apart:
        with Maker() as maker:
            return maker.make(question)
    from design.pdf_maker import make

    return make(**question)


def _written(at: datetime | None) -> str | None:
    if at is None:
        return None
    if at.utcoffset() is None:
        raise ValueError("The moment written into a file needs a time zone")
    return at.isoformat(timespec="seconds")
