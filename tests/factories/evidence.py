"""Evidence for tests, and real files as bytes: one function per kind of file, good and bad."""

import io
import struct
import zipfile
import zlib
from datetime import UTC, date, datetime
from typing import Any

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from factory.django import DjangoModelFactory
from PIL import Image

from evidence import models
from evidence.intake import take_in
from tests.factories.accounts import UserFactory
from tests.factories.providers import CommissionerFactory, provider_of

THEN = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
OFFICE = "application/vnd.openxmlformats-officedocument."
INSIDE = "Internal"
PARTS = {
    "docx": ("word/document.xml", f"{OFFICE}wordprocessingml.document.main+xml", "w:document"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}spreadsheetml.sheet.main+xml", "workbook"),
    "pptx": ("ppt/presentation.xml", f"{OFFICE}presentationml.presentation.main+xml", "p:presentation"),
}


class EvidenceItemFactory(DjangoModelFactory):
    """A link to a public page; a file needs bytes, see ``a_file``."""

    class Meta:
        model = models.EvidenceItem

    commissioner = factory.SubFactory(CommissionerFactory)
    organisation = factory.LazyAttribute(lambda item: provider_of(item.commissioner))
    kind = models.EvidenceItem.Kind.LINK
    title = factory.Sequence(lambda n: f"Safeguarding policy {n}")
    address = "https://www.example.nhs.uk/policy"
    added_by = factory.SubFactory(UserFactory)
    added_at = THEN


def a_file(
    content: bytes | None = None,
    name: str = "policy.pdf",
    *,
    commissioner: Any = None,
    organisation: Any = None,
    by: Any = None,
    item: models.EvidenceItem | None = None,
    title: str = "Safeguarding policy",
    valid_until: date | None = None,
    circle: Any = None,
    at: datetime = THEN,
) -> models.EvidenceVersion:
    """A file taken in through the real pipeline; without content a PDF that differs each time."""
    if item is not None:
        commissioner, organisation = item.commissioner, item.organisation
    commissioner = commissioner or CommissionerFactory()
    return take_in(
        upload(name, pdf(next(_counter)) if content is None else content),
        commissioner=commissioner, organisation=organisation or provider_of(commissioner), title=title,
        valid_until=valid_until, by=by or UserFactory(), at=at, item=item, circle=circle,
    )  # fmt: skip


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """As a browser sends it. The type that it claims is never believed, so it is always wrong here."""
    return SimpleUploadedFile(name, content, "text/html")


def _counting() -> Any:
    number = 0
    while True:
        number += 1
        yield str(number)


_counter = _counting()


# --- Files as bytes --------------------------------------------------------------------------


def pdf(words: str = "policy") -> bytes:
    """The smallest PDF that readers open."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"% " + words.encode() + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def picture(kind: str, width: int = 2, height: int = 2, mode: str = "RGB", **how: Any) -> bytes:
    """A real picture, white on its left half and black on its right, saved as Pillow is told."""
    image = Image.new(mode, (width, height), "black")
    image.paste("white", (0, 0, max(width // 2, 1), height))
    target = io.BytesIO()
    image.save(target, kind, **how)
    return target.getvalue()


def png(width: int = 2, height: int = 2) -> bytes:
    """A small picture."""
    return picture("PNG", width, height)


def jpeg(width: int = 2, height: int = 2) -> bytes:
    """A small picture."""
    return picture("JPEG", width, height)


def png_header(width: int, height: int) -> bytes:
    """A picture that claims its size in the header and holds nothing."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def jpeg_header(width: int, height: int) -> bytes:
    """The segments of a picture up to where it would begin."""
    jfif = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + jfif + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"


def types_xml(kind: str = "docx", *more: str) -> bytes:
    """[Content_Types].xml naming the main part, and any further types."""
    part, media_type, _ = PARTS[kind]
    overrides = "".join(f'<Override PartName="/more{n}.bin" ContentType="{each}"/>' for n, each in enumerate(more))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{media_type}"/>{overrides}</Types>'
    ).encode()


def rels_xml(*relations: tuple[str, str, str]) -> bytes:
    """Relationships as (type's last word, target, mode)."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    lines = "".join(
        f'<Relationship Id="r{n}" Type="{base}/{kind}" Target="{target}" TargetMode="{mode or INSIDE}"/>'
        for n, (kind, target, mode) in enumerate(relations)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{lines}</Relationships>'.encode()


def zipped(entries: dict[str, bytes], *, infos: dict[str, zipfile.ZipInfo] | None = None) -> bytes:
    """A zip archive of these entries; ``infos`` replaces the directory entry of some."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr((infos or {}).get(name, name), content)
    return target.getvalue()


def office(kind: str = "docx", extra: dict[str, bytes] | None = None, *types: str) -> bytes:
    """A small Word, Excel or PowerPoint file."""
    part, _, root = PARTS[kind]
    return zipped(
        {
            "[Content_Types].xml": types_xml(kind, *types),
            "_rels/.rels": rels_xml(("officeDocument", part, "")),
            part: f"<{root}/>".encode(),
            **(extra or {}),
        }
    )


def xlsx_bomb() -> bytes:
    """A million rows of one cell: some 270 kB that become about 76 MB when opened."""
    row = b'<row r="1000000"><c r="A1000000" t="inlineStr"><is><t>x</t></is></c></row>'
    return office("xlsx", {"xl/worksheets/sheet1.xml": b"<sheetData>" + row * 1_000_000 + b"</sheetData>"})
