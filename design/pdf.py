"""HTML to a tagged PDF (PDF/UA-1), as bytes. Reads nothing but what it is handed.

No address is ever opened: pictures and fonts are `asset:` names looked up in the bytes the caller passes, and
anything else, whichever element, stylesheet or picture asks for it, is refused. User text reaches the HTML through
autoescaped templates only. The same inputs give the same bytes; `at` is the moment written into the file.
To change how reports look: templates/reports/print.css.
"""

import logging
import mimetypes
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pikepdf
from django.template.loader import get_template
from pikepdf import Name
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

logger = logging.getLogger(__name__)

ASSET = re.compile(r"asset:(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)")
INTER = ("inter-latin-400-normal.woff2", "inter-latin-600-normal.woff2")
LEAVES = (Name.P, Name.Span, Name.H1, Name.H2, Name.H3, Name.Figure, Name.Link)
SVG = "{http://www.w3.org/2000/svg}"


class ForeignAddress(Exception):
    """The HTML asked for something it was not handed. `addresses` lists what was refused."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses = tuple(addresses)
        super().__init__(f"Refused to open {len(addresses)} address(es), first {addresses[0][:200]!r}")


class AssetsOnly(URLFetcher):
    """Hands out the given assets and refuses every other address without opening it."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Hand over an asset by name; anything else is noted and refused, and nothing is fetched."""
        found = ASSET.fullmatch(url)
        if not found or found["name"] not in self.assets:
            self.refused.append(url)
            raise ForeignAddress([url])
        name = found["name"]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, self.assets[name], {"Content-Type": kind})


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
) -> bytes:
    """Lay the HTML out and return the finished file.

    `stylesheets` are texts (templates/reports/print.css if not given), `assets` bytes by the name after `asset:`,
    `at` an aware moment. Raises ForeignAddress when the HTML asked for anything else, after refusing it; with
    `strict=False` the file is made without those parts and the refusals are logged.
    """
    fetcher = AssetsOnly(assets or {})
    sheets = (stylesheet("print"),) if stylesheets is None else stylesheets
    fonts = FontConfiguration()
    source = HTML(string=html, url_fetcher=fetcher)
    fetcher.refused += _prepare(source.etree_element, language)
    document = source.render(
        font_config=fonts,
        stylesheets=[CSS(string=sheet, url_fetcher=fetcher, font_config=fonts) for sheet in sheets],
        presentational_hints=False,
        pdf_variant="pdf/ua-1",
    )
    meta = document.metadata
    meta.title, meta.lang, meta.attachments, meta.generator = title, language, [], None
    meta.created = meta.modified = _written(at)
    made = document.write_pdf(pdf_variant="pdf/ua-1")
    if fetcher.refused:
        if strict:
            raise ForeignAddress(fetcher.refused)
        logger.warning("Report %r was made without %s refused address(es)", title, len(fetcher.refused))
    return _finished(made)


def _written(at: datetime | None) -> str | None:
    if at is None:
        return None
    if at.utcoffset() is None:
        raise ValueError("The moment written into a file needs a time zone")
    return at.isoformat(timespec="seconds")


def _prepare(root: Any, language: str) -> list[str]:
    """Say the language, give each drawing its whole description, and drop and return every wish to attach a file."""
    root.set("lang", language)
    for drawing in root.iter(f"{SVG}svg"):
        title, description = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
        if title is not None and description is not None and description.text:
            title.text = f"{title.text or ''}. {description.text}"
    attached = [element for element in root.iter() if "attachment" in element.get("rel", "").lower().split()]
    for element in attached:
        del element.attrib["rel"]
    return [element.get("href", "") for element in attached]


def _finished(made: bytes) -> bytes:
    """Say of each header cell whether it heads a column or a row, which PDF/UA asks for, and save repeatably."""
    with pikepdf.open(BytesIO(made)) as pdf:
        for row, in_head in _rows(pdf.Root.StructTreeRoot.K, in_head=False):
            _scope(row, in_head=in_head)
        finished = BytesIO()
        pdf.save(finished, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return finished.getvalue()


def _rows(node: Any, *, in_head: bool) -> Iterator[tuple[Any, bool]]:
    """Every table row below a node, and whether it stands in a table's head. Nothing below a cell's text is read."""
    for kid in _kids(node):
        kind = kid.get("/S")
        if kind == Name.TR:
            yield kid, in_head
        if kind not in LEAVES:
            yield from _rows(kid, in_head=kind == Name.THead or (in_head and kind != Name.Table))


def _scope(row: Any, *, in_head: bool) -> None:
    """Header cells of the head, or of a row that is all headers, head columns; any other heads its row."""
    cells = [cell for cell in _kids(row) if cell.get("/S") in (Name.TH, Name.TD)]
    heading = in_head or all(cell.S == Name.TH for cell in cells)
    for cell in cells:
        if cell.S == Name.TH:
            cell.A.Scope = Name.Column if heading else Name.Row


def _kids(node: Any) -> list[Any]:
    """The structure elements directly below an element or in a list, without marked-content numbers."""
    inside = node if isinstance(node, pikepdf.Array) else node.get("/K", [])
    kids = inside if isinstance(inside, pikepdf.Array) else [inside]
    return [kid for kid in kids if isinstance(kid, pikepdf.Dictionary)]
