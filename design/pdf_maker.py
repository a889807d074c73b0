"""Lays HTML out as a tagged PDF. Knows no Django and opens no address; ``design/pdf.py`` is the way in.

Imported by workers that make papers, or run as a program: a JSON question on standard input, the answer on standard
output, first one line of JSON that lists the refused addresses, then the file. Loading it takes half a second and
30 MB, which a web process need not have.
"""

import base64
import gc
import json
import mimetypes
import re
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

import pikepdf
from fontTools.ttLib import woff2
from pikepdf import Name
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

MEMORY = 1 << 30
CPU_SECONDS = 60
# Laying out makes many objects that live to the end; looking for circles among them often is a tenth of the time.
CIRCLES_AFTER = 50_000

ASSET = re.compile(r"asset:(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)")
LEAVES = (Name.P, Name.Span, Name.H1, Name.H2, Name.H3, Name.Figure, Name.Link)
# What a stylesheet would fetch when it is read; without it, it is the same for every file.
FETCHES = re.compile(r"@(?:import|font-face|color-profile)", re.IGNORECASE)
PACKED_FONT = b"wOF2"
SVG = "{http://www.w3.org/2000/svg}"


class NotHanded(Exception):
    """The address is none of the assets."""


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
            raise NotHanded(url[:200])
        name = found["name"]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        content = self.assets[name]
        if content.startswith(PACKED_FONT):
            content = _unpacked(content)
        return URLFetcherResponse(url, content, {"Content-Type": kind})


@lru_cache(maxsize=4)
def _unpacked(font: bytes) -> bytes:
    """The font as the layout takes it, which would otherwise be worked out for every file."""
    plain = BytesIO()
    woff2.decompress(BytesIO(font), plain)
    return plain.getvalue()


def _read(sheet: str, fetcher: AssetsOnly, fonts: FontConfiguration) -> CSS:
    """The stylesheet, read once by a process if reading it fetches nothing."""
    if FETCHES.search(sheet):
        return CSS(string=sheet, url_fetcher=fetcher, font_config=fonts)
    return _known(sheet)


@lru_cache(maxsize=8)
def _known(sheet: str) -> CSS:
    return CSS(string=sheet, url_fetcher=AssetsOnly({}))


def make(
    html: str, *, title: str, language: str, stylesheets: Sequence[str], assets: Mapping[str, bytes], at: str | None
) -> tuple[bytes, list[str]]:
    """The finished file, and the addresses that were refused while it was made."""
    fetcher = AssetsOnly(assets)
    fonts = FontConfiguration()
    source = HTML(string=html, url_fetcher=fetcher)
    fetcher.refused += _prepare(source.etree_element, language)
    document = source.render(
        font_config=fonts,
        stylesheets=[_read(sheet, fetcher, fonts) for sheet in stylesheets],
        presentational_hints=False,
        pdf_variant="pdf/ua-1",
    )
    meta = document.metadata
    meta.title, meta.lang, meta.attachments, meta.generator = title, language, [], None
    meta.created = meta.modified = at
    made = document.write_pdf(pdf_variant="pdf/ua-1")
    return _finished(made), fetcher.refused


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


def main() -> int:
    """Answer the one question on standard input, within limits of memory and time."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
    gc.set_threshold(CIRCLES_AFTER)
    question = json.load(sys.stdin.buffer)
    question["assets"] = {name: base64.b64decode(content) for name, content in question["assets"].items()}
    content, refused = make(**question)
    sys.stdout.buffer.write(json.dumps(refused).encode() + b"\n" + content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
