"""Looks into an uploaded file and says what it really is, or why it cannot be taken. Knows no Django.

Run as a script in a process of its own: ``python -I inspection.py FILE``. It limits its own memory and time, reads
the file only, and prints one JSON object: ``{"kind": "docx"}`` or ``{"problem": "macros", "really": "..."}``.
The words for people are in ``evidence/refusals.py``. To allow another type as evidence: recognise it here, then
name it in ``evidence/file_types.py``.
"""

import codecs
import json
import re
import resource
import stat
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 20
MAX_ENTRIES = 2_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 100
MAX_DIRECTORY = 1_000_000
MAX_RELATIONS = 10_000_000
MAX_PIXELS = 40_000_000
CHUNK = 1 << 16

OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN_PARTS = {
    f"{OFFICE}wordprocessingml.document.main+xml": "docx",
    f"{OFFICE}spreadsheetml.sheet.main+xml": "xlsx",
    f"{OFFICE}presentationml.presentation.main+xml": "pptx",
}
MACROS = re.compile(r"macro|vbaproject|activex", re.IGNORECASE)
MACRO_ENTRIES = re.compile(
    r"(^|/)(vbaproject|vbadata)|(^|/)activex|(^|/)macrosheets/|\.(docm|dotm|xlsm|xltm|xlam|xlsb|pptm|potm|ppsm|exe|dll|js|vbs|hta)$",
    re.IGNORECASE,
)
# What people send by mistake, in words that they know.
SIGNATURES = (
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"BM", "a BMP picture"),
    (b"{\\rtf", "an RTF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"BZh", "a compressed archive"),
    (b"\xfd7zXZ", "a compressed archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"ID3", "a sound recording"),
    (b"%!PS", "a PostScript document"),
)
MARKUP = re.compile(rb"\s*<(!doctype|html|head|body|script|svg|\?xml|iframe|img)", re.IGNORECASE)


class Refused(Exception):
    """The file cannot be taken: a code of refusals.py, and what the file really is where that helps."""

    def __init__(self, problem: str, really: str = "") -> None:
        super().__init__(problem)
        self.problem, self.really = problem, really


def inspect(path: Path) -> str:
    """The kind of the file: pdf, png, jpeg, docx, xlsx, pptx or text. Anything else raises Refused."""
    with path.open("rb") as file:
        head = file.read(4096)
        if not head:
            raise Refused("empty")
        if head.startswith(b"%PDF-"):
            return _pdf(file)
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(head)
        if head.startswith(b"\xff\xd8\xff"):
            return _jpeg(file)
        if head.startswith(b"PK\x03\x04"):
            return _archive(file)
        if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            raise _old_office(file)
        return _text(file, head)


# --- Documents and pictures ----------------------------------------------------------------


def _tail(file: BinaryIO, length: int) -> bytes:
    size = file.seek(0, 2)
    file.seek(max(0, size - length))
    return file.read(length)


def _pdf(file: BinaryIO) -> str:
    if b"%%EOF" not in _tail(file, 8192):
        raise Refused("cut_off", "a PDF")
    return "pdf"


def _png(head: bytes) -> str:
    if head[12:16] != b"IHDR" or len(head) < 33:
        raise Refused("damaged", "a PNG picture")
    width, height = struct.unpack(">II", head[16:24])
    return _pixels("png", width, height, "a PNG picture")


def _jpeg(file: BinaryIO) -> str:
    """Walk the segments to the frame header, which says how large the picture is."""
    file.seek(2)
    while (marker := file.read(4)) and len(marker) == 4 and marker[0] == 0xFF:
        code, length = marker[1], int.from_bytes(marker[2:], "big")
        if 0xC0 <= code <= 0xCF and code not in (0xC4, 0xC8, 0xCC):
            frame = file.read(5)
            height, width = struct.unpack(">xHH", frame.ljust(5, b"\0"))
            return _pixels("jpeg", width, height, "a JPEG picture")
        if code == 0xDA or length < 2:
            break
        file.seek(length - 2, 1)
    raise Refused("damaged", "a JPEG picture")


def _pixels(kind: str, width: int, height: int, really: str) -> str:
    if not width or not height:
        raise Refused("damaged", really)
    if width * height > MAX_PIXELS:
        raise Refused("too_many_pixels", really)
    return kind


def _old_office(file: BinaryIO) -> Refused:
    """Before 2007 Office wrote another container; a document with a password is wrapped in it still."""
    file.seek(0)
    content = file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Refused("password", "an Office document with a password")
    if "__substg1.0_".encode("utf-16-le") in content:
        return Refused("unsupported", "an Outlook message")
    return Refused("unsupported", "a Word, Excel or PowerPoint file of the old kind (.doc, .xls or .ppt)")


def _text(file: BinaryIO, head: bytes) -> str:
    for start, really in SIGNATURES:
        if head.startswith(start) and not (start in (b"BM", b"MZ", b"ID3", b"BZh") and b"\0" not in head):
            raise Refused("unsupported", really)
    if head[4:8] == b"ftyp":
        heic = head[8:12] in (b"heic", b"heix", b"mif1", b"hevc", b"avif")
        raise Refused("unsupported", "an HEIC picture" if heic else "a video or a sound recording")
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        raise Refused("unsupported", "a WebP picture")
    if MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        raise Refused("unsupported", "a web page or a drawing (HTML, SVG or XML)")
    return _plain(file)


def _plain(file: BinaryIO) -> str:
    """Words without control characters, in UTF-8 or in the Windows western encoding."""
    file.seek(0)
    content = file.read()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused("unsupported", "text in the Unicode (UTF-16) format")
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in set(content)):
        raise Refused("unsupported", "")
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "text"
    raise Refused("unsupported", "")


# --- Office documents, which are zip archives -------------------------------------------------


def _archive(file: BinaryIO) -> str:
    size = _directory_fits(file)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _entries_fit(entries, size)
            _names_are_plain(entries)
            _unpacks(archive, entries)
            return _office(archive, {entry.filename for entry in entries})
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, expat.ExpatError) as damage:
        raise Refused("damaged", "an Office document") from damage


def _directory_fits(file: BinaryIO) -> int:
    """Read the archive's last record before anything believes it: how many entries, how large a directory."""
    tail = _tail(file, 65_557)
    size = file.tell()
    where = tail.rfind(b"PK\x05\x06")
    if where < 0 or len(tail) < where + 22:
        raise Refused("cut_off", "an Office document or a zip archive")
    entries, length = struct.unpack("<HI", tail[where + 10 : where + 16])
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise Refused("too_many_entries")
    file.seek(0)
    return size


def _entries_fit(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise Refused("too_many_entries")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("password", "a zip archive with a password")
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 1) or packed > size:
        raise Refused("bomb")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise Refused("damaged", "an archive packed in an unusual way")


def _names_are_plain(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.orig_filename for entry in entries]
    if len({name.lower() for name in names}) != len(names):
        raise Refused("entry_names")
    for entry, name in zip(entries, names, strict=True):
        parts = name.replace("\\", "/").split("/")
        outside = ".." in parts or name.startswith(("/", "\\")) or ":" in name
        odd = any(ord(character) < 32 or ord(character) == 127 for character in name)
        if outside or odd or stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("entry_names")


def _unpacks(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack everything into nothing: sizes and checksums that lie are found here, before a reader meets them."""
    total = 0
    for entry in entries:
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise Refused("bomb")


def _office(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" not in names:
        raise Refused("unsupported", _other_archive(archive, names))
    types = attributes(archive, "[Content_Types].xml", ("Override", "Default"), "ContentType")
    declared = [attributes.get("ContentType", "") for attributes in types]
    if any(MACROS.search(each) for each in declared) or any(MACRO_ENTRIES.search(name) for name in names):
        raise Refused("macros")
    kinds = {MAIN_PARTS[each] for each in declared if each in MAIN_PARTS}
    if len(kinds) != 1:
        raise Refused("unsupported", "an Office template or another kind of package")
    for name in sorted(names):
        if name.lower().endswith(".rels"):
            _no_outside(archive, name)
    return kinds.pop()


def _other_archive(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names and archive.read("mimetype").startswith(b"application/vnd.oasis"):
        return "an OpenDocument file (.odt, .ods or .odp)"
    return "a zip archive"


def _no_outside(archive: zipfile.ZipFile, name: str) -> None:
    """Nothing may be fetched when the document opens. A link that somebody has to click is only words."""
    for relation in attributes(archive, name, ("Relationship",), "Target"):
        outside = relation.get("TargetMode", "").strip().lower() == "external"
        if outside and not relation.get("Type", "").endswith("/hyperlink"):
            raise Refused("outside_links")


def attributes(archive: zipfile.ZipFile, name: str, elements: tuple[str, ...], needed: str) -> list[dict[str, str]]:
    """The attributes of these elements of a part, read without following or allowing any document type or entity."""
    if archive.getinfo(name).file_size > MAX_RELATIONS:
        raise Refused("bomb")
    found: list[dict[str, str]] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.rsplit(" ", 1)[-1] in elements and needed in attributes:
            found.append(attributes)

    def refuse(*_: Any) -> None:
        raise Refused("damaged", "an Office document with a document type declaration")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.Parse(archive.read(name), True)
    return found


def limit_this_process() -> None:
    """From here on: bounded memory and processor time, and no file is written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: str) -> int:
    """Limit this process, inspect the file, print what was found."""
    limit_this_process()
    try:
        found = {"kind": inspect(Path(path))}
    except Refused as refusal:
        found = {"problem": refusal.problem, "really": refusal.really}
    except (MemoryError, RecursionError):
        found = {"problem": "bomb", "really": ""}
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
