"""What a file really is, found out by the process that inspects it; each file is a real one, good or bad."""

import random
import stat
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.intake import INSPECTION, inspected
from evidence.refusals import NotAccepted
from tests.factories.evidence import (
    jpeg,
    jpeg_header,
    office,
    pdf,
    png,
    png_header,
    rels_xml,
    types_xml,
    xlsx_bomb,
    zipped,
)

WORD_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


def link_entry() -> bytes:
    """An archive in which one entry is a symbolic link."""
    info = zipfile.ZipInfo("word/media/image1.png")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    entries = {"[Content_Types].xml": types_xml(), info.filename: b"/etc/passwd"}
    return zipped(entries, infos={info.filename: info})


def encrypted_entry() -> bytes:
    """An archive whose entries say that they are encrypted."""
    content = bytearray(office())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(signature, start)) >= 0:
            content[start + offset] |= 1
            start += 4
    return bytes(content)


def lying_size() -> bytes:
    """The directory says that an entry is three bytes long; it is longer."""
    content = bytearray(office())
    where = content.find(b"PK\x01\x02")
    content[where + 24 : where + 28] = struct.pack("<I", 3)
    return bytes(content)


def entity_bomb() -> bytes:
    """Content types that use an entity."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">]><Types>&a;</Types>'
    return zipped({"[Content_Types].xml": bomb, "word/document.xml": b"<w/>"})


def many_entries() -> bytes:
    """More parts than any document has."""
    return office(extra={f"word/media/{n}.txt": b"" for n in range(2_001)})


def with_rel(kind: str, target: str, mode: str) -> bytes:
    """A Word document with one relationship more."""
    return office(extra={"word/_rels/document.xml.rels": rels_xml((kind, target, mode))})


GOOD: dict[str, tuple[bytes, str]] = {
    "pdf": (pdf(), "pdf"),
    "png": (png(), "png"),
    "jpeg": (jpeg(), "jpeg"),
    "word": (office("docx"), "docx"),
    "excel": (office("xlsx"), "xlsx"),
    "powerpoint": (office("pptx"), "pptx"),
    "word with a link to click": (with_rel("hyperlink", "https://www.nhs.uk", "External"), "docx"),
    "text": ("Policy reviewed – in force\n".encode(), "text"),
    "text from Windows": ("Policy reviewed \u2013 caf\u00e9\r\n".encode("cp1252"), "text"),
}

BAD: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "empty": (lambda: b"", 422, "is empty"),
    "pdf cut off": (lambda: pdf()[:40], 422, "ends too early"),
    "word cut off": (lambda: office()[:-30], 422, "ends too early"),
    "png damaged": (lambda: png()[:20], 422, "damaged"),
    "jpeg damaged": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF", 422, "damaged"),
    "png flood": (lambda: png_header(30_000, 30_000), 422, "40 million points"),
    "jpeg flood": (lambda: jpeg_header(60_000, 60_000), 422, "40 million points"),
    "macro by type": (lambda: office("docx", None, WORD_MACRO), 415, "macros"),
    "macro by part": (lambda: office("docx", {"word/vbaProject.bin": b"x"}), 415, "macros"),
    "macro by part in capitals": (lambda: office("xlsx", {"xl/VBAPROJECT.BIN": b"x"}), 415, "macros"),
    "active control": (lambda: office("docx", {"word/activeX/activeX1.xml": b"<a/>"}), 415, "macros"),
    "old macro sheet": (lambda: office("xlsx", {"xl/macrosheets/sheet1.xml": b"<a/>"}), 415, "macros"),
    "program inside": (lambda: office("docx", {"word/embeddings/a.exe": b"MZ"}), 415, "macros"),
    "remote template": (
        lambda: with_rel("attachedTemplate", "https://example.org/t.dotm", "External"), 422, "Break the links",
    ),
    "remote picture": (lambda: with_rel("image", "http://127.0.0.1/a.png", "external"), 422, "Break the links"),
    "linked workbook": (lambda: with_rel("externalLinkPath", "//server/a.xlsx", "External"), 422, "Break the links"),
    "password in the old container": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), 422, "password off",
    ),
    "password on entries": (encrypted_entry, 422, "password off"),
    "old word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), 415, "old kind"),
    "outlook": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_".encode("utf-16-le"), 415, "Outlook message",
    ),
    "bomb": (xlsx_bomb, 422, "far larger"),
    "too many parts": (many_entries, 422, "more than 2,000 parts"),
    "entry above": (lambda: office(extra={"../../etc/cron.d/x": b"x"}), 422, "unsafe names"),
    "entry above, backwards": (lambda: office(extra={"word\\..\\..\\x": b"x"}), 422, "unsafe names"),
    "entry absolute": (lambda: office(extra={"/etc/passwd": b"x"}), 422, "unsafe names"),
    "entry on a drive": (lambda: office(extra={"C:/x": b"x"}), 422, "unsafe names"),
    "entry with a control character": (lambda: office(extra={"word/a\x07": b"x"}), 422, "unsafe names"),
    "entry twice": (lambda: office(extra={"WORD/document.xml": b"x"}), 422, "unsafe names"),
    "entry a link": (link_entry, 422, "unsafe names"),
    "size that lies": (lying_size, 422, "damaged"),
    "entities": (entity_bomb, 422, "damaged"),
    "plain zip": (lambda: zipped({"a.txt": b"x"}), 415, "a zip archive"),
    "open document": (
        lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), 415, "OpenDocument",
    ),
    "html": (lambda: b"<html><script>alert(1)</script>", 415, "web page"),
    "svg": (lambda: b'<?xml version="1.0"?><svg onload="x"/>', 415, "web page"),
    "html after a mark": (lambda: b"\xef\xbb\xbf \n<!DOCTYPE html>", 415, "web page"),
    "program": (lambda: b"MZ\x90\x00" + bytes(60), 415, "a Windows program"),
    "phone picture": (lambda: b"\x00\x00\x00\x18ftypheic" + bytes(16), 415, "HEIC"),
    "rtf": (lambda: b"{\\rtf1 hello}", 415, "an RTF document"),
    "gzip": (lambda: b"\x1f\x8b\x08\x00" + bytes(20), 415, "a compressed archive"),
    "zero bytes in text": (lambda: b"name\x00,value", 415, "not a kind of file that we know"),
    "utf-16": (lambda: "\ufeffname".encode("utf-16-le"), 415, "UTF-16"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_known_by_its_content(name: str, tmp_path: Path) -> None:
    content, kind = GOOD[name]
    path = tmp_path / "x"
    path.write_bytes(content)
    assert inspected(path) == kind


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_what_to_do(name: str, tmp_path: Path) -> None:
    make, status, words = BAD[name]
    path = tmp_path / "x"
    path.write_bytes(make())
    with pytest.raises(NotAccepted, match=words) as refused:
        inspected(path)
    assert refused.value.status == status


def cost(path: Path) -> tuple[str, float, int]:
    """What the process prints, its seconds, and its peak memory in kB as the kernel counted it."""
    probe = (
        "import runpy, re;"
        f"runpy.run_path({str(INSPECTION)!r})['main']({str(path)!r});"
        "print('|', re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    began = time.monotonic()
    run = subprocess.run([sys.executable, "-I", "-S", "-c", probe], check=True, capture_output=True, text=True, env={})
    found, peak = run.stdout.split("|")
    return found.strip(), time.monotonic() - began, int(peak)


@pytest.mark.slow
def test_a_bomb_costs_little_time_and_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(xlsx_bomb())
    assert path.stat().st_size < 300_000
    found, seconds, peak = cost(path)
    assert found == '{"problem": "bomb", "really": ""}'
    assert seconds < 10
    assert peak < 300_000


@pytest.mark.slow
def test_a_large_honest_document_is_read_whole_within_bounds(tmp_path: Path) -> None:
    """Ninety-five million bytes at an honest ratio: everything is unpacked, nothing is kept in memory."""
    chance = random.Random(1)
    part = b"".join(chance.randbytes(100) + bytes(850) for _ in range(100_000))
    path = tmp_path / "large.docx"
    path.write_bytes(office("docx", {"word/media/image1.emf": part}))
    found, seconds, peak = cost(path)
    assert found == '{"kind": "docx"}'
    assert seconds < 10
    assert peak < 300_000


def test_the_process_limits_itself_and_knows_no_django(tmp_path: Path) -> None:
    """The same script, asked what it may use after it has begun: 512 MB, 20 seconds, no file written."""
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf())
    probe = (
        "import runpy, sys, resource;"
        f"m = runpy.run_path({str(INSPECTION)!r});"
        f"m['main']({str(path)!r});"
        "print([resource.getrlimit(r)[0] for r in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)],"
        " any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    out = subprocess.run([sys.executable, "-I", "-S", "-c", probe], check=True, capture_output=True, text=True, env={})
    assert out.stdout == '{"kind": "pdf"}[536870912, 20, 0] False\n'
